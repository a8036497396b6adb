"""The hooks in ``django.dispatch.Signal``: Django decides what runs where, this writes down that it did.

The four send methods are wrapped to make the dispatch span. ``_live_receivers``, through which all of them resolve
their receivers, is wrapped to put a stand-in before each receiver. The stand-in records the receiver's span where
Django calls it, and never reaches anybody: responses and log records get the receivers that were connected.
"""

import functools
from collections.abc import Callable
from contextvars import copy_context
from time import monotonic_ns
from types import CoroutineType
from typing import Any

from django.db.backends.signals import connection_created
from django.dispatch import Signal

from signalbox.asending import hook_asend
from signalbox.calls import Unbegun, begin_dispatch, begin_receiver, received
from signalbox.connections import connection_opened
from signalbox.contexts import compare, write_down
from signalbox.coroutines import leave, recorded
from signalbox.faults import give_up
from signalbox.names import Dispatch, function_of
from signalbox.resolving import resolver
from signalbox.sending import hook_send
from signalbox.spans import Span, buffer, current, note_returned


def hooks() -> dict[type, dict[str, Any]]:
    """What to put into ``Signal``."""
    original = Signal._live_receivers
    hooked = _hook_live_receivers(original)
    resolve = resolver(original, hooked)
    return {
        Signal: {
            "send": hook_send(Signal.send, resolve, _hook_send(Signal.send, "send")),
            "send_robust": _hook_send(Signal.send_robust, "send_robust"),
            "asend": hook_asend(Signal.asend, resolve, _hook_asend(Signal.asend, "asend")),
            "asend_robust": _hook_asend(Signal.asend_robust, "asend_robust"),
            "_live_receivers": hooked,
            "_log_robust_failure": _hook_log_robust_failure(
                Signal._log_robust_failure  # type: ignore[attr-defined]
            ),
        }
    }


def _hook_send(original: Callable[..., Any], method: str) -> Callable[..., Any]:
    @functools.wraps(original)
    def send(self: Signal, sender: Any, **named: Any) -> Any:
        dispatch = _begin(self, sender, named, method)
        if dispatch is None:
            return original(self, sender, **named)
        token = current.set(dispatch)
        try:
            responses = original(self, sender, **named)
        except BaseException as error:
            leave(dispatch, token, error)
            raise
        leave(dispatch, token)
        return _with_own_receivers(responses)

    return send


def _hook_asend(original: Callable[..., Any], method: str) -> Callable[..., Any]:
    @functools.wraps(original)
    async def asend(self: Signal, sender: Any, **named: Any) -> Any:
        dispatch = _begin(self, sender, named, method)
        if dispatch is None:
            return await original(self, sender, **named)
        if dispatch.steps is not None or dispatch.task is None:
            return _with_own_receivers(await recorded(original(self, sender, **named), dispatch))
        # As the outermost span of its task it could be driven, too. But it waits for its receivers and does nothing
        # else, and a task has its context to itself, so what is set there can stay: much the cheaper way, though just
        # the first interval is known then. (Receivers, which share a context from Django 6.1 on, are driven always.)
        token = current.set(dispatch)
        try:
            responses = await original(self, sender, **named)
        except BaseException as error:
            leave(dispatch, token, error)
            raise
        leave(dispatch, token)
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


def _begin(signal: Signal, sender: Any, named: dict[str, Any], method: str) -> Span | None:
    if signal is connection_created:
        connection_opened(named.get("connection"))
    return begin_dispatch(signal, sender, named, method) if signal.receivers else None


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
        span = begin_receiver(self.receiver, self.dispatch)
        if span is None:
            return self.receiver(**named)
        token = current.set(span)
        before = copy_context()
        try:
            response = self.receiver(**named)
        except BaseException as error:
            write_down(span, compare(before))
            leave(span, token, error)
            raise
        write_down(span, compare(before))
        if response is not None:
            note_returned(span, response)
        leave(span, token)
        return response


class AsyncStandIn(StandIn):
    """Records an async receiver from the first step of its coroutine to its end."""

    __slots__ = ()

    def __call__(self, /, **named: Any) -> Any:
        awaitable = self.receiver(**named)
        # A future, or a mistake: Django gets what the receiver returned, and what it does with it is Django's.
        if not isinstance(awaitable, CoroutineType):
            return awaitable
        return received(Unbegun(awaitable), self.receiver, self.dispatch)
