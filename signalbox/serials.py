"""Serials for objects whose ``id()`` the interpreter gives out again: event loops, tasks, connections."""

import asyncio
import itertools
import weakref
from typing import Any


class Serials:
    """Numbers objects from 1, in the order in which they were first seen, without keeping them alive.

    Looked up by ``id()``, which is cheap, and checked by a weak reference, as ids are given out again.
    """

    def __init__(self) -> None:
        self._next = itertools.count(1).__next__
        #: At so many entries those whose objects are gone are swept out.
        self._most = 1_024
        self._known: dict[int, tuple[weakref.ref[Any], int]] = {}

    def of(self, target: Any) -> int:
        """The serial of ``target``, given now if it has none."""
        known = self._known.get(id(target))
        if known is None:
            if len(self._known) >= self._most:
                self._sweep()
            # Two threads may get here at once: the first entry stays. setdefault() is atomic.
            return self._known.setdefault(id(target), (weakref.ref(target), self._next()))[1]
        return known[1] if known[0]() is target else self.renew(target)

    def renew(self, target: Any) -> int:
        """Give ``target`` a new serial: it is the same object, but stands for something new."""
        self._known[id(target)] = (weakref.ref(target), serial := self._next())
        return serial

    def _sweep(self) -> None:
        for key, known in list(self._known.items()):
            if known[0]() is None:
                self._known.pop(key, None)
        self._most = max(self._most, 2 * len(self._known))


_loops = Serials()
_tasks = Serials()


def loop_serial(loop: asyncio.AbstractEventLoop) -> int:
    """The serial of an event loop."""
    return _loops.of(loop)


def task_serial(task: "asyncio.Task[Any]") -> int:
    """The serial of a task."""
    return _tasks.of(task)


def serials_on(loop: asyncio.AbstractEventLoop) -> tuple[int, int | None]:
    """Serials of ``loop``, which is running in this thread, and of its current task, if it is in one."""
    task = asyncio.current_task(loop)
    return _loops.of(loop), None if task is None else _tasks.of(task)
