"""Serials for objects whose ``id()`` the interpreter gives out again: event loops, tasks, connections."""

import asyncio
import itertools
import threading
import weakref
from typing import Any


class Serials:
    """Numbers objects from 1, in the order in which they were first seen, without keeping them alive."""

    def __init__(self) -> None:
        self._counter = itertools.count(1)
        self._known: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def of(self, target: Any) -> int:
        """The serial of ``target``, given now if it has none."""
        serial = self._known.get(target)
        if serial is None:
            with self._lock:
                serial = self._known.setdefault(target, next(self._counter))
        return serial

    def renew(self, target: Any) -> None:
        """Give ``target`` a new serial: it is the same object, but stands for something new."""
        with self._lock:
            self._known[target] = next(self._counter)


_loops = Serials()
_tasks = Serials()


def running_loop() -> tuple[int | None, int | None]:
    """Serials of the event loop that is running in this thread and of its current task; ``None`` for what isn't."""
    loop = asyncio._get_running_loop()
    if loop is None:
        return None, None
    task = asyncio.current_task(loop)
    return _loops.of(loop), None if task is None else _tasks.of(task)
