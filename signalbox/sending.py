"""Django's ``Signal.send()`` with the record written in its loop: what makes recording cheap where signals are many.

The general way, a stand-in before each receiver, costs two calls per receiver, and resolving the receivers as much as
recording them. This is an own version of the part of ``send`` that calls sync receivers. It stands behind a check of
the source that it equals (``signalbox.sources``): with any other ``send`` the general way is taken, as it is for each
dispatch that meets an async receiver.
"""

import functools
from asyncio import _get_running_loop
from collections.abc import Callable
from time import monotonic_ns
from types import FunctionType
from typing import Any
from weakref import ref

from django.db.backends.signals import connection_created
from django.dispatch import Signal
from django.dispatch.dispatcher import NO_RECEIVERS

from signalbox.buffer import ROOM
from signalbox.connections import connection_opened, open_connection, opened
from signalbox.faults import give_up
from signalbox.names import NO_SENDER, Dispatch, function_of, plain_functions, sender_of
from signalbox.resolving import Resolve
from signalbox.sources import version_of
from signalbox.spans import (
    BOTH,
    MARKS,
    Span,
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

_buffer = buffer()
held, append = _buffer.spans, _buffer.spans.append
get_current, set_current, reset_current, calling_get = current.get, current.set, current.reset, calling.get


def hook_send(  # noqa: C901, PLR0915 (send() in it: in one piece, as each call more is felt at every signal)
    original: Send, resolve: Resolve, general: Send
) -> Send:
    """What to put in the place of ``Signal.send``: this module's version if ``original`` equals it, or ``general``."""
    if version_of(original) is None:
        return general

    @functools.wraps(original)
    def send(self: Signal, sender: Any, **named: Any) -> Any:  # noqa: C901, PLR0912, PLR0915
        """Call the receivers in turn, each inside a span.

        One receiver's end is the next one's begin, and the last one's is the dispatch's end: what happens between them
        is the probe's own.
        """
        if self is connection_created:
            connection_opened(named.get("connection"))
        if not self.receivers or (not self.use_caching and self.sender_receivers_cache.get(sender) is NO_RECEIVERS):
            return []
        receivers, async_receivers = resolve(self, sender)
        if async_receivers:
            return general(self, sender, **named)
        above = get_current()
        if not receivers or switch.paused or (above is not None and type(above) is not Span):
            return _call(self, sender, named, receivers)
        try:
            alias = (named.get("using") or "default") if named else "default"
            mark = calling_get()
            subject = Dispatch(ref(self), "send", NO_SENDER if sender is None else sender_of(sender), len(receivers), 0)
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
                loop = task = inside = tree = None
                caller = mark
                if above is not None:
                    inside, tree = above.id, above.tree or (above if above.kind == "dispatch" else None)
                    caller = above.caller or mark
                now = monotonic_ns()
                dispatch = Span(next_id(), "dispatch", subject, inside, thread, connection, caller, now, tree)
            else:
                dispatch = new_span("dispatch", subject, above, is_async=False, alias=alias)
                thread, connection, caller, now = (
                    dispatch.thread,
                    dispatch.connection,
                    dispatch.caller,
                    dispatch.start_ns,
                )
                loop, task, tree = dispatch.loop, dispatch.task, dispatch.tree
            put = append if len(held) < _buffer.roomy and len(receivers) < ROOM else _buffer.put
            put(dispatch)  # where it finds no room, what is sent inside of it is dropped with it
            marks = None
            if caller is not None:
                there = caller in thread.callers
                marks = BOTH if there and caller == mark else MARKS[caller == mark, there]
            inside, tree = dispatch.id, tree or dispatch
        except Exception as fault:
            give_up(fault)
            return _call(self, sender, named, receivers)
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
                response = receiver(signal=self, sender=sender, **named)
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
                reset_current(token)
        dispatch.end_ns = now
        return responses

    return send


def _call(signal: Signal, sender: Any, named: dict[str, Any], receivers: list[Any]) -> list[tuple[Any, Any]]:
    responses = []
    for receiver in receivers:
        response = receiver(signal=signal, sender=sender, **named)
        responses.append((receiver, response))
    return responses


def _end_by_error(error: BaseException, *spans: Span | None) -> None:
    try:
        for span in spans:
            if span is not None and span.end_ns is None:
                end_span(span, error)
    except Exception as fault:
        give_up(fault)
