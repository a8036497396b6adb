"""Spans: what is recorded, cheap to begin and to end; names and documents are made when the buffer is drained."""

import asyncio
import contextvars
import itertools
import time
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from signalbox.buffer import Buffer
from signalbox.connections import Connection, open_connection
from signalbox.heartbeat import Heartbeats
from signalbox.serials import running_loop
from signalbox.threads import Thread, current_thread

Kind = Literal["request", "caller", "step", "hop", "dispatch", "receiver"]
Outcome = Literal["ok", "error", "cancelled", "unfinished"]

#: Of a coroutine that is resumed more often than this, the first intervals are kept, and the longest of the later ones.
MOST_RUNNING_INTERVALS = 1_000
#: Error messages are kept up to this many characters.
LONGEST_ERROR = 1_000


class Span(msgspec.Struct, eq=False, gc=False):
    """One interval on one thread. ``end_ns`` and ``outcome`` are ``None`` while it runs."""

    id: int
    kind: Kind
    subject: Any  #: what it is the span of; signalbox.names turns it into a name
    parent: int | None
    thread: Thread
    task: int | None
    loop: int | None
    connection: Connection | None
    caller: int | None
    is_async: bool
    start_ns: int
    end_ns: int | None = None
    outcome: Outcome | None = None
    error: str | None = None
    attributes: dict[str, Any] | None = None
    #: intervals in which a coroutine ran on its thread; between them it was suspended
    running: list[tuple[int, int]] | None = None
    #: the span whose tree is dropped whole when the buffer is full: the outermost dispatch, or itself
    tree: "Span | None" = None
    dropped: bool = False
    #: of a receiver: its dispatch, and whether the marks of its caller could be read where it began
    dispatch: "Span | None" = None
    contextvar_visible: bool | None = None
    threadlocal_visible: bool | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come of it: it has ended, or has been given up."""
        return self.end_ns is not None or self.outcome == "unfinished"

    @property
    def is_live(self) -> bool:
        """Whether more may come of it. A dropped span is not told of its end."""
        return self.end_ns is None and self.outcome != "unfinished" and not self.root.dropped

    @property
    def root(self) -> "Span":
        return self if self.tree is None else self.tree


class Unrecorded:
    """Stands for the current span where nothing is to be recorded."""


UNRECORDED = Unrecorded()

#: The span that the running code is inside of. asgiref copies the context across hops and asyncio across tasks.
current: contextvars.ContextVar[Span | Unrecorded | None] = contextvars.ContextVar("signalbox.current", default=None)
#: Set by a caller and never by what it calls, so that reading it answers "is a context variable of the caller visible?"
calling: contextvars.ContextVar[int | None] = contextvars.ContextVar("signalbox.calling", default=None)

next_id = itertools.count(1).__next__
_buffer = Buffer()
#: of the event loops of this process that spans begin on
heartbeats = Heartbeats(_buffer.put_pause)


def buffer() -> Buffer:
    """The buffer of this process."""
    return _buffer


def new_span(kind: Kind, subject: Any, parent: Span | None, *, is_async: bool, alias: str = "default") -> Span:
    """A span that begins now, here, inside ``parent``."""
    thread = current_thread()
    if asyncio._get_running_loop() is None:
        loop = task = None
    else:
        loop, task = running_loop()
        thread.event_loop = True
    span = Span(
        next_id(),
        kind,
        subject,
        None if parent is None else parent.id,
        thread,
        task,
        loop,
        open_connection(alias),
        calling.get(),
        is_async,
        time.monotonic_ns(),
        tree=None if parent is None or (parent.tree is None and parent.kind != "dispatch") else parent.root,
    )
    if loop is not None:
        listening = heartbeats.beating.get(loop)
        if listening is None:
            heartbeats.keep_beating(loop, span)
        elif is_async:  # it may wait, and its loop beats meanwhile; a sync one has ended when the loop beats again
            listening.append(span)
    return span


def end_span(span: Span, error: BaseException | None = None) -> None:
    """Complete the span in place. ``end_ns`` is written last: a span that has one is complete."""
    now = time.monotonic_ns()
    if error is None:
        span.outcome = "ok"
    else:
        span.outcome = "cancelled" if is_cancellation(error) else "error"
        span.error = describe_error(error)
    span.end_ns = now


def is_cancellation(error: BaseException) -> bool:
    """Whether a task was cancelled or its coroutine closed: not a failure of the code that ran."""
    return type(error).__name__ in {"CancelledError", "GeneratorExit"}


def describe_error(error: BaseException) -> str:
    """``"Type: message"``, cut at LONGEST_ERROR, also when the exception cannot be printed."""
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be printed)"
    text = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return text[:LONGEST_ERROR]


def note_running(running: list[tuple[int, int]], begun_ns: int, until_ns: int) -> None:
    """Take in one interval in which a coroutine ran; the longest of all, which blocks its loop most, is never lost."""
    if len(running) < MOST_RUNNING_INTERVALS:
        running.append((begun_ns, until_ns))
    elif until_ns - begun_ns > running[-1][1] - running[-1][0]:
        running[-1] = (begun_ns, until_ns)


def longest_running_ns(intervals: Iterable[tuple[int, int]]) -> int:
    """The longest time that a coroutine held its thread without a break, in ns."""
    return max((end - start for start, end in intervals), default=0)
