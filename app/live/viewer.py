"""One page that watches: how far it is, what it was not sent, and what it wants to see."""

import collections
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from app.live.frames import BatchFrame, FilterFrame, GapFrame, GapReason, encode
from app.live.journal import Journal
from signalbox.documents import SpanDocument

#: Batches, and bytes of them, that may be on their way to a page which hasn't acknowledged them. Daphne itself would
#: buffer without bound (django/daphne #170).
WINDOW_FRAMES = 64
WINDOW_BYTES = 1024 * 1024


class Viewer:
    """Sends batches while the page keeps up, and keeps account of those that it doesn't send."""

    def __init__(self, send: Callable[[str], Coroutine[Any, Any, None]], journal: Journal, newest: int) -> None:
        self.slow = 0
        self.paused = False
        self.filter = FilterFrame()
        self.send = send
        self._journal = journal
        self._next = newest + 1
        self._replaying = False
        self._missed: GapFrame | None = None
        self._outstanding: collections.deque[tuple[int, int]] = collections.deque()
        self._outstanding_bytes = 0

    async def offer(self, sequence: int, frame: str) -> None:
        """A new batch: send it, or put it down as missed."""
        if self._replaying:
            await self._replay()
        elif sequence >= self._next:
            if sequence > self._next:
                await self._fill(self._next, sequence - 1)
            self._next = sequence + 1
            await self._send_or_miss(sequence, frame)

    async def catch_up(self) -> None:
        """Take from the journal what was lost on the way, when no later batch came that would have shown the hole."""
        newest = self._journal.newest
        if not self._replaying and newest >= self._next:
            first, self._next = self._next, newest + 1
            await self._fill(first, newest)

    async def acknowledge(self, sequence: int) -> None:
        """The page has taken in everything up to ``sequence``: tell it what it missed meanwhile."""
        while self._outstanding and self._outstanding[0][0] <= sequence:
            self._outstanding_bytes -= self._outstanding.popleft()[1]
        if self._replaying:
            await self._replay()
        else:
            await self._tell_missed()

    async def resume(self, first: int) -> None:
        """Send again from ``first`` on, as fast as the page acknowledges."""
        self._missed = None
        self._next = min(max(first, 1), self._journal.newest + 1)
        self._replaying = True
        await self._replay()

    async def pause(self, paused: bool) -> None:
        self.paused = paused
        if not paused:
            await self._tell_missed()

    async def _fill(self, first: int, last: int) -> None:
        """Numbers are missing between processes: the journal has them, or they are gone."""
        for sequence in range(first, last + 1):
            frame = self._journal.get(sequence)
            if frame is None:
                await self._miss(sequence, "hole")
            else:
                await self._send_or_miss(sequence, frame)

    async def _replay(self) -> None:
        while self._has_room():
            oldest = self._journal.oldest
            if self._next < oldest:
                await self.send(encode(GapFrame(self._next, oldest - 1, "journal")))
                self._next = oldest
            frame = self._journal.get(self._next)
            if frame is None:
                self._replaying = False
                return
            sequence, self._next = self._next, self._next + 1
            await self._send_or_miss(sequence, frame)

    def _has_room(self) -> bool:
        return len(self._outstanding) < WINDOW_FRAMES and self._outstanding_bytes < WINDOW_BYTES

    async def _send_or_miss(self, sequence: int, frame: str) -> None:
        if self.paused:
            await self._miss(sequence, "paused")
        elif not self._has_room():
            self.slow += 1
            await self._miss(sequence, "slow")
        else:
            await self._tell_missed()
            self._outstanding.append((sequence, len(frame)))
            self._outstanding_bytes += len(frame)
            await self.send(self._filtered(frame))

    async def _miss(self, sequence: int, why: GapReason) -> None:
        if self._missed is not None and self._missed.why == why:
            self._missed.last = sequence
        else:
            await self._tell_missed()
            self._missed = GapFrame(sequence, sequence, why)

    async def _tell_missed(self) -> None:
        if self._missed is not None:
            missed, self._missed = self._missed, None
            await self.send(encode(missed))

    def _filtered(self, frame: str) -> str:
        if self.filter.wants_everything():
            return frame
        batch = msgspec.json.decode(frame, type=BatchFrame)
        if self.filter.process not in {None, batch.process}:
            batch.threads, batch.begun, batch.ended, batch.pauses = [], [], [], []
        batch.begun = [span for span in batch.begun if self._wants(span)]
        return encode(batch)

    def _wants(self, span: SpanDocument) -> bool:
        """Callers and steps always; dispatches and receivers by the names that were asked for."""
        wanted, attributes = self.filter, span.attributes
        if span.kind not in {"dispatch", "receiver"}:
            return True
        matches = [wanted.signal is None or wanted.signal in attributes.get("signal", "")]
        if span.kind == "dispatch":
            matches.append(wanted.sender is None or wanted.sender in attributes.get("sender", ""))
        else:
            matches.append(wanted.receiver is None or wanted.receiver in span.name)
        return all(matches)
