"""Django's ``Signal.send()`` with the record written in its loop: what makes recording cheap where signals are many.

The general way, a stand-in before each receiver, costs two calls per receiver, and resolving the receivers as much as
recording them. This is an own version of the part of ``send`` that calls sync receivers, and for the commonest kind
of signal of ``_live_receivers``. Both are tied to the source that they equal, so each stands behind a check of it:
with any other ``send`` the general way is taken, as it is for each dispatch that meets an async receiver.
"""

import ast
import functools
import hashlib
import inspect
import textwrap
from asyncio import _get_running_loop
from collections.abc import Callable
from time import monotonic_ns
from types import FunctionType
from typing import Any
from weakref import ReferenceType, ref

from django.db.backends.signals import connection_created
from django.dispatch import Signal
from django.dispatch.dispatcher import NO_RECEIVERS, NONE_ID

from signalbox.connections import connection_opened, open_connection, opened
from signalbox.faults import give_up
from signalbox.names import NO_SENDER, Dispatch, function_of, plain_functions, sender_of
from signalbox.spans import (
    MARKS,
    Span,
    Unrecorded,
    buffer,
    calling,
    current,
    end_span,
    new_span,
    next_id,
    note_returned,
)
from signalbox.switch import switch
from signalbox.threads import current_thread, local

Send = Callable[..., Any]
Resolve = Callable[[Signal, Any], tuple[list[Any], list[Any]]]

#: Fingerprints of the ``Signal.send`` that this module equals, and the Django versions that have it.
EQUALS = {
    "5.2": "2423e96ab659b72e0805d3ce5536abb2b66783fcd654fa0c2d8d10228bb34f3f",
    "6.1": "0d5e876789ce4d252b6773e90abe21e8f0556246c233cd3446d17b643b060ea2",
}
#: The same of ``Signal._live_receivers``.
RESOLVES = {
    "5.2": "e03a83dea927a01bb4a32358d6f6efbea88ca8bf19c78a166f1392cd40af375f",
    "6.1": "c8ee33498c254a4689129e3b1608a80e1774461088b9cf51dd209efac7a4217f",
}

_buffer = buffer()
held, append = _buffer.spans, _buffer.spans.append
get_current, set_current, calling_get = current.get, current.set, calling.get


@functools.cache
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


def hook_send(  # noqa: C901 (like send() in it: in one piece, as each call more is felt at every signal)
    original: Callable[..., Any], resolve: Resolve, hooked: Resolve, general: Send
) -> Send:
    """What to put in the place of ``Signal.send``: this module's version if ``original`` equals it, or ``general``.

    ``resolve`` is Django's ``_live_receivers`` and ``hooked`` what the probe puts in its place, which has nothing to do
    for this version; another one, a subclass's or another tool's, is asked as Django would.
    """
    if fingerprint(original) not in EQUALS.values():
        return general
    resolution_is_known = fingerprint(resolve) in RESOLVES.values()

    @functools.wraps(original)
    def send(self: Signal, sender: Any, **named: Any) -> Any:  # noqa: C901
        if not self.receivers or self.sender_receivers_cache.get(sender) is NO_RECEIVERS:
            if self is connection_created:
                _note_connection(named)
            return []
        async_receivers: list[Any] | None = None
        if type(self)._live_receivers is not hooked:
            sync_receivers, async_receivers = self._live_receivers(sender)
        elif self.use_caching or self._dead_receivers or not resolution_is_known:  # type: ignore[attr-defined]
            sync_receivers, async_receivers = resolve(self, sender)
        else:
            # What Django's resolution comes to where all receivers are sync and listen to every sender. A copy is
            # atomic, so it needs no lock.
            sync_receivers = []
            for entry in [*self.receivers]:
                receiver = entry[1]
                if entry[-1] or entry[0][1] != NONE_ID:
                    sync_receivers, async_receivers = resolve(self, sender)
                    break
                if isinstance(receiver, ReferenceType):
                    receiver = receiver()
                    if receiver is None:
                        continue
                sync_receivers.append(receiver)
        if async_receivers:
            return general(self, sender, **named)
        above = get_current()
        if isinstance(above, Unrecorded) or switch.paused or not sync_receivers:
            return _call(self, sender, named, sync_receivers)
        return _call_recorded(self, sender, named, sync_receivers, above)

    return send


