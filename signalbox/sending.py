"""Django's ``Signal.send()`` with the record written in its loop: what makes recording cheap where signals are many.

The general way, a stand-in before each receiver, costs two calls per receiver. This is an own version of the part of
``send`` that calls sync receivers. It is tied to the source that it equals, so it stands behind a check of that source:
with any other ``send`` the general way is taken, as it is for each dispatch that meets an async receiver.
"""

import ast
import functools
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Mapping
from time import monotonic_ns
from typing import Any
from weakref import ref

from django.db.backends.signals import connection_created
from django.dispatch import Signal
from django.dispatch.dispatcher import NO_RECEIVERS

from signalbox.connections import connection_opened, connections_of_thread, describe_connection
from signalbox.faults import give_up
from signalbox.names import Dispatch, function_of, sender_of
from signalbox.spans import Span, buffer, calling, current, end_span, new_span, next_id

Send = Callable[..., Any]
Resolve = Callable[[Signal, Any], tuple[list[Any], list[Any]]]

#: Fingerprints of the ``Signal.send`` that this module equals, and the Django versions that have it.
EQUALS = {
    "5.2": "2423e96ab659b72e0805d3ce5536abb2b66783fcd654fa0c2d8d10228bb34f3f",
    "6.1": "0d5e876789ce4d252b6773e90abe21e8f0556246c233cd3446d17b643b060ea2",
}


def fingerprint(method: Callable[..., Any]) -> str:
    """SHA-256 of a method's syntax tree, without comments, docstring and layout; empty where there is no source."""
    try:
        (function,) = ast.parse(textwrap.dedent(inspect.getsource(method))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return ""
    if not isinstance(function, ast.FunctionDef):
        return ""
    body = [ast.unparse(statement) for statement in function.body[1:]]
    return hashlib.sha256("\n".join([ast.unparse(function.args), *body]).encode()).hexdigest()


def hook_send(original: Callable[..., Any], resolve: Resolve, hooked: Resolve, general: Send) -> Send:
    """What to put in the place of ``Signal.send``: this module's version if ``original`` equals it, or ``general``.

    ``resolve`` is Django's ``_live_receivers`` and ``hooked`` what the probe puts in its place, which has nothing to do
    for this version; another one, a subclass's or another tool's, is asked as Django would.
    """
    if fingerprint(original) not in EQUALS.values():
        return general

    @functools.wraps(original)
    def send(self: Signal, sender: Any, **named: Any) -> Any:
        if not self.receivers or self.sender_receivers_cache.get(sender) is NO_RECEIVERS:
            if self is connection_created:
                _note_connection(named)
            return []
        if type(self)._live_receivers is hooked:
            sync_receivers, async_receivers = resolve(self, sender)
        else:
            sync_receivers, async_receivers = self._live_receivers(sender)
        if async_receivers:
            return general(self, sender, **named)
        dispatch = _begin_dispatch(self, sender, named, len(sync_receivers))
        if dispatch is not None:
            return _call_recorded(self, sender, named, sync_receivers, dispatch)
        responses = []
        for receiver in sync_receivers:
            response = receiver(signal=self, sender=sender, **named)
            responses.append((receiver, response))
        return responses

    return send


def _call_recorded(
    signal: Signal, sender: Any, named: dict[str, Any], receivers: list[Any], dispatch: Span
) -> list[tuple[Any, Any]]:
    """Call the receivers in turn, each inside a span."""
    span = None
    responses = []
    # Between the receivers only the connection can change: one of them may open, close or replace it.
    alias, here = named.get("using") or "default", _connections_here()
    token = current.set(dispatch)
    try:
        for receiver in receivers:
            span = _begin_receiver(receiver, dispatch, alias, here)
            if span is None:
                response = receiver(signal=signal, sender=sender, **named)
            else:
                current.set(span)  # until the next one's, or the reset
                response = receiver(signal=signal, sender=sender, **named)
                span.outcome = "ok"
                span.end_ns = monotonic_ns()
            responses.append((receiver, response))
    except BaseException as error:
        current.reset(token)
        _end_by_error(error, span, dispatch)
        raise
    current.reset(token)
    dispatch.outcome = "ok"
    dispatch.end_ns = monotonic_ns()
    return responses


def _begin_dispatch(signal: Signal, sender: Any, named: dict[str, Any], receivers: int) -> Span | None:
    """The span of a dispatch to sync receivers; None where nothing is recorded."""
    try:
        if signal is connection_created:
            connection_opened(named.get("connection"))
        above = current.get()
        if not receivers or not (above is None or (type(above) is Span and not above.root.dropped)):
            return None
        subject = Dispatch(ref(signal), "send", sender_of(sender), receivers, 0)
        span = new_span("dispatch", subject, above, is_async=False, alias=named.get("using") or "default")
        if span.caller is not None:
            span.contextvar_visible = calling.get() == span.caller
            span.threadlocal_visible = span.caller in span.thread.callers
        buffer().put(span)
    except Exception as fault:
        give_up(fault)
        return None
    return span


def _note_connection(named: dict[str, Any]) -> None:
    try:
        connection_opened(named.get("connection"))
    except Exception as fault:
        give_up(fault)


def _connections_here() -> Mapping[str, Any]:
    try:
        return connections_of_thread()
    except Exception as fault:
        give_up(fault)
        return {}


def _begin_receiver(receiver: Any, dispatch: Span, alias: str, here: Mapping[str, Any]) -> Span | None:
    """The span of a receiver that is called now, where its dispatch is; None where it is not recorded.

    All arguments by position: this is called for every receiver of every signal.
    """
    try:
        wrapper = here.get(alias)
        span = Span(
            next_id(),
            "receiver",
            function_of(receiver),
            dispatch.id,
            dispatch.thread,
            dispatch.task,
            dispatch.loop,
            None if wrapper is None else describe_connection(alias, wrapper),
            dispatch.caller,
            False,
            monotonic_ns(),
            None,
            None,
            None,
            None,
            None,
            dispatch.tree or dispatch,
            False,
            dispatch,
            dispatch.contextvar_visible,
            dispatch.threadlocal_visible,
        )
        return span if buffer().put(span) else None
    except Exception as fault:
        give_up(fault)
        return None


def _end_by_error(error: BaseException, *spans: Span | None) -> None:
    try:
        for span in spans:
            if span is not None and span.end_ns is None:
                end_span(span, error)
    except Exception as fault:
        give_up(fault)
