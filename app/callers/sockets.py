"""From a websocket frame to an experiment and from its run to the answer, for sync and async consumers alike.

The answer comes over the channel layer, when the run is stored: a sync consumer that waited for it would keep the one
thread that it shares with all others.
"""

import asyncio
import concurrent.futures
import functools
import inspect
from collections.abc import Callable
from typing import Any

import msgspec
from channels.generic.websocket import AsyncWebsocketConsumer

from app.callers.running import aperform, begin, perform
from app.callers.siblings import Place, leave_it_to_siblings, place_of
from app.experiments import LARGEST_FRAME, Experiment, Malformed, Refused, read_experiment
from app.live.laboratory import laboratory
from app.live.page_socket import MALFORMED, TOO_LARGE
from app.live.stream import channel_layer
from app.runs.documents import RunDocument
from app.runs.under_way import RunUnderWay

Receive = Callable[..., Any]

UNKNOWN = 4404
ADDRESSES = ("/ws/live/", "/ws/map/", "/ws/experiments/async-consumer/", "/ws/experiments/sync-consumer/")


def runs_experiment(slug: str) -> Callable[[Receive], Receive]:
    """Make a method of (self, way) the `receive` that runs the caller `slug`. It stays what it is: sync or async."""

    def decorate(caller: Receive) -> Receive:
        return _async_receive(slug, caller) if inspect.iscoroutinefunction(caller) else _sync_receive(slug, caller)

    return decorate


def _async_receive(slug: str, caller: Receive) -> Receive:
    @functools.wraps(caller)
    async def receive(self: Any, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if place := place_of(self.scope):
            await aperform(place, caller, self)
            return
        try:
            run = begin(_read(slug, text_data, bytes_data))
        except Refused as refusal:
            await self.send(text_data=_refusal(refusal))
            if code := _closing_code(refusal):
                await self.close(code, _reason(refusal))
        else:
            if not leave_it_to_siblings(run, self.scope, text_data or ""):
                await aperform(Place(run), caller, self)
            _send_when_stored(run, self.channel_name)

    return receive


def _sync_receive(slug: str, caller: Receive) -> Receive:
    @functools.wraps(caller)
    def receive(self: Any, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if place := place_of(self.scope):
            perform(place, caller, self)
            return
        try:
            run = begin(_read(slug, text_data, bytes_data))
        except Refused as refusal:
            self.send(text_data=_refusal(refusal))
            if code := _closing_code(refusal):
                self.close(code, _reason(refusal))
        else:
            if not leave_it_to_siblings(run, self.scope, text_data or ""):
                perform(Place(run), caller, self)
            _send_when_stored(run, self.channel_name)

    return receive


class AsyncExperimentSocket:
    """Hands the answer on, when it comes over the channel layer."""

    async def run_stored(self: Any, event: dict[str, str]) -> None:
        await self.send(text_data=event["text"])


class SyncExperimentSocket:
    """Hands the answer on, when it comes over the channel layer."""

    def run_stored(self: Any, event: dict[str, str]) -> None:
        self.send(text_data=event["text"])


def _read(slug: str, text: str | None, data: bytes | None) -> Experiment:
    size = len(text.encode()) if text is not None else len(data or b"")
    if size > LARGEST_FRAME:
        raise Refused(413, f"Expected a frame of at most {LARGEST_FRAME} bytes; got {size}.")
    if text is None:
        raise Malformed("Expected a text frame with a JSON object; got a binary frame.")
    return read_experiment(slug, text)


def _refusal(refusal: Refused) -> str:
    return msgspec.json.encode({"error": str(refusal), "status": refusal.status}).decode()


def _closing_code(refusal: Refused) -> int | None:
    """The code that the socket is closed with after a refusal; None when it can go on."""
    if isinstance(refusal, Malformed):
        return MALFORMED
    return TOO_LARGE if refusal.status == 413 else None


def _reason(refusal: Refused) -> str:
    """The sentence as far as a close frame has room for it: 123 bytes."""
    return str(refusal).encode()[:123].decode(errors="ignore")


def _send_when_stored(run: RunUnderWay, channel: str) -> None:
    """Have the run's document, or what went wrong, sent to the consumer's channel."""
    loop = laboratory().stream.loop

    def send(result: "concurrent.futures.Future[RunDocument]") -> None:
        if result.cancelled():  # broken off, and so is the connection
            return
        error = result.exception()
        text = msgspec.json.encode(result.result()).decode() if error is None else _refusal(Refused(500, str(error)))
        message = {"type": "run.stored", "text": text}
        if loop is not None and not loop.is_closed():
            asyncio.run_coroutine_threadsafe(channel_layer().send(channel, message), loop)

    run.result.add_done_callback(send)


class UnknownCaller(AsyncWebsocketConsumer):
    """A websocket at an address where there is none: says so, and closes."""

    async def connect(self) -> None:
        await self.accept()
        sentence = f"Expected one of {', '.join(ADDRESSES)}; got {self.scope['path'][:60]}."
        await self.send(text_data=_refusal(Refused(404, sentence)))
        await self.close(UNKNOWN, _reason(Refused(404, sentence)))
