"""Spans: what is recorded, cheap to begin and to end; names and documents are made when the buffer is drained."""

import contextvars
import itertools
from asyncio import _get_running_loop
from collections.abc import Iterable
from time import monotonic_ns
from typing import Any, Literal, NamedTuple

import msgspec

from signalbox.buffer import Buffer
from signalbox.connections import Connection, open_connection
from signalbox.faults import give_up
from signalbox.heartbeat import Heartbeats
from signalbox.serials import current_task_serial
from signalbox.threads import Thread, current_thread, local

Kind = Literal["request", "caller", "step", "hop", "dispatch", "receiver"]
Outcome = Literal["ok", "error", "cancelled", "unfinished"]

#: Of a coroutine that is resumed more often than this, the first intervals are kept, and the longest of the later ones.
MOST_RUNNING_INTERVALS = 1_000
#: Error messages are kept up to this many characters.
LONGEST_ERROR = 1_000


class Span(msgspec.Struct, eq=False, gc=False):
    """One interval on one thread. ``end_ns`` is ``None`` while it runs, ``outcome`` also when it ended well.

    The fields that ``send()`` to sync receivers fills in come first: giving them by position is cheapest.
    """

    id: int
    kind: Kind
    subject: Any  #: what it is the span of; signalbox.names turns it into a name
    parent: int | None
    thread: Thread
    connection: Connection | None
    caller: int | None
    start_ns: int
    #: the span whose tree is dropped whole when the buffer is full: the outermost dispatch; None: itself
    tree: "Span | None" = None
    #: of a receiver and of the hops below it: its dispatch
    dispatch: "Span | None" = None
    #: whether the marks that its caller left could be read where it began
    marks: "Marks | None" = None
    is_async: bool = False
    loop: int | None = None
    task: int | None = None
    end_ns: int | None = None
    outcome: Outcome | None = None
    error: str | None = None
    attributes: dict[str, Any] | None = None
    #: intervals in which a coroutine ran on its thread; between them it was suspended
    running: list[tuple[int, int]] | None = None
    ran_through: bool = False  #: a coroutine that was never suspended, so it ran from its start to its end
    dropped: bool = False
    #: of a dispatch, and the receivers and hops that started them: the tasks (signalbox.tasks.StartedTask), if any
    tasks: list[Any] | None = None
    #: of a span in a task, if one around it is awaited step by step
    steps: "Steps | None" = None

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


class Steps:
    """The steps of a task, from one suspension to the next, for the spans that are open in it.

    All of them run whenever the task does, from where they begin to where they end.
    """

    __slots__ = ("_begun_ns", "open")

    def __init__(self, *outermost: Span) -> None:
        """The first step, in which the outermost span has begun."""
        self.open = [*outermost]
        self._begun_ns = 0
        for span in outermost:
            span.running = []

    def join(self, span: Span) -> None:
        """The span begins inside of this step."""
        span.running = []
        self.open.append(span)

    def begin(self) -> None:
        self._begun_ns = monotonic_ns()

    def end(self) -> None:
        now = monotonic_ns()
        for span in self.open:
            self._note(span, now)

    def part(self, span: Span) -> None:
        """The span ends inside of this step."""
        opened = self.open
        if span in opened:
            self._note(span, monotonic_ns())
            if span is opened[0]:
                opened.clear()  # what has not ended by now never will, as an async generator that was left
            else:
                opened.remove(span)

    def _note(self, span: Span, now: int) -> None:
        if span.running is not None:
            note_running(span.running, max(self._begun_ns, span.start_ns), now)


#: Of a span whose coroutine is in its first step: what begins inside of it makes them.
FIRST_STEP = Steps()


class Marks(NamedTuple):
    """A caller leaves a mark in a context variable and one in its thread; whether each could be read."""

    in_context: bool
    in_thread: bool


MARKS = {(context, thread): Marks(context, thread) for context in (True, False) for thread in (True, False)}


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
    thread = local.thread or current_thread()
    running = _get_running_loop()
    if running is None:
        loop = task = None
        connection = open_connection(thread, alias)
    else:
        loop = thread.loop if thread.running() is running else thread.runs(running)
        task = current_task_serial(running)
        connection = open_connection(thread, alias, on_loop=True)
    inside, tree = (None, None) if parent is None else (parent.id, tree_of(parent))
    # In a thread that its caller started, the parent is known and the caller's mark is not there.
    caller = (parent is not None and parent.caller) or calling.get()
    now = monotonic_ns()
    span = Span(
        next_id(), kind, subject, inside, thread, connection, caller, now, tree, None, None, is_async, loop, task
    )
    if parent is not None and parent.steps is not None and parent.task == task is not None:
        span.steps = _steps_of(parent)
    if loop is not None and kind != "request":  # a websocket may be open, and silent, for days
        listening = heartbeats.beating.get(loop)
        if listening is None:
            heartbeats.keep_beating(loop, span)
        elif is_async and (parent is None or parent.loop != loop or parent.end_ns is not None):
            # It may wait, and its loop beats meanwhile: for itself, unless for what it is inside of. A sync one has
            # ended when the loop beats again.
            listening.append(span)
    return span


def _steps_of(parent: Span) -> Steps | None:
    """Of its task; None when nobody notes them any more."""
    if parent.steps is FIRST_STEP:
        parent.steps = Steps(parent)
    return parent.steps if parent.steps is not None and parent.steps.open else None


def tree_of(parent: Span | None) -> Span | None:
    """The root of the tree that a span inside ``parent`` belongs to; None: it is the root of its own."""
    return None if parent is None else parent.tree or (parent if parent.kind == "dispatch" else None)


def end_span(span: Span, error: BaseException | None = None) -> None:
    """Complete the span in place. ``end_ns`` is written last: a span that has one is complete."""
    now = monotonic_ns()
    if span.tasks is not None:
        for task in span.tasks:
            task.look(span)
    if error is not None:
        span.outcome = "cancelled" if is_cancellation(error) else "error"
        span.error = describe_error(error)
    span.end_ns = now


def note(span: Span, name: str, value: Any) -> None:
    """Add an attribute while the span runs. It is written anew: who reads it meanwhile sees the old ones or the new."""
    span.attributes = {**(span.attributes or {}), name: value}


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


def note_returned(span: Span, response: object) -> None:
    """Write down what a sync receiver has returned, if it is something to be awaited: Django will not await it."""
    returned = type(response)  # the object itself may be a lazy one
    try:
        if hasattr(returned, "__await__"):
            note(span, "returned", f"{returned.__module__}.{returned.__qualname__}")
    except Exception as fault:
        give_up(fault)


def note_running(running: list[tuple[int, int]], begun_ns: int, until_ns: int) -> None:
    """Take in one interval in which a coroutine ran; the longest of all, which blocks its loop most, is never lost."""
    if len(running) < MOST_RUNNING_INTERVALS:
        running.append((begun_ns, until_ns))
    elif until_ns - begun_ns > running[-1][1] - running[-1][0]:
        running[-1] = (begun_ns, until_ns)


def longest_running_ns(intervals: Iterable[tuple[int, int]]) -> int:
    """The longest time that a coroutine held its thread without a break, in ns."""
    return max((end - start for start, end in intervals), default=0)
