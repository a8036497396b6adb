"""Serials for objects whose ``id()`` the interpreter gives out again: event loops, tasks, connections."""

import asyncio
import itertools
import weakref
from typing import Any


class _Entry(weakref.ref[Any]):
    """A weak reference that knows the id of what it referred to, and its serial."""

    __slots__ = ("id", "serial")

    id: int
    serial: int


class Serials:
    """Numbers objects from 1, in the order in which they were first seen, without keeping them alive.

    Looked up by ``id()``, which is cheap; an entry goes with its object, before the id can be given to another one.
    """

    def __init__(self) -> None:
        self._next = itertools.count(1).__next__
        self._known: dict[int, _Entry] = {}

    def of(self, target: Any) -> int:
        """The serial of ``target``, given now if it has none."""
        entry = self._known.get(id(target))
        # Two threads may get here at once: the first entry stays. setdefault() is atomic.
        return entry.serial if entry is not None else self._known.setdefault(id(target), self._entry(target)).serial

    def renew(self, target: Any) -> None:
        """Give ``target`` a new serial: it is the same object, but stands for something new."""
        self._known[id(target)] = self._entry(target)

    def _entry(self, target: Any) -> _Entry:
        entry = _Entry(target, self._forget)
        entry.id, entry.serial = id(target), self._next()
        return entry

    def _forget(self, entry: _Entry) -> None:
        if self._known.get(entry.id) is entry:
            del self._known[entry.id]


_loops = Serials()
_tasks = Serials()


def loop_serial(loop: asyncio.AbstractEventLoop) -> int:
    """The serial of an event loop."""
    return _loops.of(loop)


def running_loop() -> tuple[int | None, int | None]:
    """Serials of the event loop that is running in this thread and of its current task; ``None`` for what isn't."""
    loop = asyncio._get_running_loop()
    if loop is None:
        return None, None
    task = asyncio.current_task(loop)
    return _loops.of(loop), None if task is None else _tasks.of(task)
