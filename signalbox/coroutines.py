"""Driving a coroutine inside a span, so that the times in which it really runs are known."""

import time
from collections.abc import Coroutine, Generator
from typing import Any

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
                coroutine.close()
                end_span(self.span, closing)
                raise
            except BaseException as thrown:
                resume, argument = coroutine.throw, thrown

    def _resume(self, resume: Any, argument: Any) -> Any:
        """Run the coroutine up to its next suspension; StopIteration carries its result, as in any coroutine."""
        span = self.span
        token = current.set(span)
        begun = time.monotonic_ns()
        try:
            awaited = resume(argument)
        except StopIteration:
            note_running(span, begun, time.monotonic_ns())
            end_span(span)
            raise
        except BaseException as error:
            note_running(span, begun, time.monotonic_ns())
            end_span(span, error)
            raise
        else:
            note_running(span, begun, time.monotonic_ns())
            return awaited
        finally:
            current.reset(token)
