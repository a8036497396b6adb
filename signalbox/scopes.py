"""Spans that a program records on purpose: its callers, their steps, and the parts that are not to be recorded."""

import contextlib
from collections.abc import Coroutine, Iterator
from typing import Any

from signalbox.coroutines import Driven
from signalbox.faults import give_up
from signalbox.spans import UNRECORDED, Kind, Span, buffer, calling, current, end_span, new_span
from signalbox.switch import switch
from signalbox.threads import current_thread


class Scope:
    """A span around a block of sync code (``with scope:``) or around a coroutine (``await scope.around(coroutine)``).

    ``span`` is the span once it has begun. A scope serves once.
    """

    def __init__(self, kind: Kind, name: str, attributes: dict[str, Any]) -> None:
        self.span: Span | None = None
        self._kind = kind
        self._name = name
        self._attributes = attributes
        self._undo = contextlib.ExitStack()

    def __enter__(self) -> Span | None:
        self.span = span = self._begin(is_async=False)
        if span is not None:
            token = current.set(span)
            self._undo.callback(current.reset, token)
        return span

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        self._undo.close()
        try:
            if self.span is not None:
                end_span(self.span, error)
        except Exception as fault:
            give_up(fault)

    def owns(self, span: Span) -> bool:
        """Whether ``span`` is this scope's caller span, or below it."""
        return self.span is not None and span.caller == self.span.id

    async def around(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Await the coroutine inside the span."""
        self.span = span = self._begin(is_async=True)
        if span is None:
            return await coroutine
        with self._undo:
            return await Driven(coroutine, span)

    def _begin(self, *, is_async: bool) -> Span | None:
        try:
            return self._begin_span(is_async=is_async)
        except Exception as fault:
            give_up(fault)
            return None

    def _begin_span(self, *, is_async: bool) -> Span | None:
        if switch.paused:
            return None
        above = current.get()
        if self._kind == "caller":
            return self._begin_caller(above if isinstance(above, Span) else None, is_async=is_async)
        if above is not None and not isinstance(above, Span):
            return None
        span = new_span(self._kind, self._name, above, is_async=is_async)
        span.attributes = self._attributes
        buffer().put(span)
        return span

    def _begin_caller(self, above: Span | None, *, is_async: bool) -> Span:
        """A caller is recorded wherever it is, and leaves two marks to be found: in its context and in its thread."""
        span = new_span("caller", self._name, above, is_async=is_async)
        span.caller = span.id
        span.attributes = self._attributes
        callers = current_thread().callers
        callers.add(span.id)
        self._undo.callback(callers.discard, span.id)
        self._undo.callback(calling.reset, calling.set(span.id))
        buffer().put(span)
        return span


def caller(name: str, **attributes: Any) -> Scope:
    """The code that asks for a save or sends a signal: what "did the caller wait?" is asked of.

    Below it everything is recorded, also inside ``muted()``.
    """
    return Scope("caller", name, attributes)


def step(name: str, **attributes: Any) -> Scope:
    """Something that a caller does, such as one ``save()``; not recorded inside ``muted()``."""
    return Scope("step", name, attributes)


@contextlib.contextmanager
def muted() -> Iterator[None]:
    """Record nothing of what this context does, on any thread or task that inherits it, but for callers."""
    token = current.set(UNRECORDED)
    try:
        yield
    finally:
        current.reset(token)
