"""The hub: one channel per process on the channel layer, fanned out to the process's own pages.

A group with every page's consumer in it breaks down at some 200 pages; one message per batch and process does not.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import signalbox
from app.live.frames import StatsFrame, encode
from app.live.stream import GROUP, Stream, channel_layer
from app.live.viewer import Viewer
from app.runs.admission import Admission

logger = logging.getLogger(__name__)

STATS_INTERVAL_S = 1.0
MOST_VIEWERS = 1_000


class Hub:
    """Listens while somebody watches."""

    def __init__(self, stream: Stream, admission: Admission) -> None:
        self.viewers: set[Viewer] = set()
        self.holes = 0
        self._admission = admission
        self._stream = stream
        self._tasks: list[asyncio.Task[None]] = []
        self._subscribed = asyncio.Event()

    def is_full(self) -> bool:
        return len(self.viewers) >= MOST_VIEWERS

    async def join(self, viewer: Viewer) -> None:
        """Have the viewer offered every batch from now on."""
        self.viewers.add(viewer)
        if not self._tasks:
            self._subscribed = asyncio.Event()
            self._tasks = [asyncio.create_task(self._listen(self._subscribed)), asyncio.create_task(self._report())]
        await self._subscribed.wait()

    async def leave(self, viewer: Viewer) -> None:
        self.viewers.discard(viewer)
        if not self.viewers:
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()

    async def _listen(self, subscribed: asyncio.Event) -> None:
        layer = channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
        subscribed.set()
        expected: int | None = None
        try:
            while True:
                message = await layer.receive(channel)
                if expected is not None and message["sequence"] > expected:
                    self.holes += message["sequence"] - expected
                expected = message["sequence"] + 1
                for viewer in list(self.viewers):
                    await self._tell(viewer, viewer.offer(message["sequence"], message["frame"]))
        finally:
            await layer.group_discard(GROUP, channel)

    async def _report(self) -> None:
        """Every second: the counts, which are also the sign that the server's loop is alive."""
        while True:
            for viewer in list(self.viewers):
                await self._tell(viewer, viewer.catch_up())
                await self._tell(viewer, viewer.send(encode(self.stats(viewer))))
            await asyncio.sleep(STATS_INTERVAL_S)

    def stats(self, viewer: Viewer) -> StatsFrame:
        buffer = signalbox.buffer().statistics()
        return StatsFrame(
            newest=self._stream.journal.newest,
            buffer={
                "capacity": buffer.capacity,
                "held": buffer.held,
                "peak": buffer.peak,
                "recorded": buffer.recorded,
                "dropped": buffer.dropped,
            },
            slow=viewer.slow,
            holes=self.holes,
            viewers=len(self.viewers),
            experiments=self._admission.under_way,
        )

    async def _tell(self, viewer: Viewer, telling: Coroutine[Any, Any, None]) -> None:
        """One page that can't be reached must not keep the others waiting for news."""
        try:
            await telling
        except Exception:
            logger.exception("A page could not be told, and will be told no more")
            self.viewers.discard(viewer)
