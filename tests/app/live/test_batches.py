"""A batch is split into frames that a websocket carries; nothing is lost, and beginnings come before ends."""

import pytest

from app.live.batches import MOST_SPANS, Batch
from signalbox.documents import PauseDocument, SpanDocument, SpanEnd, ThreadDocument

THREADS = [ThreadDocument(1, 10, 100, "MainThread", 4242, event_loop=True)]
PAUSES = [PauseDocument(1, 5, 6)]


def span(number: int) -> SpanDocument:
    return SpanDocument(number, None, "step", "step", 1, None, None, 0, None, None, None, None, {})


def batch(begun: int, ended: int) -> Batch:
    return Batch(
        process=4242,
        threads=THREADS,
        begun=[span(number) for number in range(begun)],
        ended=[SpanEnd(number, 1, "ok", None, {}) for number in range(ended)],
        pauses=PAUSES,
    )


def test_an_empty_batch_is_nothing() -> None:
    assert not Batch(4242)
    assert Batch(4242, pauses=PAUSES)


def test_a_small_batch_is_one_frame() -> None:
    whole = batch(MOST_SPANS - 1, 1)
    assert list(whole.in_frames()) == [whole]


@pytest.mark.parametrize(
    ("begun", "ended"),
    [(MOST_SPANS, 1), (MOST_SPANS + 1, 0), (0, MOST_SPANS + 1), (5 * MOST_SPANS, 3 * MOST_SPANS + 7)],
)
def test_a_large_batch_is_split(begun: int, ended: int) -> None:
    whole = batch(begun, ended)
    frames = list(whole.in_frames())
    assert len(frames) > 1
    assert all(len(frame.begun) + len(frame.ended) <= MOST_SPANS for frame in frames)
    assert [one for frame in frames for one in frame.begun] == whole.begun
    assert [one for frame in frames for one in frame.ended] == whole.ended
    assert [one for frame in frames for one in frame.threads] == THREADS
    assert [one for frame in frames for one in frame.pauses] == PAUSES
    assert frames[0].threads == THREADS, "a lane is told of before its bars"
    last_begin = max((index for index, frame in enumerate(frames) if frame.begun), default=-1)
    first_end = min((index for index, frame in enumerate(frames) if frame.ended), default=len(frames))
    assert last_begin < first_end
    assert {frame.process for frame in frames} == {4242}
    assert all(frames)
