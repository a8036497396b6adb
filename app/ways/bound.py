"""A way made ready for one caller: bound to its senders, wrapped in a step, with or without a transaction."""

import contextlib
import uuid
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction

import signalbox
from app.senders import SENDERS, Receivers
from app.ways.registry import Way
from app.work import ReceiverKind, Work, ordered, worked
from signalbox.scopes import Scope


class BoundWay:
    """What a caller gets: `run` is a function, or a coroutine function where `is_async` says so."""

    def __init__(self, way: Way, receivers: Receivers, scope: Scope, work: Work, *, atomic: bool) -> None:
        self.ticket = uuid.uuid4().hex  #: for those who cannot be handed an object: see ``bound_ways``
        self.is_async = way.is_async
        self.run: Callable[[], Any] = self._arun if way.is_async else self._run
        self._way = way
        self._models = SENDERS[receivers]
        self._atomic = atomic
        self._scope = scope
        self._work = work
        self._begun = self._ended = 0
        #: The kinds of receivers whose context variables had come back when the way was done.
        self.kept: frozenset[ReceiverKind] = frozenset()
        bound_ways[self.ticket] = self

    @property
    def is_done(self) -> bool:
        """Whether somebody has come to it, and all who came have left."""
        return 0 < self._begun == self._ended

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """The transaction around the call, if one is asked for; a way that hops opens it where it hops to instead.

        Whoever calls the way comes by here, in whatever thread: what happens from here on belongs to the caller, and
        the receivers find their order.
        """
        self._begun += 1
        token = ordered.set(self._work)
        try:
            with (
                self._scope.continued(),
                contextlib.nullcontext() if self._way.opens_transaction else self._transaction(),
            ):
                yield
        finally:
            ordered.reset(token)
            self._ended += 1

    def _run(self) -> None:
        with signalbox.step(self._way.title), self._looking_for_what_comes_back():
            self._way.function(*self._arguments())

    async def _arun(self) -> None:
        with self._looking_for_what_comes_back():
            await signalbox.step(self._way.title).around(self._way.function(*self._arguments()))

    @contextlib.contextmanager
    def _looking_for_what_comes_back(self) -> Iterator[None]:
        token = worked.set(frozenset())
        try:
            yield
        finally:
            self.kept |= worked.get()
            worked.reset(token)

    def _arguments(self) -> tuple[Any, ...]:
        return (self._models, self._transaction) if self._way.opens_transaction else (self._models,)

    def _transaction(self) -> AbstractContextManager[None]:
        return transaction.atomic() if self._atomic else contextlib.nullcontext()


#: By their tickets, as long as their runs are under way: a background task takes nothing but JSON.
bound_ways: weakref.WeakValueDictionary[str, BoundWay] = weakref.WeakValueDictionary()
