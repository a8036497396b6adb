"""A heartbeat on an event loop, which notices when the loop was held: it comes late by as long as it was."""

import asyncio
import time

import msgspec

from signalbox.spans import buffer
from signalbox.threads import Thread, current_thread

#: How often it beats, and how late a beat may come before it counts as a pause of the loop.
INTERVAL_S = 0.01
LATE_NS = 20_000_000


class Pause(msgspec.Struct, eq=False):
    """The event loop of ``thread`` ran nothing else from ``start_ns`` to ``end_ns``."""

    thread: Thread
    start_ns: int
    end_ns: int


class Heartbeat:
    """Beats while it is held by at least one. It is a timer and no task, so ``asyncio.all_tasks()`` doesn't show it.

    ``hold()`` and ``release()`` may be called from any thread; ``beaten_ns`` is the time of the last beat.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.thread: Thread | None = None
        self.beaten_ns = 0
        self._holders = 0
        self._due_ns = 0
        self._timer: asyncio.TimerHandle | None = None

    def hold(self) -> None:
        """Beat from now on. On the loop's own thread the first beat is due before anything else runs."""
        if asyncio._get_running_loop() is self.loop:
            self._hold()
        else:
            self.loop.call_soon_threadsafe(self._hold)

    def release(self) -> None:
        """Undo one ``hold()``."""
        self.loop.call_soon_threadsafe(self._release)

    def _hold(self) -> None:
        self._holders += 1
        if self._timer is None:
            self.thread = current_thread()
            self.thread.event_loop = True
            self._arm()

    def _release(self) -> None:
        self._holders -= 1
        if self._holders == 0 and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self._due_ns = time.monotonic_ns() + int(INTERVAL_S * 1e9)
        self._timer = self.loop.call_later(INTERVAL_S, self._beat)

    def _beat(self) -> None:
        self.beaten_ns = now = time.monotonic_ns()
        if now - self._due_ns > LATE_NS and self.thread is not None:
            buffer().put_pause(Pause(self.thread, self._due_ns, now))
        self._arm()
