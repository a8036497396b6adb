"""Spans that a program records on purpose: its callers, their steps, and the parts that are not to be recorded."""

import contextlib
import contextvars
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

from signalbox.coroutines import CurrentToken, recorded
from signalbox.faults import give_up
from signalbox.requests import Request
from signalbox.spans import UNRECORDED, Kind, Span, Unrecorded, buffer, calling, current, end_span, new_span
from signalbox.switch import switch
from signalbox.threads import current_thread


class Withheld(Unrecorded):
    """What the code of a request inside ``muted()`` is inside of: the request is told once a caller begins in it."""

    __slots__ = ("_told", "request")
    _lock = threading.Lock()

    def __init__(self, request: Span) -> None:
        self.request = request
        self._told = False

    def tell(self) -> Span:
        """Put the request into the buffer, if no other caller has."""
        with self._lock:
            told, self._told = self._told, True
        if not told:
            buffer().put(self.request)
        return self.request


class Scope:
    """A span around a block of sync code (``with scope:``) or around a coroutine (``await scope.around(coroutine)``).

    ``span`` is the span once it has begun, and ``request`` the one that a caller began right inside of. ``is_async``
    says that the block is part of a coroutine. A scope serves once.
    """

    def __init__(
        self, kind: Kind, subject: str | Request, attributes: dict[str, Any], *, is_async: bool = False
    ) -> None:
        self.span: Span | None = None
        self.request: Span | None = None
        self._kind = kind
        self._subject = subject
        self._attributes = attributes
        self._is_async = is_async
        self._withheld: Withheld | None = None
        self._token: CurrentToken | None = None
        #: the marks that a caller has left
        self._mark: contextvars.Token[int | None] | None = None
        self._callers: set[int] = set()

    def __enter__(self) -> Span | None:
        self.span = span = self._begin(is_async=self._is_async)
        if span is not None:
            self._token = current.set(self._withheld or span)
        return span

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if self._token is not None:
            _reset(current, self._token)
        self._take_marks_back()
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
        try:
            return await recorded(coroutine, span, self._withheld)
        finally:
            self._take_marks_back()

    @contextlib.contextmanager
    def continued(self) -> Iterator[None]:
        """Work for this caller where its context has not come along, as in a ``threading.Thread`` that it started.

        What is recorded there belongs to the caller. Its mark in the context stays away, so that whether its context
        variables are visible is measured there as anywhere. Where the context has come along, this does nothing.
        """
        if self.span is None or current.get() is not None:
            yield
            return
        token = current.set(self.span)
        try:
            yield
        finally:
            current.reset(token)

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
            return self._begin_caller(above, is_async=is_async)
        if self._kind == "request":
            return self._begin_request(above, is_async=is_async)
        if above is not None and not isinstance(above, Span):
            return None
        span = new_span(self._kind, self._subject, above, is_async=is_async)
        span.attributes = self._attributes
        buffer().put(span)
        return span

    def _begin_request(self, above: Span | Unrecorded | None, *, is_async: bool) -> Span | None:
        """Of a request that finds the buffer full nothing is told, but what it does is when there is room again."""
        span = new_span("request", self._subject, above if isinstance(above, Span) else None, is_async=is_async)
        if isinstance(above, Unrecorded):
            self._withheld = Withheld(span)
            return span
        return span if buffer().put(span) else None

    def _begin_caller(self, above: Span | Unrecorded | None, *, is_async: bool) -> Span:
        """A caller is recorded wherever it is, and leaves two marks to be found: in its context and in its thread."""
        if isinstance(above, Withheld):
            above = above.tell()
        parent = above if isinstance(above, Span) else None
        self.request = parent if parent is not None and parent.kind == "request" else None
        span = new_span("caller", self._subject, parent, is_async=is_async)
        span.caller = span.id
        span.attributes = self._attributes
        self._callers = current_thread().callers
        self._callers.add(span.id)
        self._mark = calling.set(span.id)
        buffer().put(span)
        return span

    def _take_marks_back(self) -> None:
        if self.span is not None and self._mark is not None:
            _reset(calling, self._mark)
            self._callers.discard(self.span.id)


def caller(name: str, **attributes: Any) -> Scope:
    """The code that asks for a save or sends a signal: what "did the caller wait?" is asked of.

    Below it everything is recorded, also inside ``muted()``.
    """
    return Scope("caller", name, attributes)


def step(name: str, **attributes: Any) -> Scope:
    """Something that a caller does, such as one ``save()``; not recorded inside ``muted()``."""
    return Scope("step", name, attributes)


def request(asked: Request, *, is_async: bool = False) -> Scope:
    """What a server was asked for, around all that it does to answer: see ``signalbox.middleware``, ``signalbox.asgi``.

    Inside ``muted()`` it is recorded only if a caller begins in it.
    """
    return Scope("request", asked, {}, is_async=is_async)


@contextlib.contextmanager
def muted() -> Iterator[None]:
    """Record nothing of what this context does, on any thread or task that inherits it, but for callers.

    A request inside of it is recorded with the first caller inside the request.
    """
    token = current.set(UNRECORDED)
    try:
        yield
    finally:
        current.reset(token)


def _reset(variable: contextvars.ContextVar[Any], token: contextvars.Token[Any]) -> None:
    """Undo ``variable.set()``. A coroutine that was left is closed in another context: nothing to undo there."""
    with contextlib.suppress(ValueError):
        variable.reset(token)
