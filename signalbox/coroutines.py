"""Driving a coroutine inside a span, so that the times in which it really runs are known."""

import time
from collections.abc import Coroutine, Generator
from typing import Any

from signalbox.faults import give_up
from signalbox.spans import Span, current, end_span, note_running


class Driven:
    """Awaiting this awaits ``coroutine``, with ``span`` as the current span whenever it runs.

    The current span is set at each resumption and reset at each suspension, never for longer: from Django 6.1 on the
    async receivers of a dispatch share one context, so a value left behind would be seen by a sibling.
    """

    __slots__ = ("coroutine", "span")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], span: Span) -> None:
        self.coroutine = coroutine
        self.span = span

    def __await__(self) -> Generator[Any, Any, Any]:
        coroutine = self.coroutine
        resume: Any = coroutine.send
        argument: Any = None
        while True:
            try:
                awaited = self._resume(resume, argument)
            except StopIteration as stop:
                return stop.value
            try:
                argument = yield awaited
                resume = coroutine.send
            except GeneratorExit as closing:
                self._close(closing)
                raise
            except BaseException as thrown:
                resume, argument = coroutine.throw, thrown

    def _close(self, closing: GeneratorExit) -> None:
        """Nobody will resume the coroutine again: it gets its chance to clean up, inside its span like all it does."""
        token = current.set(self.span)
        begun_ns = time.monotonic_ns()
        try:
            self.coroutine.close()
        finally:
            current.reset(token)
            self._note(begun_ns, ended=True, error=closing)

    def _resume(self, resume: Any, argument: Any) -> Any:
        """Run the coroutine up to its next suspension; StopIteration carries its result, as in any coroutine."""
        token = current.set(self.span)
        begun_ns = time.monotonic_ns()
        try:
            awaited = resume(argument)
        except StopIteration:
            self._note(begun_ns, ended=True)
            raise
        except BaseException as error:
            self._note(begun_ns, ended=True, error=error)
            raise
        else:
            self._note(begun_ns)
            return awaited
        finally:
            current.reset(token)

    def _note(self, begun_ns: int, *, ended: bool = False, error: BaseException | None = None) -> None:
        """Write down that the coroutine ran from ``begun_ns`` until now, and whether it has ended."""
        try:
            note_running(self.span, begun_ns, time.monotonic_ns())
            if ended:
                end_span(self.span, error)
        except Exception as fault:
            give_up(fault)
