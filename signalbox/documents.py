"""The documents of docs/protocol.md: what was recorded, as plain data that can leave the process."""

from typing import Any

import msgspec

from signalbox.heartbeat import Pause
from signalbox.hops import Hop
from signalbox.names import Dispatch, signal_name
from signalbox.requests import Request
from signalbox.spans import Kind, Outcome, Span
from signalbox.tasks import StartedTask, left_behind
from signalbox.threads import Thread


class ThreadDocument(msgspec.Struct):
    """One lane."""

    key: int
    ident: int
    native_id: int
    name: str
    process: int
    event_loop: bool


class ConnectionDocument(msgspec.Struct):
    """A database connection as it was when a span began."""

    alias: str
    serial: int
    atomic_depth: int


class SpanDocument(msgspec.Struct):
    """One bar."""

    id: int
    parent: int | None
    kind: Kind
    name: str
    thread: int
    task: int | None
    loop: int | None
    start_ns: int
    end_ns: int | None
    outcome: Outcome | None
    error: str | None
    connection: ConnectionDocument | None
    attributes: dict[str, Any]


class SpanEnd(msgspec.Struct):
    """What became known of a span when it ended."""

    id: int
    end_ns: int | None
    outcome: Outcome | None
    error: str | None
    attributes: dict[str, Any]


class PauseDocument(msgspec.Struct):
    """A break in the heartbeat of an event loop, and the span that held the loop, where that is known."""

    thread: int
    start_ns: int
    end_ns: int
    span: int | None = None


def thread_document(thread: Thread) -> ThreadDocument:
    return ThreadDocument(thread.key, thread.ident, thread.native_id, thread.name, thread.process, thread.event_loop)


def threads_of(span: Span) -> list[Thread]:
    """The thread of a span, and the one where a hop's work has arrived."""
    there = span.subject.to_thread if isinstance(span.subject, Hop) else None
    return [span.thread] if there is None else [span.thread, there]


def span_document(span: Span) -> SpanDocument:
    name, attributes = _describe(span)
    if span.attributes:
        attributes.update(span.attributes)
    if span.caller is not None and span.caller != span.id:
        attributes["caller"] = span.caller
    ended = span_end(span)
    return SpanDocument(
        id=span.id,
        parent=span.parent,
        kind=span.kind,
        name=name,
        thread=span.thread.key,
        task=span.task,
        loop=span.loop,
        start_ns=span.start_ns,
        end_ns=ended.end_ns,
        outcome=ended.outcome,
        error=ended.error,
        connection=None if span.connection is None else ConnectionDocument(*msgspec.structs.astuple(span.connection)),
        attributes={"is_async": span.is_async, **attributes, **ended.attributes},
    )


def span_end(span: Span) -> SpanEnd:
    """The end of a span, all None while it runs: another thread may be writing it at this moment, ``end_ns`` last."""
    if not span.is_over:
        return SpanEnd(span.id, None, None, None, {})
    attributes: dict[str, Any] = dict(span.attributes or {})
    if span.ran_through and span.end_ns is not None:
        attributes["running"] = [(span.start_ns, span.end_ns)]
    elif span.running is not None:
        attributes["running"] = list(span.running)
    if span.tasks is not None and span.kind == "dispatch":
        attributes.update(_left_behind(span.tasks))
    if isinstance(span.subject, Hop):
        attributes.update(_arrival(span.subject, span.start_ns))
    elif isinstance(span.subject, Request):
        attributes.update(span.subject.answer)
    return SpanEnd(span.id, span.end_ns, span.outcome or "ok", span.error, attributes)


def pause_document(pause: Pause) -> PauseDocument:
    """A pause by itself; ``Recording`` finds the span."""
    return PauseDocument(pause.thread.key, pause.start_ns, pause.end_ns)


def _left_behind(started: list[StartedTask]) -> dict[str, Any]:
    tasks = left_behind(started)
    return {"tasks": tasks} if tasks else {}


def _arrival(hop: Hop, start_ns: int) -> dict[str, Any]:
    """Where the work of a hop arrived, for how many ns it waited and ran, and what it left open there."""
    queued = None if hop.arrived_ns is None else hop.arrived_ns - start_ns
    ran = None if hop.arrived_ns is None or hop.left_ns is None else hop.left_ns - hop.arrived_ns
    to_thread = None if hop.to_thread is None else hop.to_thread.key
    attributes: dict[str, Any] = {"executor": hop.executor, "to_thread": to_thread, "queued_ns": queued, "ran_ns": ran}
    if hop.left_open:
        attributes["left_open"] = [msgspec.structs.asdict(connection) for connection in hop.left_open]
    return attributes


def _describe(span: Span) -> tuple[str, dict[str, Any]]:
    subject = span.subject
    if isinstance(subject, Dispatch):
        return _describe_dispatch(subject)
    if isinstance(subject, Request):
        return subject.name, subject.asked
    if isinstance(subject, Hop):
        return f"{subject.direction}({subject.function.short_name})", {
            "direction": subject.direction,
            "function": subject.function.name,
            # Which loop async_to_sync has found is told with the rest of its arrival.
            "executor": subject.executor if subject.direction == "sync_to_async" else None,
            "from_thread": span.thread.key,
        }
    if span.dispatch is not None:
        return subject.name, {
            "signal": signal_name(span.dispatch.subject.signal),
            "source": subject.source,
            "contextvar_visible": None if span.marks is None else span.marks.in_context,
            "threadlocal_visible": None if span.marks is None else span.marks.in_thread,
        }
    return str(subject), {}


def _describe_dispatch(dispatch: Dispatch) -> tuple[str, dict[str, Any]]:
    signal = signal_name(dispatch.signal)
    attributes: dict[str, Any] = {
        "signal": signal,
        "method": dispatch.method,
        "sender": dispatch.sender.name,
        "receivers": {"sync": dispatch.sync_receivers, "async": dispatch.async_receivers},
    }
    if dispatch.refused:
        attributes["refused"] = [{"name": each.name, "source": each.source} for each in dispatch.refused]
    return f"{signal}.{dispatch.method}", attributes
