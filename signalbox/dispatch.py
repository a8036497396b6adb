"""The hooks in ``django.dispatch.Signal``: Django decides what runs where, this writes down that it did.

The four send methods are wrapped to make the dispatch span. ``_live_receivers``, through which all of them resolve
their receivers, is wrapped to put a stand-in before each receiver. The stand-in records the receiver's span where
Django calls it, and never reaches anybody: responses and log records get the receivers that were connected.
"""

import contextvars
import functools
import weakref
from collections.abc import Callable, Coroutine
from time import monotonic_ns
from types import CoroutineType
from typing import Any

from django.db.backends.signals import connection_created
from django.dispatch import Signal

from signalbox import sending
from signalbox.connections import connection_opened
from signalbox.contexts import Changes, write_down_kept
from signalbox.coroutines import Driven
from signalbox.faults import faulty, give_up
from signalbox.names import Dispatch, function_of, sender_of
from signalbox.spans import MARKS, Span, Unrecorded, buffer, calling, current, end_span, new_span, note_returned
from signalbox.switch import switch


def hooks() -> dict[type, dict[str, Any]]:
    """What to put into ``Signal``."""
    resolve = Signal._live_receivers
    hooked_resolve = _hook_live_receivers(resolve)
    return {
        Signal: {
            "send": sending.hook_send(Signal.send, resolve, hooked_resolve, _hook_send(Signal.send, "send")),
            "send_robust": _hook_send(Signal.send_robust, "send_robust"),
            "asend": _hook_asend(Signal.asend, "asend"),
            "asend_robust": _hook_asend(Signal.asend_robust, "asend_robust"),
            "_live_receivers": hooked_resolve,
            "_log_robust_failure": _hook_log_robust_failure(
                Signal._log_robust_failure  # type: ignore[attr-defined]
            ),
        }
    }


def _hook_send(original: Callable[..., Any], method: str) -> Callable[..., Any]:
    @functools.wraps(original)
    def send(self: Signal, sender: Any, **named: Any) -> Any:
        dispatch = _begin_dispatch(self, sender, named, method)
        if dispatch is None:
            return original(self, sender, **named)
        token = current.set(dispatch)
        try:
            responses = original(self, sender, **named)
        except BaseException as error:
            _end(dispatch, token, error)
            raise
        _end(dispatch, token)
        return _with_own_receivers(responses)

    return send


def _hook_asend(original: Callable[..., Any], method: str) -> Callable[..., Any]:
    @functools.wraps(original)
    async def asend(self: Signal, sender: Any, **named: Any) -> Any:
        dispatch = _begin_dispatch(self, sender, named, method)
        if dispatch is None:
            return await original(self, sender, **named)
        if dispatch.parent is not None or dispatch.task is None:
            return _with_own_receivers(await Driven(original(self, sender, **named), dispatch))
        # A task has its context to itself, so what is set there can stay while it is suspended: much the cheaper way.
        # Not inside another span: a driven one sets itself as the current one whenever the task goes on, and a receiver
        # shares its context with others from Django 6.1 on. Not without a task.
        token = current.set(dispatch)
        try:
            responses = await original(self, sender, **named)
        except BaseException as error:
            _end(dispatch, token, error)
            raise
        _end(dispatch, token)
        return _with_own_receivers(responses)

    return asend


