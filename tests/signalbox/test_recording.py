"""What can be asked of a recording, which is a tree of spans."""

from typing import Any

import pytest

from signalbox.documents import PauseDocument, SpanDocument
from signalbox.recording import Recording
from signalbox.spans import heartbeats
from tests.signalbox.test_verdict import LOOP, MS, OTHER, THREADS, WORKER, span

#: A caller, its step, a dispatch in it, a hop, a receiver; and beside the step another one. They begin in this order.
CALLER = span(1, "caller", LOOP, 0, 100, is_async=True, task=1)
STEP = span(2, "step", LOOP, 10, 90, parent=1, task=1)
DISPATCH = span(3, "dispatch", LOOP, 20, 80, parent=2, is_async=True, task=1)
HOP = span(4, "hop", LOOP, 30, 70, parent=3, is_async=True, task=2)
RECEIVER = span(5, "receiver", WORKER, 40, 60, parent=4)
BESIDE = span(6, "step", LOOP, 95, 96, parent=1, task=1)
LOST = span(7, "receiver", WORKER, 97, 98, parent=77)


def recording(*spans: SpanDocument, **known: Any) -> Recording:
    return Recording(spans or [RECEIVER, HOP, DISPATCH, STEP, CALLER, BESIDE, LOST], THREADS, **known)


def test_spans_are_in_the_order_in_which_they_began() -> None:
    run = recording()
    assert [one.id for one in run.spans] == [1, 2, 3, 4, 5, 6, 7]
    assert run.of_kind("step") == [STEP, BESIDE]


@pytest.mark.parametrize(
    ("kind", "upper"), [("hop", HOP), ("step", STEP), ("caller", CALLER), ("receiver", None), ("request", None)]
)
def test_above_is_the_nearest_of_a_kind(kind: str, upper: SpanDocument | None) -> None:
    assert recording().above(RECEIVER, kind) == upper


def test_above_a_span_whose_parent_was_not_recorded_is_nothing() -> None:
    assert recording().above(LOST, "caller") is None


@pytest.mark.parametrize(
    ("lower", "coroutine"),
    [
        pytest.param(BESIDE, CALLER, id="right above"),
        pytest.param(span(8, "step", LOOP, 50, 55, parent=4, task=1), DISPATCH, id="past another task's"),
        pytest.param(span(8, "step", LOOP, 25, 30, parent=2, task=1), CALLER, id="past a block"),
        pytest.param(span(8, "step", LOOP, 25, 30, parent=2, task=3), None, id="none of its task"),
    ],
)
def test_the_coroutine_around_is_the_nearest_of_its_own_task(
    lower: SpanDocument, coroutine: SpanDocument | None
) -> None:
    assert recording().coroutine_around(lower) == coroutine


def test_is_above() -> None:
    run = recording()
    assert [one.id for one in run.spans if run.is_above(one, RECEIVER)] == [1, 2, 3, 4]
    assert [one.id for one in run.spans if run.is_above(one, LOST)] == []
    assert [one.id for one in run.spans if run.is_above(one, CALLER)] == []


def test_the_caller_is_the_one_that_a_span_names_or_else_the_one_above() -> None:
    other = span(9, "caller", OTHER, 0, 100)
    named = span(8, "receiver", WORKER, 40, 50, parent=4, caller=9)
    stranger = span(10, "receiver", WORKER, 40, 50, parent=4, caller=99)
    run = recording(CALLER, STEP, DISPATCH, HOP, other, named, stranger, LOST)
    assert [run.caller(one) for one in (named, stranger, HOP, LOST)] == [other, CALLER, CALLER, None]


def test_a_thread_is_called_by_its_name_or_by_its_key() -> None:
    run = recording()
    assert run.thread_name(RECEIVER) == "Worker"
    assert run.thread_name(span(8, "step", 77, 0, 1)) == "thread 77"
    assert [run.name_of_thread(key) for key in (LOOP, 77, None)] == ["MainThread", "thread 77", None]


def test_what_is_late_is_as_the_process_says_unless_given() -> None:
    assert recording().late_ns == heartbeats.late_ns
    assert recording(late_ns=0).late_ns == 0


class TestHadEventLoop:
    @pytest.mark.parametrize(
        ("start", "end", "had"),
        [
            pytest.param(0, 41, True, id="it began before and ended in it"),
            pytest.param(0, 40, False, id="it ended as it began"),
            pytest.param(59, 99, True, id="it began in it"),
            pytest.param(60, 99, False, id="it began as it ended"),
            pytest.param(45, 50, True, id="in the middle of it"),
            pytest.param(0, None, True, id="it never ended"),
        ],
    )
    def test_by_a_span_on_a_loop_at_the_same_time(self, start: int, end: int | None, had: bool) -> None:
        on_loop = span(8, "caller", LOOP, start, end, loop=1)
        assert recording(RECEIVER, on_loop).had_event_loop(during=RECEIVER) is had

    def test_during_what_has_not_ended(self) -> None:
        endless = span(5, "receiver", WORKER, 40, None)
        assert recording(endless, span(8, "caller", LOOP, 500, 501, loop=1)).had_event_loop(during=endless) is True

    def test_off_any_loop_a_span_says_nothing(self) -> None:
        assert recording().had_event_loop(during=RECEIVER) is False

    def test_the_servers_runs_all_the_time(self) -> None:
        assert recording(RECEIVER, server_loops=[LOOP]).had_event_loop(during=RECEIVER) is True


class TestLongestPause:
    """By what else than the receiver, which runs from 40 to 60 ms."""

    HOLDER = span(8, "receiver", LOOP, 20, 55, loop=1, name="shop.slow")

    def longest(self, *pauses: tuple[int, int], during: SpanDocument = RECEIVER) -> tuple[float, SpanDocument | None]:
        told = [PauseDocument(LOOP, start * MS, end * MS) for start, end in pauses]
        longest, holder = recording(RECEIVER, self.HOLDER, pauses=told).longest_pause(during)
        return longest / MS, holder

    def test_none(self) -> None:
        assert self.longest() == (0, None)
        assert self.longest((0, 40), (60, 90)) == (0, None)

    def test_as_much_as_was_at_the_same_time(self) -> None:
        assert self.longest((30, 55)) == (15, self.HOLDER)
        assert self.longest((54, 99)) == (6, None)
        assert self.longest((45, 47), (20, 50), (57, 60)) == (10, self.HOLDER)

    def test_its_own_is_nobody_elses(self) -> None:
        assert self.longest((30, 55), during=self.HOLDER) == (0, None)

    def test_while_it_runs_nothing_is_known(self) -> None:
        assert self.longest((30, 55), during=span(5, "receiver", WORKER, 40, None)) == (0, None)
