"""The spans of dispatches and of receiver calls, as the general way and that of ``asend()`` begin them.

What begins a span gives None where nothing is to be recorded, and never raises.
"""

from collections.abc import Coroutine
from contextvars import copy_context
from time import monotonic_ns
from typing import Any
from weakref import ref

from django.dispatch import Signal

from signalbox.connections import open_connection
from signalbox.contexts import compare, write_down
from signalbox.coroutines import drive_on, leave
from signalbox.faults import faulty, give_up
from signalbox.names import Dispatch, function_of, sender_of
from signalbox.serials import begin_task_of_receiver, end_task_of_receiver
from signalbox.spans import FIRST_STEP, MARKS, Marks, Span, Unrecorded, buffer, calling, current, new_span, next_id
from signalbox.switch import switch
from signalbox.threads import Thread, current_thread, local


def begin_dispatch(signal: Signal, sender: Any, named: dict[str, Any], method: str) -> Span | None:
    """The span of a dispatch. It enters the buffer once it is known to reach a receiver."""
    try:
        parent = current.get()
        if switch.paused or (parent is not None and (isinstance(parent, Unrecorded) or parent.root.dropped)):
            return None
        subject = Dispatch(ref(signal), method, sender_of(sender))
        alias = named.get("using") or "default"
        return new_span("dispatch", subject, parent, is_async=method[0] == "a", alias=alias)
    except Exception as fault:
        give_up(fault)
        return None


def begin_receiver(receiver: Any, dispatch: Span) -> Span | None:
    """The span of a sync receiver's call."""
    try:
        if faulty():
            return None
        span = _receiver_span(receiver, dispatch, is_async=False)
        return span if buffer().put(span) else None
    except Exception as fault:
        give_up(fault)
        return None


def _begin_async_receiver(receiver: Any, dispatch: Span) -> tuple[Span, int] | None:
    """The span of an async receiver's call, and the id of its task, which is given back when the call has ended."""
    task = None
    try:
        if faulty():
            return None
        thread = local.thread or current_thread()
        task, serial = begin_task_of_receiver(thread.running())
        if current.get() is dispatch and thread is dispatch.thread:
            span = _beside(receiver, dispatch, serial)
        else:
            span = _receiver_span(receiver, dispatch, is_async=True)
        if buffer().put(span):
            return span, task
    except Exception as fault:
        give_up(fault)
    if task is not None:
        end_task_of_receiver(task)
    return None


def _receiver_span(receiver: Any, dispatch: Span, *, is_async: bool) -> Span:
    above = current.get()  # the dispatch, or the hop that it took to get here
    parent = above if isinstance(above, Span) else dispatch
    alias = "default" if dispatch.connection is None else dispatch.connection.alias
    span = new_span("receiver", function_of(receiver), parent, is_async=is_async, alias=alias)
    span.dispatch = dispatch
    # Without the caller's context the receiver still belongs to the caller of its dispatch.
    span.caller = dispatch.caller
    span.marks = _marks(dispatch.caller, span.thread)
    return span


def _beside(receiver: Any, dispatch: Span, task: int) -> Span:
    """The same for an async receiver on the loop of its dispatch, of which all but the task is known already."""
    thread, caller = dispatch.thread, dispatch.caller
    return Span(
        next_id(),
        "receiver",
        function_of(receiver),
        dispatch.id,
        thread,
        open_connection(thread, "default", on_loop=True),
        caller,
        monotonic_ns(),
        dispatch.tree or dispatch,
        dispatch,
        _marks(caller, thread),
        True,
        dispatch.loop,
        task,
    )


def _marks(caller: int | None, thread: Thread) -> Marks | None:
    return None if caller is None else MARKS[calling.get() == caller, caller in thread.callers]


class Unbegun:
    """The coroutine of an async receiver until its first step.

    A task that is cancelled before it has begun closes its coroutine, and nobody hears of it. The receiver's coroutine
    is not the task's own while the probe stands between them, so it is closed from here: or Python would warn that it
    was never awaited.
    """

    __slots__ = ("coroutine",)

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self.coroutine: Coroutine[Any, Any, Any] | None = coroutine

    def take(self) -> Coroutine[Any, Any, Any]:
        """The coroutine, once, for its first step."""
        coroutine, self.coroutine = self.coroutine, None
        assert coroutine is not None  # noqa: S101
        return coroutine

    def __del__(self) -> None:
        if self.coroutine is not None:
            self.coroutine.close()


async def received(unbegun: Unbegun, receiver: Any, dispatch: Span) -> Any:
    """Await an async receiver's coroutine inside a span of its own, which begins when the coroutine does.

    Most receivers never wait for anything, so the first step, which is all of theirs, is taken here.
    """
    coroutine = unbegun.take()
    begun = _begin_async_receiver(receiver, dispatch)
    if begun is None:
        return await coroutine
    span, task = begun
    span.steps = FIRST_STEP
    token = current.set(span)
    before = copy_context()
    try:
        awaited = coroutine.send(None)
    except StopIteration as stop:
        write_down(span, compare(before))
        leave(span, token)
        return stop.value
    except BaseException as error:
        write_down(span, compare(before))
        leave(span, token, error)
        raise
    else:
        return await drive_on(coroutine, span, token, awaited, compare(before))
    finally:
        end_task_of_receiver(task)