def _hook_live_receivers(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def _live_receivers(self: Signal, sender: Any) -> tuple[list[Any], list[Any]]:
        receivers: tuple[list[Any], list[Any]] = original(self, sender)
        dispatch = current.get()
        # Only the dispatch that is resolving its own receivers gets stand-ins: has_listeners() asks here, too.
        if type(dispatch) is Span and dispatch.kind == "dispatch" and _resolves_now(dispatch.subject, self):
            return _with_stand_ins(receivers, dispatch)
        return receivers

    return _live_receivers


def _hook_log_robust_failure(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def _log_robust_failure(self: Signal, receiver: Any, err: Exception) -> None:
        # It reads receiver.__qualname__, and fails where there is none: with the receiver's words and in its own frame.
        original(self, receiver.receiver if isinstance(receiver, StandIn) else receiver, err)

    return _log_robust_failure


def _resolves_now(dispatch: Dispatch, signal: Signal) -> bool:
    return dispatch.sync_receivers is None and dispatch.signal() is signal


def _begin_dispatch(signal: Signal, sender: Any, named: dict[str, Any], method: str) -> Span | None:
    """The span of a dispatch, which enters the buffer once it is known to reach a receiver; None: not recorded."""
    try:
        if signal is connection_created:
            connection_opened(named.get("connection"))
        if not signal.receivers:
            return None
        parent = current.get()
        if switch.paused or (parent is not None and (type(parent) is not Span or parent.root.dropped)):
            return None
        subject = Dispatch(weakref.ref(signal), method, sender_of(sender))
        alias = named.get("using") or "default"
        dispatch = new_span("dispatch", subject, parent, is_async=method.startswith("a"), alias=alias)
    except Exception as fault:
        give_up(fault)
        return None
    return dispatch


def _with_stand_ins(receivers: tuple[list[Any], list[Any]], dispatch: Span) -> tuple[list[Any], list[Any]]:
    try:
        sync_receivers, async_receivers = receivers
        dispatch.subject.sync_receivers = len(sync_receivers)
        dispatch.subject.async_receivers = len(async_receivers)
        if async_receivers and dispatch.loop is not None and not dispatch.is_async:
            dispatch.subject.refused = [function_of(receiver) for receiver in async_receivers]
        if not (sync_receivers or async_receivers) or not buffer().put(dispatch):
            return receivers
        if dispatch.is_async and dispatch.running is None:  # it is not driven; up to here it has run for certain
            dispatch.running = [(dispatch.start_ns, monotonic_ns())]
        return (
            [SyncStandIn(receiver, dispatch) for receiver in sync_receivers],
            [AsyncStandIn(receiver, dispatch) for receiver in async_receivers],
        )
    except Exception as fault:
        give_up(fault)
        return receivers


def _end(span: Span, token: "contextvars.Token[Span | Unrecorded | None]", error: BaseException | None = None) -> None:
    try:  # noqa: SIM105 (suppress() would cost more than all the rest)
        current.reset(token)
    except ValueError:  # the coroutine is being closed from elsewhere: this context is not the one that it ran in
        pass
    try:
        if span.kind == "dispatch":
            write_down_kept(span)
        end_span(span, error)
    except Exception as fault:
        give_up(fault)


def _compare(span: Span, before: contextvars.Context) -> None:
    try:
        changes = Changes()
        changes.take_in(before, contextvars.copy_context())
        changes.write_down(span)
    except Exception as fault:
        give_up(fault)


def _with_own_receivers(responses: Any) -> Any:
    if type(responses) is not list:  # not what Django returns: somebody else's hook, whose business it is
        return responses
    return [
        (receiver.receiver, response) if isinstance(receiver, StandIn) else (receiver, response)
        for receiver, response in responses
    ]


class StandIn:
    """Stands before a receiver for one dispatch; to another hook in ``Signal`` it looks like the receiver."""

    __slots__ = ("dispatch", "receiver")

    def __init__(self, receiver: Any, dispatch: Span) -> None:
        self.receiver = receiver
        self.dispatch = dispatch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.receiver, name)


class SyncStandIn(StandIn):
    """Records a sync receiver in the thread in which Django calls it."""

    __slots__ = ()

    def __call__(self, /, **named: Any) -> Any:
        span = _begin_receiver(self.receiver, self.dispatch, is_async=False)
        if span is None:
            return self.receiver(**named)
        token = current.set(span)
        before = contextvars.copy_context()
        try:
            response = self.receiver(**named)
        except BaseException as error:
            _compare(span, before)
            _end(span, token, error)
            raise
        _compare(span, before)
        if response is not None:
            note_returned(span, response)
        _end(span, token)
        return response


class AsyncStandIn(StandIn):
    """Records an async receiver from the first step of its coroutine to its end."""

    __slots__ = ()

    def __call__(self, /, **named: Any) -> Any:
        awaitable = self.receiver(**named)
        # A future, or a mistake: Django gets what the receiver returned, and what it does with it is Django's.
        if not isinstance(awaitable, CoroutineType):
            return awaitable
        return _recorded(awaitable, self.receiver, self.dispatch)


async def _recorded(coroutine: Coroutine[Any, Any, Any], receiver: Any, dispatch: Span) -> Any:
    span = _begin_receiver(receiver, dispatch, is_async=True)
    if span is None:
        return await coroutine
    return await Driven(coroutine, span)


def _begin_receiver(receiver: Any, dispatch: Span, *, is_async: bool) -> Span | None:
    try:
        if faulty():
            return None
        alias = "default" if dispatch.connection is None else dispatch.connection.alias
        above = current.get()  # the dispatch, or the hop that it took to get here
        parent = above if isinstance(above, Span) else dispatch
        span = new_span("receiver", function_of(receiver), parent, is_async=is_async, alias=alias)
        span.dispatch = dispatch
        if dispatch.caller is not None:
            span.marks = MARKS[calling.get() == dispatch.caller, dispatch.caller in span.thread.callers]
        # Without the caller's context the receiver still belongs to the caller of its dispatch.
        span.caller = dispatch.caller
        return span if buffer().put(span) else None
    except Exception as fault:
        give_up(fault)
        return None
