"""Serials for objects whose ``id()`` the interpreter gives out again: event loops, tasks, connections."""

import asyncio
import itertools
import weakref
from asyncio import current_task
from typing import Any


class Serials:
    """Numbers objects from 1, in the order in which they were first seen, without keeping them alive.

    Looked up by ``id()``, which is cheap, and checked by a weak reference, as ids are given out again.
    """

    def __init__(self) -> None:
        #: A serial that nothing has.
        self.new = itertools.count(1).__next__
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
            return self._known.setdefault(id(target), (weakref.ref(target), self.new()))[1]
        return known[1] if known[0]() is target else self.renew(target)

    def find(self, target: Any) -> int | None:
        """The serial of ``target``, if it has one."""
        known = self._known.get(id(target))
        return known[1] if known is not None and known[0]() is target else None

    def renew(self, target: Any) -> int:
        """Give ``target`` a new serial: it is the same object, but stands for something new."""
        self._known[id(target)] = (weakref.ref(target), serial := self.new())
        return serial

    def _sweep(self) -> None:
        for key, known in list(self._known.items()):
            if known[0]() is None:
                self._known.pop(key, None)
        self._most = max(self._most, 2 * len(self._known))


_loops = Serials()
_tasks = Serials()
#: Of the tasks of receivers that are under way, by their ids. A weak reference to each would cost more than all else
#: that is recorded of it, and there is no need of one: a task that runs is there, and ends with its receiver.
_tasks_of_receivers: dict[int, int] = {}


def loop_serial(loop: asyncio.AbstractEventLoop) -> int:
    """The serial of an event loop."""
    return _loops.of(loop)


def task_serial(task: "asyncio.Task[Any]") -> int:
    """The serial of a task."""
    return _tasks_of_receivers.get(id(task)) or _tasks.of(task)


def current_task_serial(loop: asyncio.AbstractEventLoop) -> int | None:
    """The serial of the task that runs on ``loop`` now; None where it runs something else."""
    task = current_task(loop)
    return None if task is None else _tasks_of_receivers.get(id(task)) or _tasks.of(task)


def begin_task_of_receiver(loop: asyncio.AbstractEventLoop | None) -> tuple[int, int]:
    """The id and the serial of the current task, which a receiver is about to fill from its first step to its last.

    ``loop`` is the one that was last seen in this thread: on Python 3.11 asking for the running one is a system call.
    """
    task = current_task(loop) or current_task()
    number = id(task)
    # Some other code than Django's may await a receiver in a task that has a serial already.
    serial = _tasks_of_receivers.get(number) or _tasks.find(task) or _tasks.new()
    _tasks_of_receivers[number] = serial
    return number, serial


def end_task_of_receiver(number: int) -> None:
    """The receiver has ended, and its task with it."""
    _tasks_of_receivers.pop(number, None)
