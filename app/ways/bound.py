"""A way made ready for one run: bound to its senders, wrapped in a step, with or without a transaction."""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction

import signalbox
from app.senders import SENDERS, Receivers
from app.ways.registry import Way


class BoundWay:
    """What a caller gets: `run` is a function, or a coroutine function where `is_async` says so."""

    def __init__(self, way: Way, receivers: Receivers, *, atomic: bool) -> None:
        self.is_async = way.is_async
        self.run: Callable[[], Any] = self._arun if way.is_async else self._run
        self._way = way
        self._models = SENDERS[receivers]
        self._atomic = atomic

    def transaction(self) -> AbstractContextManager[None]:
        """The transaction around the call, if one is asked for; a way that hops opens it where it hops to instead."""
        return contextlib.nullcontext() if self._way.opens_transaction else self._transaction()

    def _run(self) -> None:
        with signalbox.step(self._way.title):
            self._way.function(*self._arguments())

    async def _arun(self) -> None:
        await signalbox.step(self._way.title).around(self._way.function(*self._arguments()))

    def _arguments(self) -> tuple[Any, ...]:
        return (self._models, self._transaction) if self._way.opens_transaction else (self._models,)

    def _transaction(self) -> AbstractContextManager[None]:
        return transaction.atomic() if self._atomic else contextlib.nullcontext()
