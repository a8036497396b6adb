"""Driving a coroutine inside a span, so that the times in which it really runs are known."""

from collections.abc import Coroutine, Generator
from contextvars import Context, copy_context
from time import monotonic_ns
from typing import Any

from signalbox.contexts import Changes, write_down_kept
from signalbox.faults import give_up
from signalbox.spans import Span, Unrecorded, current, end_span, note_running


class Driven:
    """Awaiting this awaits ``coroutine``, with ``span`` as the current span whenever it runs.

    The current span is set at each resumption and reset at each suspension, never for longer: from Django 6.1 on the
    async receivers of a dispatch share one context, so a value left behind would be seen by a sibling. ``inside`` is
    what is set instead of the span where what runs inside it is not to be recorded.
    """

    __slots__ = ("coroutine", "inside", "span")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], span: Span, inside: Unrecorded | None = None) -> None:
        self.coroutine = coroutine
        self.span = span
        self.inside: Span | Unrecorded = inside or span

    def __await__(self) -> Generator[Any, Any, Any]:
        coroutine, span, inside = self.coroutine, self.span, self.inside
        running = span.running = []
        changes = Changes() if span.kind == "receiver" else None
        resume: Any = coroutine.send
        argument: Any = None
        while True:
            token = current.set(inside)
            before = None if changes is None else copy_context()
            begun_ns = monotonic_ns()
            try:
                awaited = resume(argument)
            except StopIteration as stop:
                current.reset(token)
                self._compare(changes, before, over=True)
                self._end(begun_ns)
                return stop.value
            except BaseException as error:
                current.reset(token)
                self._compare(changes, before, over=True)
                self._end(begun_ns, error)
                raise
            current.reset(token)
            self._compare(changes, before, over=False)
            note_running(running, begun_ns, monotonic_ns())
            try:
                argument = yield awaited
                resume = coroutine.send
            except GeneratorExit as closing:
                self._close(closing)
                raise
            except BaseException as thrown:
                resume, argument = coroutine.throw, thrown

    def _compare(self, changes: Changes | None, before: Context | None, *, over: bool) -> None:
        """What of its context the receiver has changed; or at the end of a dispatch, what the caller is left with."""
        try:
            if changes is not None and before is not None:
                changes.take_in(before, copy_context())
                if over:
                    changes.write_down(self.span)
            elif over and self.span.kind == "dispatch":
                write_down_kept(self.span)
        except Exception as fault:
            give_up(fault)

    def _close(self, closing: GeneratorExit) -> None:
        """Nobody will resume the coroutine again: it gets its chance to clean up, inside its span like all it does."""
        token = current.set(self.inside)
        begun_ns = monotonic_ns()
        try:
            self.coroutine.close()
        finally:
            current.reset(token)
            self._end(begun_ns, closing)

    def _end(self, begun_ns: int, error: BaseException | None = None) -> None:
        """Write down that the coroutine ran from ``begun_ns`` until now, and has ended."""
        try:
            if self.span.running is not None:
                note_running(self.span.running, begun_ns, monotonic_ns())
            end_span(self.span, error)
        except Exception as fault:
            give_up(fault)
