"""Who held an event loop while its heartbeat was missing, from what was recorded of its thread."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from signalbox.documents import PauseDocument, SpanDocument

if TYPE_CHECKING:
    from signalbox.recording import Recording

Intervals = Iterable[tuple[float, float]]
_NEVER: Intervals = ()


def holder_of(run: "Recording", pause: PauseDocument) -> int | None:
    """The id of the deepest span that held the loop for more than half of the pause; None where none is known to have.

    Spans that held one thread for more than half of the same time overlap, so they were inside each other, and the
    deepest of them is the one that began last.
    """
    held = (
        span.id
        for span in run.spans
        if span.thread == pause.thread
        and span.loop is not None
        and 2 * _overlap(pause, _held(run, span)) > pause.end_ns - pause.start_ns
    )
    return max(held, default=None)


def _overlap(pause: PauseDocument, intervals: Intervals) -> float:
    return sum(max(0, min(end, pause.end_ns) - max(start, pause.start_ns)) for start, end in intervals)


def _held(run: "Recording", span: SpanDocument) -> Intervals:
    """When a span is known to have kept its thread. A block in a coroutine may have awaited: it ran only with it."""
    if span.attributes["is_async"]:
        return _running(span)
    whole = span.start_ns, float("inf") if span.end_ns is None else span.end_ns
    if span.task is None or span.kind in {"dispatch", "receiver"}:
        return [whole]
    coroutine = run.coroutine_around(span)
    return _NEVER if coroutine is None else _within(_running(coroutine), whole)


def _running(coroutine: SpanDocument) -> Intervals:
    running: Intervals = coroutine.attributes.get("running", _NEVER)
    return running


def _within(intervals: Intervals, whole: tuple[float, float]) -> Intervals:
    return [(max(start, whole[0]), min(end, whole[1])) for start, end in intervals]
