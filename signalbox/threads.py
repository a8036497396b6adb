"""Thread identity: a serial per thread object, because the operating system gives the same ident out again."""

import asyncio
import itertools
import os
import threading
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from signalbox.connections import NOTHING_SEEN, Seen, wrappers_of_thread
from signalbox.serials import loop_serial


def _no_loop() -> None:
    return None


class Thread(msgspec.Struct, eq=False):
    """One thread of one process.

    ``key`` is the identity. ``ident`` is what ``threading.get_ident()`` answers in that thread, and can belong to
    another thread before and after it. ``event_loop`` turns true once an event loop was seen running there.
    """

    key: int
    ident: int
    native_id: int
    name: str
    process: int
    event_loop: bool = False
    #: the event loop that was last seen running there, as a weak reference, and its serial
    running: Callable[[], asyncio.AbstractEventLoop | None] = _no_loop
    loop: int = 0
    #: when the heartbeat of an event loop was last heard there, 0 for never
    beaten_ns: int = 0
    #: ids of the callers that are under way in this thread: the witness for "is a threading.local visible?"
    callers: set[int] = msgspec.field(default_factory=set)
    #: the ``DatabaseWrapper``s by alias that this thread has, and what was last seen of one of them
    wrappers: Mapping[str, Any] = msgspec.field(default_factory=wrappers_of_thread)
    seen: Seen = NOTHING_SEEN

    def runs(self, loop: asyncio.AbstractEventLoop) -> int:
        """Note that an event loop is running there; gives its serial."""
        self.event_loop = True
        self.running = weakref.ref(loop)
        self.loop = loop_serial(loop)
        return self.loop


_keys = itertools.count(1)
_process = os.getpid()


class _Local(threading.local):
    """Holds the record of each thread."""

    thread: Thread | None = None


local = _Local()


def current_thread() -> Thread:
    """The record of the calling thread, made at its first call."""
    thread = local.thread
    if thread is None:
        thread = local.thread = _describe()
    return thread


def _describe() -> Thread:
    ident = threading.get_ident()
    # threading.current_thread() would register a _DummyThread for a thread that Python didn't start, which the
    # watched program could see in threading.enumerate().
    known = threading._active.get(ident)  # type: ignore[attr-defined]
    native_id = threading.get_native_id()
    name = known.name if known is not None else f"foreign-{native_id}"
    return Thread(next(_keys), ident, native_id, name, _process)


def _forget_parents_threads() -> None:
    """A forked child runs in a thread that has the parent's record; its own has another process and native id."""
    global _process
    local.thread, _process = None, os.getpid()


os.register_at_fork(after_in_child=_forget_parents_threads)
