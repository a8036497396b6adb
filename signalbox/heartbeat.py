"""A heartbeat on each event loop that spans begin on: it beats late by as long as something held the loop.

It is a timer and no task, so ``asyncio.all_tasks()`` doesn't show it. It begins with a span on its loop and ends by
itself once the loop has been quiet for a while, so that a loop at rest has no timer.
"""

import asyncio
import contextvars
import time
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from signalbox.faults import give_up
from signalbox.serials import loop_serial
from signalbox.threads import Thread, current_thread

#: How often it beats, and how many beats in a row that meet nothing alive are the last ones.
INTERVAL_S = 0.01
QUIET_BEATS = 10
#: How late a beat may come before it counts as a pause of the loop, unless a setting says otherwise.
LATE_NS = 20_000_000


class Pause(msgspec.Struct, eq=False):
    """The event loop of ``thread`` ran nothing else from ``start_ns`` to ``end_ns``."""

    thread: Thread
    start_ns: int
    end_ns: int


class Live(Protocol):
    """What keeps a heartbeat beating: a span, for as long as it is under way."""

    @property
    def is_live(self) -> bool: ...


class Heartbeats:
    """The heartbeats of a process. They beat while the probe is installed: from ``start()`` to ``stop()``.

    ``record`` is given every pause, on the thread of its loop.
    """

    def __init__(self, record: Callable[[Pause], None]) -> None:
        self.record = record
        self.late_ns = LATE_NS
        self.started = False
        #: What keeps each heartbeat beating, by the serial of its loop; changed on that loop's thread only.
        self.beating: dict[int, list[Live]] = {}

    def start(self, late_ns: int = LATE_NS) -> None:
        """Let heartbeats begin; a beat that is more than ``late_ns`` late will be a pause."""
        self.late_ns = late_ns
        self.started = True

    def stop(self) -> None:
        """End them all, from any thread: a timer that is still to come does nothing and is the last of its loop."""
        self.started = False
        self.beating.clear()

    def keep_beating(self, loop: int, live: Live) -> None:
        """Beat on the loop that is running in this thread, whose serial is ``loop``, for as long as ``live`` is."""
        known = self.beating.get(loop)
        if known is not None:
            known.append(live)
        elif self.started:
            Heartbeat(self, loop, live).begin()

    def keep_beating_on(self, loop: asyncio.AbstractEventLoop, live: Live) -> None:
        """The same for any loop, from any thread. On the loop's own thread the first beat is due before all else."""
        if asyncio._get_running_loop() is loop:
            self.keep_beating(loop_serial(loop), live)
        else:
            loop.call_soon_threadsafe(self.keep_beating, loop_serial(loop), live, context=contextvars.Context())


class Heartbeat:
    """One heartbeat, from the span that it begins with until its loop is quiet, or closed.

    Only its timer holds it: a loop that closes drops its timers, and its heartbeat goes with them.
    """

    def __init__(self, heartbeats: Heartbeats, loop: int, live: Live) -> None:
        self._heartbeats = heartbeats
        self._loop = loop
        self._live = heartbeats.beating[loop] = [live]
        # A timer would keep the context that it was made in, and with it a request, say. An empty one of its own,
        # because no two threads can be in one context at once.
        self._context = contextvars.Context()
        self._quiet = 0
        self._due_ns = 0
        self._run: object = None

    def __del__(self) -> None:
        self._end()

    def begin(self) -> None:
        """On the loop's thread."""
        self._arm(asyncio.get_running_loop())

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        self._run = run_of(loop)
        self._due_ns = time.monotonic_ns() + int(INTERVAL_S * 1e9)
        loop.call_later(INTERVAL_S, self._beat, context=self._context)

    def _beat(self) -> None:
        try:
            if self._heartbeats.beating.get(self._loop) is self._live:
                self._take(asyncio.get_running_loop())
        except Exception as fault:
            give_up(fault)

    def _take(self, loop: asyncio.AbstractEventLoop) -> None:
        thread, now = current_thread(), time.monotonic_ns()
        # A loop that was stopped and runs again was held by nobody meanwhile.
        if now - self._due_ns > self._heartbeats.late_ns and run_of(loop) is self._run:
            self._heartbeats.record(Pause(thread, self._due_ns, now))
        thread.beaten_ns = now
        self._quiet = 0 if self._live else self._quiet + 1
        self._live[:] = [one for one in self._live if one.is_live]
        if self._heartbeats.started and self._quiet < QUIET_BEATS:
            self._arm(loop)
        else:
            self._end()

    def _end(self) -> None:
        beating = self._heartbeats.beating
        if beating.get(self._loop) is self._live:
            del beating[self._loop]


def run_of(loop: Any) -> object:
    """Stands for the present run of the loop: another object after a stop and a new start.

    asyncio keeps the ident of the thread that a loop runs in, which ``threading.get_ident()`` makes anew for each run
    (``asyncio/base_events.py``). A loop that doesn't keep it counts as running from its first run to its last.
    """
    return getattr(loop, "_thread_id", None)
