"""Which spans belong to a run, and when it is over."""

import contextlib
import contextvars
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

import signalbox
from app.experiments import check_experiment
from app.live.batches import Batch
from app.runs import collector as collectors
from app.runs import under_way
from app.runs.admission import Admission
from app.runs.collector import Collector
from app.runs.documents import RunDocument
from app.runs.under_way import BrokenOff, CallerUnderWay, RunUnderWay
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


def caller() -> None:
    """Stands for the function that the page shows."""


def begin(collector: Collector) -> tuple[RunUnderWay, CallerUnderWay]:
    run = collector.start(check_experiment("command", {"way": "send", "delay_ms": 0}), "command")
    return run, enter(run)


def enter(run: RunUnderWay) -> CallerUnderWay:
    one = CallerUnderWay(run.id, run.experiment, caller)
    run.callers.append(one)
    return one


@contextlib.contextmanager
def calling(collector: Collector, one: CallerUnderWay, error: BaseException | None = None) -> Iterator[None]:
    """The time of a caller that calls its way, and leaves."""
    with one.scope, one.way.transaction():
        yield
    collector.leave(one, error)


CALLER = f"{__name__}.caller"


def drained() -> list[Span]:
    return signalbox.buffer().drain()


def look(collector: Collector, spans: list[Span] | None = None) -> None:
    collector.observe(drained() if spans is None else spans, Batch(os.getpid()))


def names(document: RunDocument) -> list[str]:
    return [span.name for span in document.spans]


def test_a_run_is_over_when_its_caller_has_left_and_its_spans_have_ended(collector: Collector) -> None:
    run, one = begin(collector)
    with calling(collector, one):
        look(collector)
        with signalbox.step("step"):
            look(collector)
    look(collector)
    look(collector)
    assert names(run.result.result(0)) == [CALLER, "step"]


def test_what_happened_during_a_look_belongs_to_the_run(collector: Collector) -> None:
    """A thread can begin its last span, end it and leave, between a look at the buffer and its end."""
    run, one = begin(collector)
    with calling(collector, one):
        look(collector)
        before = drained()
        with signalbox.step("late"):
            pass
    look(collector, before)
    assert not run.result.done()
    look(collector)
    look(collector)
    assert names(run.result.result(0)) == [CALLER, "late"]


def test_a_run_that_is_broken_off_has_no_document_and_nobody_waits_for_it(collector: Collector) -> None:
    run, one = begin(collector)
    with calling(collector, one):
        collector.break_off()
        with pytest.raises(BrokenOff, match="until the run was stored"):
            run.document()
    look(collector)
    look(collector)
    assert run.result.cancelled()


def test_runs_side_by_side_have_their_own_spans(collector: Collector) -> None:
    def one(name: str) -> RunUnderWay:
        run, one = begin(collector)
        with calling(collector, one), signalbox.step(name):
            look(collector)
        return run

    runs = [contextvars.copy_context().run(one, name) for name in ("one", "two")]
    for _ in range(3):
        look(collector)
    assert [names(run.result.result(0)) for run in runs] == [[CALLER, "one"], [CALLER, "two"]]


def test_a_span_that_never_ends_is_given_up(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_way, "PATIENCE_S", 0.0)
    run, one = begin(collector)
    with calling(collector, one):
        contextvars.copy_context().run(signalbox.step("forgotten").__enter__)
    for _ in range(3):
        look(collector)
    document = run.result.result(0)
    assert [(span.name, span.outcome, span.end_ns is None) for span in document.spans] == [
        (CALLER, "ok", False),
        ("forgotten", "unfinished", True),
    ]
    assert document.verdict.notes == ["A span had not ended when the run was closed: nobody waited for it."]


def test_a_span_that_has_not_ended_is_waited_for(collector: Collector) -> None:
    run, one = begin(collector)
    with calling(collector, one):
        step = signalbox.step("orphan")
        context = contextvars.copy_context()
        context.run(step.__enter__)
    for _ in range(3):
        look(collector)
    assert not run.result.done()
    context.run(step.__exit__, None, None, None)
    look(collector)
    assert [span.outcome for span in run.result.result(0).spans] == ["ok", "ok"]


def test_a_thread_that_comes_to_the_way_when_its_caller_has_left_is_waited_for(collector: Collector) -> None:
    run, one = begin(collector)
    go_on = threading.Event()

    def work() -> None:
        go_on.wait()
        with one.way.transaction(), signalbox.step("in the thread"):
            pass

    thread = threading.Thread(target=work)
    with one.scope:
        thread.start()
    collector.leave(one)
    for _ in range(3):
        look(collector)
    assert not run.result.done()
    go_on.set()
    thread.join()
    for _ in range(3):
        look(collector)
    assert names(run.result.result(0)) == [CALLER, "in the thread"]


def test_a_thread_that_never_comes_is_waited_for_so_long(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_way, "PATIENCE_S", 0.0)
    run, one = begin(collector)
    with one.scope:
        pass
    collector.leave(one)
    for _ in range(2):
        look(collector)
    assert names(run.result.result(0)) == [CALLER]


def test_a_caller_that_will_not_come_is_not_waited_for(collector: Collector) -> None:
    run = collector.start(check_experiment("streaming-view", {"way": "asend"}), "server")
    look(collector)
    assert not run.result.done()
    collector.miss(run, "It was never asked for.")
    look(collector)
    document = run.result.result(0)
    assert (names(document), document.verdict.receivers) == ([], [])
    assert document.verdict.notes == ["It was never asked for."]


def test_what_the_caller_raised_is_the_runs_error(collector: Collector) -> None:
    run, one = begin(collector)
    with calling(collector, one, RuntimeError("not from here")):
        pass
    look(collector)
    look(collector)
    assert run.result.result(0).verdict.error == "RuntimeError: not from here"


def test_a_run_that_cannot_be_judged_is_an_error_and_lets_the_next_one_in(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: Any) -> None:
        raise ValueError("no verdict")

    monkeypatch.setattr(collectors, "judge", fail)
    run, one = begin(collector)
    with calling(collector, one):
        pass
    look(collector)
    look(collector)
    with pytest.raises(ValueError, match="no verdict"):
        run.result.result(0)
    assert "could not be judged" in caplog.text
