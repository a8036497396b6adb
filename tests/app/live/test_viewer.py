"""What one page is sent, what it is not sent, and what it is told of that."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from app.live import viewer as viewers
from app.live.frames import BatchFrame, FilterFrame, encode
from app.live.journal import Journal
from app.live.viewer import WINDOW_BYTES, WINDOW_FRAMES, Viewer
from signalbox.documents import SpanDocument


class Page:
    """A viewer, the journal that it reads, and all that it was sent, as short words."""

    def __init__(self, journal: Journal | None = None, newest: int = 0) -> None:
        self.journal = journal or Journal()
        self.said: list[str] = []
        self.frames: list[Any] = []
        self.viewer = Viewer(self.send, self.journal, newest)

    async def send(self, text: str) -> None:
        frame = json.loads(text)
        self.frames.append(frame)
        if frame["type"] == "gap":
            self.said.append(f"{frame['why']} {frame['from']}-{frame['to']}")
        else:
            self.said.append(str(frame["sequence"]))

    async def publish(self, *sequences: int, delivered: bool = True, frame: str | None = None) -> None:
        for sequence in sequences:
            text = frame or encode(BatchFrame(sequence, 4242, [], [], [], []))
            self.journal.append(sequence, text)
            if delivered:
                await self.viewer.offer(sequence, text)

    def heard(self) -> list[str]:
        """What was said since the last time this was asked."""
        said, self.said = self.said, []
        return said


def numbers(sequences: Iterable[int]) -> list[str]:
    return [str(sequence) for sequence in sequences]


async def test_batches_are_sent_as_they_come() -> None:
    page = Page()
    await page.publish(1, 2, 3)
    assert page.heard() == ["1", "2", "3"]


async def test_what_was_published_before_the_page_came_is_not_sent() -> None:
    page = Page(newest=2)
    await page.publish(2, 3)
    assert page.heard() == ["3"]


async def test_past_the_window_batches_are_missed_and_told_of_at_the_next_acknowledgement() -> None:
    page = Page()
    await page.publish(*range(1, WINDOW_FRAMES + 4))
    assert page.heard() == numbers(range(1, WINDOW_FRAMES + 1))
    assert page.viewer.slow == 3
    await page.viewer.acknowledge(10)
    assert page.heard() == [f"slow {WINDOW_FRAMES + 1}-{WINDOW_FRAMES + 3}"]
    await page.publish(*range(WINDOW_FRAMES + 4, WINDOW_FRAMES + 20))
    assert page.heard() == numbers(range(WINDOW_FRAMES + 4, WINDOW_FRAMES + 14)), "as many as were acknowledged"


async def test_the_window_is_one_of_bytes_too() -> None:
    page = Page()
    large = encode(BatchFrame(1, 4242, [], [], [], [])).ljust(WINDOW_BYTES)
    await page.publish(1, frame=large)
    await page.publish(2)
    assert page.heard() == ["1"]
    await page.viewer.acknowledge(1)
    await page.publish(3)
    assert page.heard() == ["slow 2-2", "3"]


async def test_an_acknowledgement_of_what_was_never_sent_is_no_harm() -> None:
    page = Page()
    await page.publish(1)
    await page.viewer.acknowledge(1_000)
    await page.publish(*range(2, WINDOW_FRAMES + 2))
    assert page.heard() == numbers(range(1, WINDOW_FRAMES + 2))


async def test_a_hole_is_filled_from_the_journal() -> None:
    page = Page()
    await page.publish(1)
    await page.publish(2, 3, delivered=False)
    await page.publish(4)
    assert page.heard() == ["1", "2", "3", "4"]


async def test_a_hole_that_cannot_be_filled_is_a_gap() -> None:
    page = Page(Journal(most_frames=2))
    await page.publish(1)
    await page.publish(2, 3, 4, delivered=False)
    await page.publish(5)
    assert page.heard() == ["1", "hole 2-3", "4", "5"]


async def test_what_was_lost_last_is_caught_up_with() -> None:
    page = Page()
    await page.publish(1)
    await page.publish(2, 3, delivered=False)
    await page.viewer.catch_up()
    await page.viewer.catch_up()
    await page.publish(3, 4)
    assert page.heard() == ["1", "2", "3", "4"]


async def test_a_batch_that_comes_twice_is_sent_once() -> None:
    page = Page()
    await page.publish(1, 2, 2, 1, 3)
    assert page.heard() == ["1", "2", "3"]


async def test_resume_replays_and_goes_on_live() -> None:
    page = Page(newest=5)
    await page.publish(*range(1, 6), delivered=False)
    await page.viewer.resume(3)
    await page.publish(6)
    assert page.heard() == ["3", "4", "5", "6"]


async def test_resume_from_before_the_journal() -> None:
    page = Page(Journal(most_frames=3), newest=9)
    await page.publish(*range(1, 10), delivered=False)
    await page.viewer.resume(0)
    assert page.heard() == ["journal 1-6", "7", "8", "9"]


async def test_resume_from_the_future() -> None:
    page = Page(newest=2)
    await page.publish(1, 2, delivered=False)
    await page.viewer.resume(100)
    await page.publish(3)
    assert page.heard() == ["3"]


async def test_a_replay_waits_for_acknowledgements_and_misses_nothing() -> None:
    last = 2 * WINDOW_FRAMES + 5
    page = Page(newest=last)
    await page.publish(*range(1, last + 1), delivered=False)
    await page.viewer.resume(1)
    await page.publish(last + 1)
    assert page.heard() == numbers(range(1, WINDOW_FRAMES + 1))
    await page.viewer.acknowledge(WINDOW_FRAMES)
    await page.viewer.acknowledge(2 * WINDOW_FRAMES)
    assert page.heard() == numbers(range(WINDOW_FRAMES + 1, last + 2))
    assert page.viewer.slow == 0


async def test_a_replay_that_the_journal_overtakes_says_so() -> None:
    page = Page(Journal(most_frames=WINDOW_FRAMES + 2), newest=WINDOW_FRAMES + 2)
    await page.publish(*range(1, WINDOW_FRAMES + 3), delivered=False)
    await page.viewer.resume(1)
    page.heard()
    last = 2 * WINDOW_FRAMES + 10
    await page.publish(*range(WINDOW_FRAMES + 3, last + 1))
    assert page.heard() == [], "a page that takes in nothing is told nothing, however long that lasts"
    await page.viewer.acknowledge(WINDOW_FRAMES)
    oldest = page.journal.oldest
    assert page.heard() == [
        f"journal {WINDOW_FRAMES + 1}-{oldest - 1}",
        *numbers(range(oldest, oldest + WINDOW_FRAMES)),
    ]


async def test_a_pause() -> None:
    page = Page()
    await page.viewer.pause(paused=True)
    await page.publish(1, 2)
    assert page.heard() == []
    await page.viewer.pause(paused=False)
    await page.publish(3)
    assert page.heard() == ["paused 1-2", "3"]
    assert page.viewer.slow == 0


async def test_reasons_are_told_apart() -> None:
    page = Page()
    await page.publish(*range(1, WINDOW_FRAMES + 3))
    page.heard()
    await page.viewer.pause(paused=True)
    await page.publish(WINDOW_FRAMES + 3)
    await page.viewer.pause(paused=False)
    assert page.heard() == [
        f"slow {WINDOW_FRAMES + 1}-{WINDOW_FRAMES + 2}",
        f"paused {WINDOW_FRAMES + 3}-{WINDOW_FRAMES + 3}",
    ]


def span(number: int, kind: Any, name: str, **attributes: Any) -> SpanDocument:
    return SpanDocument(number, None, kind, name, 1, None, None, 0, None, None, None, None, attributes)


SPANS = [
    span(1, "caller", "app.view"),
    span(2, "dispatch", "post_save.send", signal="post_save", sender="app.MyModel"),
    span(3, "receiver", "app.on_save", signal="post_save"),
    span(4, "dispatch", "post_delete.send", signal="post_delete", sender="app.Other"),
    span(5, "receiver", "app.on_delete", signal="post_delete"),
]


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"signal": "save"}, [1, 2, 3]),
        ({"process": 4242}, [1, 2, 3, 4, 5]),
        ({"process": 1}, []),
    ],
)
async def test_a_filter(wanted: dict[str, Any], shown: list[int]) -> None:
    page = Page()
    page.viewer.filter = FilterFrame(**wanted)
    await page.publish(1, frame=encode(BatchFrame(1, 4242, [], SPANS, [], [])))
    (frame,) = page.frames
    assert frame["sequence"] == 1
    assert [one["id"] for one in frame["begun"]] == shown


def test_the_window_is_the_documented_one() -> None:
    assert (viewers.WINDOW_FRAMES, viewers.WINDOW_BYTES) == (64, 1024 * 1024)
