"""The hub notices what the channel layer has lost."""

import asyncio
import json
from typing import Any

import pytest

from app.live import hub as hubs
from app.live.batches import Batch
from app.live.hub import Hub
from app.live.stream import GROUP, Stream, channel_layer
from app.live.viewer import Viewer
from app.runs.admission import Admission
from signalbox.documents import PauseDocument

BATCH = Batch(4242, pauses=[PauseDocument(1, 2, 3)])
PATIENCE_S = 5


@pytest.fixture(autouse=True)
def statistics_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "STATS_INTERVAL_S", 0.05)


class Page:
    """A viewer of the hub, and what it was sent."""

    def __init__(self, stream: Stream) -> None:
        self.frames: asyncio.Queue[Any] = asyncio.Queue()
        self.viewer = Viewer(self.send, stream.journal, stream.journal.newest)

    async def send(self, text: str) -> None:
        await self.frames.put(json.loads(text))

    async def hear(self, kind: str) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            while (frame := await self.frames.get())["type"] != kind:
                pass
        return frame


async def test_a_batch_that_was_lost_is_sent_with_the_next_statistics() -> None:
    stream = Stream()  # without a loop: what it publishes gets as far as the journal
    hub = Hub(stream, Admission())
    page = Page(stream)
    stream.publish(BATCH)
    await hub.join(page.viewer)
    assert (await page.hear("batch"))["sequence"] == 1
    stream.publish(BATCH)
    assert (await page.hear("batch"))["sequence"] == 2
    await hub.leave(page.viewer)


async def test_holes_are_counted() -> None:
    stream = Stream()
    hub = Hub(stream, Admission())
    page = Page(stream)
    await hub.join(page.viewer)
    for sequence in (1, 4):
        frame = json.dumps({"type": "batch", "sequence": sequence})
        await channel_layer().group_send(GROUP, {"type": "live.batch", "sequence": sequence, "frame": frame})
        assert (await page.hear("batch"))["sequence"] == sequence
    assert hub.holes == 2
    await hub.leave(page.viewer)


async def test_a_page_that_cannot_be_reached_does_not_keep_the_others_waiting() -> None:
    async def gone(text: str) -> None:
        raise ConnectionError

    stream = Stream()
    hub = Hub(stream, Admission())
    page = Page(stream)
    await hub.join(Viewer(gone, stream.journal, 0))
    await hub.join(page.viewer)
    stream.publish(BATCH)
    assert (await page.hear("batch"))["sequence"] == 1
    assert hub.viewers == {page.viewer}
    await hub.leave(page.viewer)


async def test_nobody_listens_when_nobody_watches() -> None:
    stream = Stream()
    hub = Hub(stream, Admission())
    page = Page(stream)
    before = asyncio.all_tasks()
    await hub.join(page.viewer)
    await page.hear("stats")
    tasks = asyncio.all_tasks() - before
    assert tasks
    await hub.leave(page.viewer)
    await asyncio.wait(tasks, timeout=PATIENCE_S)
    assert all(task.cancelled() for task in tasks)


@pytest.mark.parametrize("watching", [True, False])
async def test_a_hub_can_be_joined_again(watching: bool) -> None:
    stream = Stream()
    hub = Hub(stream, Admission())
    pages = [Page(stream), Page(stream)]
    await hub.join(pages[0].viewer)
    if not watching:
        await hub.leave(pages[0].viewer)
    await hub.join(pages[1].viewer)
    assert (await pages[1].hear("stats"))["viewers"] == 1 + watching
    for page in pages:
        await hub.leave(page.viewer)
