"""Serials for objects whose ``id()`` the interpreter gives out again: event loops, tasks, connections."""

import asyncio
import itertools
import threading
import weakref
from typing import Any


class Serials:
    """Numbers objects from 1, in the order in which they were first seen, without keeping them alive.

    Looked up by ``id()``, which is cheap; an entry goes with its object, before the id can be given to another one.
    """

    def __init__(self) -> None:
        self._counter = itertools.count(1)
        self._known: dict[int, tuple[int, weakref.ref[Any]]] = {}
        self._lock = threading.Lock()

    def of(self, target: Any) -> int:
        """The serial of ``target``, given now if it has none."""
        known = self._known.get(id(target))
        return known[0] if known is not None else self._give(target)

    def renew(self, target: Any) -> None:
        """Give ``target`` a new serial: it is the same object, but stands for something new."""
        with self._lock:
            self._known.pop(id(target), None)
        self._give(target)

    def _give(self, target: Any) -> int:
        number = id(target)
        with self._lock:
            if number not in self._known:
                reference = weakref.ref(target, lambda _: self._known.pop(number, None))
                self._known[number] = (next(self._counter), reference)
            return self._known[number][0]


_loops = Serials()
_tasks = Serials()


def running_loop() -> tuple[int | None, int | None]:
    """Serials of the event loop that is running in this thread and of its current task; ``None`` for what isn't."""
    loop = asyncio._get_running_loop()
    if loop is None:
        return None, None
    task = asyncio.current_task(loop)
    return _loops.of(loop), None if task is None else _tasks.of(task)
