"""The hooks in asyncio's event loop: the tasks that receivers start, and what becomes of those that they leave behind.

A task is held by a weak reference and looked at when the span that it was started in ends, when its dispatch ends, and
when its loop stops: one that nobody refers to must die as it would. What dies unseen asyncio itself tells of, to the
loop's exception handler. Seen are the tasks of loops that are asyncio's own, ``asyncio.BaseEventLoop``.
"""

import asyncio
import functools
import weakref
from collections.abc import Callable, Iterable
from types import CoroutineType
from typing import Any, Literal

from signalbox.faults import give_up
from signalbox.hops import Hop
from signalbox.serials import task_serial
from signalbox.spans import Span, current, describe_error
from signalbox.threads import current_thread

get_current = current.get

#: With every so many known tasks, those that are gone are forgotten.
KNOWN_BEFORE_FORGETTING = 1_000
#: Of a dispatch whose receivers start more tasks, the first ones are noted.
MOST_OF_A_DISPATCH = 1_000

Outcome = Literal["ok", "error", "cancelled", "destroyed"]


class StartedTask:
    """A task that was started in the span with the id ``span``, of a receiver or a hop below one.

    ``left`` says whether it was pending when that span ended, ``pending`` whether it was when the dispatch ended; None
    while that is to come, or where nobody looked. ``outcome`` is None until its end was seen. ``unseen`` says that its
    error was never asked for.
    """

    __slots__ = ("error", "function", "left", "outcome", "pending", "reference", "serial", "span", "unseen")

    def __init__(self, task: "asyncio.Task[Any]", span: int) -> None:
        coroutine = task.get_coro()
        named = coroutine if type(coroutine) is CoroutineType else type(coroutine)
        self.function: str = named.__qualname__
        self.reference = weakref.ref(task)
        self.serial = task_serial(task)
        self.span = span
        self.left: bool | None = None
        self.pending: bool | None = None
        self.outcome: Outcome | None = None
        self.error: str | None = None
        self.unseen = False

    def look(self, span: Span) -> None:
        """Note whether the task is pending as ``span`` ends."""
        if span.kind == "dispatch":
            self.pending = self.is_pending() if self.pending is None else self.pending
        elif span.id == self.span:
            self.left = self.is_pending() if self.left is None else self.left

    def is_pending(self) -> bool:
        """Whether the task is pending now; if it has ended, this is how."""
        task = self.reference()
        if task is None:
            return False
        if not task.done():
            return True
        error = None if task.cancelled() else _error_of(task)
        self.outcome = "cancelled" if task.cancelled() else "ok" if error is None else "error"
        self.error = None if error is None else describe_error(error)
        return False


#: By the id of the task, which is given out again: a new task with the id of a known one takes its place.
_known: dict[int, StartedTask] = {}


def hooks() -> dict[type, dict[str, Any]]:
    """What to put into asyncio's event loop."""
    loop = asyncio.BaseEventLoop
    return {
        loop: {
            "create_task": _hook_create_task(loop.create_task),
            "run_until_complete": _hook_run_until_complete(loop.run_until_complete),
            "call_exception_handler": _hook_call_exception_handler(loop.call_exception_handler),
        }
    }


def left_behind(started: Iterable[StartedTask]) -> list[dict[str, Any]]:
    """Of the tasks of a dispatch that has ended: those that were pending then, or died and were not waited for."""
    return [document for document in map(_describe_if_left, started) if document is not None]


def _describe_if_left(task: StartedTask) -> dict[str, Any] | None:
    pending_now = task.is_pending()
    pending = pending_now if task.pending is None else task.pending
    died = task.unseen or task.outcome == "destroyed" or (task.left and task.outcome in {"cancelled", "error"})
    if not (pending or died):
        return None
    return {
        "span": task.span,
        "task": task.serial,
        "function": task.function,
        "pending": pending,
        "outcome": task.outcome,
        "error": task.error,
    }