def _call(signal: Signal, sender: Any, named: dict[str, Any], receivers: list[Any]) -> list[tuple[Any, Any]]:
    responses = []
    for receiver in receivers:
        response = receiver(signal=signal, sender=sender, **named)
        responses.append((receiver, response))
    return responses


def _call_recorded(  # noqa: C901, PLR0912, PLR0915 (in one piece: each call more is felt at every receiver of every signal)
    signal: Signal, sender: Any, named: dict[str, Any], receivers: list[Any], above: Span | None
) -> list[tuple[Any, Any]]:
    """Call the receivers in turn, each inside a span.

    One receiver's end is the next one's begin, and the last one's is the dispatch's end: what happens between them is
    the probe's own.
    """
    try:
        if signal is connection_created:
            connection_opened(named.get("connection"))
        alias = (named.get("using") or "default") if named else "default"
        mark = calling_get()
        subject = Dispatch(ref(signal), "send", NO_SENDER if sender is None else sender_of(sender), len(receivers), 0)
        if _get_running_loop() is None:
            # new_span() written out, with the connection that was seen last as long as it is the one that is open.
            thread = local.thread or current_thread()
            wrapper = thread.wrappers.get(alias)
            connection = None
            if wrapper is not None:
                of, count, connection = thread.seen
                if (
                    of() is not wrapper
                    or count != opened.count
                    or wrapper.connection is None
                    or len(wrapper.atomic_blocks) != connection.atomic_depth
                ):
                    connection = open_connection(thread, alias)
            loop, task, now = None, None, monotonic_ns()
            if above is None:
                inside, tree, caller = None, None, mark
            else:
                inside, tree = above.id, above.tree or (above if above.kind == "dispatch" else None)
                caller = above.caller or mark
            dispatch = Span(next_id(), "dispatch", subject, inside, thread, connection, caller, now, tree)
        else:
            dispatch = new_span("dispatch", subject, above, is_async=False, alias=alias)
            thread, connection, caller, now = dispatch.thread, dispatch.connection, dispatch.caller, dispatch.start_ns
            loop, task = dispatch.loop, dispatch.task
        put = append if _buffer.capacity - len(held) > len(receivers) else _buffer.put
        put(dispatch)  # where it finds no room, what is sent inside of it is dropped with it
        marks = None if caller is None else MARKS[caller == mark, caller in thread.callers]
        inside, tree = dispatch.id, dispatch.tree or dispatch
    except Exception as fault:
        give_up(fault)
        return _call(signal, sender, named, receivers)
    span = token = None
    responses = []
    try:
        for receiver in receivers:
            try:
                name = plain_functions.get(id(receiver.__code__)) if type(receiver) is FunctionType else None
                span = Span(
                    next_id(),
                    "receiver",
                    name or function_of(receiver),
                    inside,
                    thread,
                    connection,
                    caller,
                    now,
                    tree,
                    dispatch,
                    marks,
                    False,
                    loop,
                    task,
                )
                put(span)
                if token is None:
                    token = set_current(span)
                else:
                    set_current(span)  # until the next one's, or the reset
            except Exception as fault:
                give_up(fault)
                span = None
            response = receiver(signal=signal, sender=sender, **named)
            if span is not None:
                if response is not None:
                    note_returned(span, response)
                span.end_ns = now = monotonic_ns()
            responses.append((receiver, response))
    except BaseException as error:
        _end_by_error(error, span, dispatch)
        raise
    finally:
        if token is not None:
            current.reset(token)
    dispatch.end_ns = now
    return responses


def _note_connection(named: dict[str, Any]) -> None:
    try:
        connection_opened(named.get("connection"))
    except Exception as fault:
        give_up(fault)


def _end_by_error(error: BaseException, *spans: Span | None) -> None:
    try:
        for span in spans:
            if span is not None and span.end_ns is None:
                end_span(span, error)
    except Exception as fault:
        give_up(fault)
