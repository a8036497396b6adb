"""Which span held a loop, in recordings written out by hand."""

from typing import Any

import pytest

from signalbox.documents import PauseDocument, SpanDocument
from signalbox.recording import Recording
from tests.signalbox.test_verdict import LOOP, MS, OTHER, dispatch, receiver, span, verdict_of

PAUSE = PauseDocument(LOOP, 30 * MS, 80 * MS)


def holder(*spans: SpanDocument) -> int | None:
    (pause,) = Recording(spans, [], [PAUSE]).pauses
    return pause.span


def on_loop(number: int, kind: Any, start: int, end: int | None, **known: Any) -> SpanDocument:
    return span(number, kind, LOOP, start, end, **{"loop": 1, "task": 1, **known})


def coroutine(number: int, *running: tuple[int, int], **known: Any) -> SpanDocument:
    intervals = [(start * MS, end * MS) for start, end in running]
    return on_loop(number, "step", running[0][0], running[-1][1], is_async=True, running=intervals, **known)


SEND = on_loop(1, "dispatch", 19, 91)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([], None, id="nothing was recorded"),
        pytest.param([SEND], 1, id="a dispatch"),
        pytest.param([SEND, on_loop(2, "receiver", 20, 90, parent=1)], 2, id="the receiver in it"),
        pytest.param(
            [SEND, on_loop(2, "receiver", 20, 40, parent=1), on_loop(3, "receiver", 40, 90, parent=1)],
            3,
            id="that of its receivers which took longest",
        ),
        pytest.param(
            [SEND, *(on_loop(2 + n, "receiver", 20 + 14 * n, 34 + 14 * n, parent=1) for n in range(5))],
            1,
            id="the dispatch, where many receivers took a little each",
        ),
        pytest.param([on_loop(2, "receiver", 20, 50)], None, id="less than half of it is no answer"),
        pytest.param([on_loop(2, "receiver", 20, 55)], None, id="and neither is half of it"),
        pytest.param([on_loop(2, "receiver", 20, None)], 2, id="a receiver that has not ended"),
        pytest.param([span(2, "receiver", OTHER, 20, 90, loop=2)], None, id="on another loop"),
        pytest.param([span(2, "receiver", LOOP, 20, 90)], None, id="on its thread, outside of any loop"),
        pytest.param([coroutine(1, (20, 85))], 1, id="a coroutine that didn't await"),
        pytest.param([on_loop(1, "dispatch", 20, 90, is_async=True)], None, id="one of which no more is known"),
        pytest.param([coroutine(1, (10, 25), (82, 90))], None, id="a coroutine that awaited meanwhile"),
        pytest.param([coroutine(1, (10, 45), (46, 90))], 1, id="a coroutine that awaited for a moment"),
        pytest.param([on_loop(2, "step", 20, 90)], None, id="a block in an unknown coroutine may have awaited"),
        pytest.param([on_loop(2, "step", 20, 90, task=None)], 2, id="a block outside of coroutines cannot"),
        pytest.param(
            [coroutine(1, (10, 25), (82, 90)), on_loop(2, "step", 20, 85, parent=1)],
            None,
            id="a block awaited when its coroutine did",
        ),
        pytest.param([coroutine(1, (10, 90)), on_loop(2, "step", 20, 85, parent=1)], 2, id="and ran when it did"),
        pytest.param(
            [coroutine(1, (10, 90), task=2), on_loop(2, "step", 20, 85, parent=1)],
            1,
            id="which another task's coroutine says nothing of",
        ),
    ],
)
def test_the_holder(spans: list[SpanDocument], expected: int | None) -> None:
    assert holder(*spans) == expected


def test_it_stands_in_the_verdict() -> None:
    other = on_loop(7, "receiver", 25, 85, name="app.receivers.slow", signal="other")
    verdict = verdict_of(receiver(), dispatch(), other, server_loops=[LOOP], pauses=[PAUSE])
    assert verdict.event_loop_free is True
    assert verdict.reasons.event_loop_free == "The receiver left it free; app.receivers.slow held it for 50 ms."


def test_a_receivers_own_pause_is_nobody_elses() -> None:
    itself = receiver(LOOP, is_async=True, loop=1, task=1, running=[(29 * MS, 85 * MS)])
    verdict = verdict_of(itself, dispatch(LOOP, is_async=True), late_ns=60 * MS, pauses=[PAUSE])
    assert verdict.event_loop_free is True
    assert verdict.reasons.event_loop_free.startswith("It awaited")