def _hook_create_task(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def create_task(self: Any, coro: Any, **kwargs: Any) -> Any:
        task = original(self, coro, **kwargs)
        if self._debug:
            _leave_no_trace(task)
        span = get_current()
        if _known or (type(span) is Span and span.dispatch is not None):
            _note(self, task, span)
        return task

    return create_task


def _hook_run_until_complete(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def run_until_complete(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        finally:
            # asyncio.run() cancels what is left by running its loop once more, and holds it meanwhile.
            if _known:
                _look_at_tasks_of(self)

    return run_until_complete


def _hook_call_exception_handler(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call_exception_handler(self: Any, context: Any) -> Any:
        if _known:
            _take_in(context)
        return original(self, context)

    return call_exception_handler


def _leave_no_trace(task: Any) -> None:
    """In debug mode a task remembers the stack that it was created in: without the hook, as it would have been."""
    try:
        stack = getattr(task, "_source_traceback", None)
        if stack and stack[-1].filename == __file__:
            del stack[-1]
    except Exception as fault:
        give_up(fault)


def _note(loop: Any, task: Any, span: Any) -> None:
    try:
        _known.pop(id(task), None)
        if type(span) is not Span or span.dispatch is None or not isinstance(task, asyncio.Task):
            return
        if span.root.dropped or _is_somebody_elses(loop, span):
            return
        dispatch = span.dispatch
        if dispatch.tasks is None:
            dispatch.tasks = []
        if len(dispatch.tasks) >= MOST_OF_A_DISPATCH:
            return
        started = _known[id(task)] = StartedTask(task, span.id)
        if len(_known) % KNOWN_BEFORE_FORGETTING == 0:
            _forget_those_that_are_gone()
        dispatch.tasks.append(started)
        span.tasks = dispatch.tasks
        if dispatch.is_over or _holds_the_loop(dispatch, loop):
            started.left = started.pending = not task.done()
    except Exception as fault:
        give_up(fault)


def _is_somebody_elses(loop: Any, span: Span) -> bool:
    """Whether asgiref starts the task to take the work of a hop there, or a task that was itself left behind does."""
    if isinstance(span.subject, Hop) and span.subject.arrived_ns is None:
        return True
    return span.dispatch is not None and span.dispatch.is_over and asyncio.current_task(loop) is not None


def _holds_the_loop(dispatch: Span, loop: Any) -> bool:
    """Whether ``send()`` was called on the thread of the loop: no task can run before it has returned."""
    on_its_loop = not dispatch.is_async and dispatch.thread is current_thread() and dispatch.loop is not None
    return on_its_loop and asyncio._get_running_loop() is loop


def _look_at_tasks_of(loop: Any) -> None:
    try:
        for started in list(_known.values()):
            task = started.reference()
            if task is not None and task.get_loop() is loop:
                started.is_pending()
        _forget_those_that_are_gone()
    except Exception as fault:
        give_up(fault)


def _take_in(context: Any) -> None:
    """What asyncio tells of a task that it frees: that its exception was never retrieved, or that it was pending."""
    try:
        told_of = (context.get("task") or context.get("future")) if isinstance(context, dict) else None
        started = _known.get(id(told_of))
        # The garbage collector clears weak references before it frees the tasks.
        if started is None or told_of is None or started.reference() not in {None, told_of}:
            return
        error = context.get("exception")
        if error is not None:
            started.outcome, started.error, started.unseen = "error", describe_error(error), True
        elif not told_of.done():
            started.outcome = "destroyed"
    except Exception as fault:
        give_up(fault)


def _forget_those_that_are_gone() -> None:
    for key, started in list(_known.items()):
        if started.reference() is None and _known.get(key) is started:
            del _known[key]


def _error_of(task: "asyncio.Task[Any]") -> BaseException | None:
    """The exception of a task that has ended. ``task.exception()`` would count as asking for it, and keep asyncio from
    telling of an exception that was never retrieved."""
    error: BaseException | None = task._exception
    return error
