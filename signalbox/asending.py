"""Django's ``Signal.asend()`` to async receivers, with the record written around them.

The general way costs a coroutine around the dispatch, and a stand-in and a coroutine for each receiver. This is an own
version of the part of ``asend`` that calls async receivers. It stands behind a check of the source that it equals
(``signalbox.sources``): with any other ``asend`` the general way is taken, as it is for each dispatch that meets a
sync receiver.
"""

import asyncio
import functools
from collections.abc import Callable, Coroutine, Iterator
from time import monotonic_ns
from types import CoroutineType
from typing import Any

from django.db.backends.signals import connection_created
from django.dispatch import Signal, dispatcher
from django.dispatch.dispatcher import NO_RECEIVERS

from signalbox.calls import Unbegun, begin_dispatch, received
from signalbox.connections import connection_opened
from signalbox.coroutines import CurrentToken, leave
from signalbox.resolving import Resolve
from signalbox.sources import version_of
from signalbox.spans import Span, buffer, current

Asend = Callable[..., Coroutine[Any, Any, Any]]


def hook_asend(  # noqa: C901 (asend() in it: each call more is felt at every signal)
    original: Asend, resolve: Resolve, general: Asend
) -> Asend:
    """What to put in the place of ``Signal.asend``: this module's version if ``original`` equals it, or ``general``."""
    version = version_of(original)
    if version is None:
        return general
    gathers = version == "5.2"

    def together(calls: Iterator[Any]) -> Any:
        """Django's own way to await them all; 5.2 has a task for the sync receivers, too, of which there are none."""
        if gathers:
            return asyncio.gather(sync_send(), asyncio.gather(*calls))
        return dispatcher._run_parallel(*calls)  # type: ignore[attr-defined]

    def paired(receivers: list[Any], responses: list[Any]) -> list[tuple[Any, Any]]:
        return [*zip(receivers, responses[1] if gathers else responses, strict=False)]

    @functools.wraps(original)
    async def asend(self: Signal, sender: Any, **named: Any) -> Any:
        if self is connection_created:
            connection_opened(named.get("connection"))
        if not self.receivers or (not self.use_caching and self.sender_receivers_cache.get(sender) is NO_RECEIVERS):
            return []
        sync_receivers, async_receivers = resolve(self, sender)
        if sync_receivers:
            return await general(self, sender, **named)
        dispatch = begin_dispatch(self, sender, named, "asend") if async_receivers else None
        if dispatch is None:
            calls = (receiver(signal=self, sender=sender, **named) for receiver in async_receivers)
            return paired(async_receivers, await together(calls))
        token = _enter(dispatch, len(async_receivers))
        try:
            calls = (
                received(Unbegun(awaitable), receiver, dispatch)
                if type(awaitable := receiver(signal=self, sender=sender, **named)) is CoroutineType
                else awaitable  # a future, or a mistake: what Django does with it is Django's
                for receiver in async_receivers
            )
            responses = await together(calls)
        except BaseException as error:
            leave(dispatch, token, error)
            raise
        leave(dispatch, token)
        return paired(async_receivers, responses)

    return asend


def _enter(dispatch: Span, receivers: int) -> CurrentToken:
    """The dispatch has resolved its receivers, and begins to await them.

    As the outermost span of its task it could be driven. But it waits for its receivers and does nothing else, and a
    task has its context to itself, so what is set there can stay: much the cheaper way, though just the first interval
    in which it ran is known then.
    """
    dispatch.subject.sync_receivers, dispatch.subject.async_receivers = 0, receivers
    if dispatch.steps is None:
        dispatch.running = [(dispatch.start_ns, monotonic_ns())]
    else:
        dispatch.steps.join(dispatch)
    buffer().put(dispatch)  # where it finds no room, what is sent inside of it is dropped with it
    return current.set(dispatch)


async def sync_send() -> list[Any]:
    """What Django 5.2 awaits in the place of sync receivers."""
    return []
