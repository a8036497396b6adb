"""Which spans belong to a run, and when it is over."""

import contextvars
import os
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

import signalbox
from app.experiments import check_experiment
from app.live.batches import Batch
from app.runs import collector as collectors
from app.runs.admission import Admission
from app.runs.collector import Collector, RunUnderWay
from app.runs.documents import RunDocument
from signalbox.spans import Span


class StillPump:
    """Looks when the test looks."""

    holders = 0

    def hold(self) -> None:
        self.holders += 1

    def release(self) -> None:
        self.holders -= 1

    def look_now(self) -> None:
        pass


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector whose documents are not stored, so that they need no database."""

    def keep(document: RunDocument, result: "Future[RunDocument]") -> None:
        result.set_result(document)

    monkeypatch.setattr(collectors, "store", keep)
    collector = Collector(Admission())
    collector.pump = StillPump()  # type: ignore[assignment]
    signalbox.buffer().drain()
    yield collector
    assert collector.pump.holders == 0  # type: ignore[attr-defined]
    assert collector._admission.under_way == 0


def begin(collector: Collector) -> RunUnderWay:
    return collector.start(check_experiment("command", {"way": "send", "delay_ms": 0}), "command", "caller", "x.py:1")


def drained() -> list[Span]:
    return signalbox.buffer().drain()


def look(collector: Collector, spans: list[Span] | None = None) -> None:
    collector.observe(drained() if spans is None else spans, Batch(os.getpid()))


def names(document: RunDocument) -> list[str]:
    return [span.name for span in document.spans]


def test_a_run_is_over_when_its_caller_has_left_and_its_spans_have_ended(collector: Collector) -> None:
    run = begin(collector)
    with run.scope:
        look(collector)
        with signalbox.step("step"):
            look(collector)
    collector.leave(run)
    look(collector)
    look(collector)
    assert names(run.result.result(0)) == ["caller", "step"]


def test_what_happened_during_a_look_belongs_to_the_run(collector: Collector) -> None:
    """A thread can begin its last span, end it and leave, between a look at the buffer and its end."""
    run = begin(collector)
    with run.scope:
        look(collector)
        before = drained()
        with signalbox.step("late"):
            pass
    collector.leave(run)
    look(collector, before)
    assert not run.result.done()
    look(collector)
    look(collector)
    assert names(run.result.result(0)) == ["caller", "late"]


def test_runs_side_by_side_have_their_own_spans(collector: Collector) -> None:
    def one(name: str) -> RunUnderWay:
        run = begin(collector)
        with run.scope, signalbox.step(name):
            look(collector)
        return run

    runs = [contextvars.copy_context().run(one, name) for name in ("one", "two")]
    for run in runs:
        collector.leave(run)
    look(collector)
    look(collector)
    assert [names(run.result.result(0)) for run in runs] == [["caller", "one"], ["caller", "two"]]


def test_a_span_that_never_ends_is_given_up(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collectors, "PATIENCE_S", 0.0)
    run = begin(collector)
    with run.scope:
        contextvars.copy_context().run(signalbox.step("forgotten").__enter__)
    collector.leave(run)
    for _ in range(3):
        look(collector)
    document = run.result.result(0)
    assert [(span.name, span.outcome, span.end_ns is None) for span in document.spans] == [
        ("caller", "ok", False),
        ("forgotten", "unfinished", True),
    ]
    assert document.verdict.notes == ["A span had not ended when the run was closed: nobody waited for it."]


def test_a_span_that_has_not_ended_is_waited_for(collector: Collector) -> None:
    run = begin(collector)
    with run.scope:
        step = signalbox.step("orphan")
        context = contextvars.copy_context()
        context.run(step.__enter__)
    collector.leave(run)
    for _ in range(3):
        look(collector)
    assert not run.result.done()
    context.run(step.__exit__, None, None, None)
    look(collector)
    assert [span.outcome for span in run.result.result(0).spans] == ["ok", "ok"]


def test_what_the_caller_raised_is_the_runs_error(collector: Collector) -> None:
    run = begin(collector)
    with run.scope:
        pass
    collector.leave(run, RuntimeError("not from here"))
    look(collector)
    look(collector)
    assert run.result.result(0).verdict.error == "RuntimeError: not from here"


def test_a_run_that_cannot_be_judged_is_an_error_and_lets_the_next_one_in(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: Any) -> None:
        raise ValueError("no verdict")

    monkeypatch.setattr(collectors, "judge", fail)
    run = begin(collector)
    with run.scope:
        pass
    collector.leave(run)
    look(collector)
    look(collector)
    with pytest.raises(ValueError, match="no verdict"):
        run.result.result(0)
    assert "could not be judged" in caplog.text
