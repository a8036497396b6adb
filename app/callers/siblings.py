"""Many callers at once: the server makes the request, or the websocket, that it was asked for that often to itself.

Each of them goes through the whole ASGI application. So it is a request of Django's handler, with a thread-sensitive
context of its own, or a connection of a Channels consumer, without one, as if it had come from outside; only the
server's reading of the network is left out. All are let go at the same moment. The request that did come from outside
calls nothing: it waits for the run that all of them are part of, and answers with its document.
"""

import asyncio
import contextvars
import logging
import time
from typing import Any

from channels.routing import get_default_application

from app.live.laboratory import laboratory
from app.runs.under_way import RunUnderWay

logger = logging.getLogger(__name__)

#: What a server puts into a scope; the rest was added by middleware on the way to the caller, and will be again.
#: Source: https://asgi.readthedocs.io/en/latest/specs/www.html
_OF_THE_SERVER = (
    *("type", "asgi", "http_version", "method", "scheme", "path", "raw_path", "query_string", "root_path"),
    *("headers", "client", "server", "subprotocols", "extensions"),
)
#: Where a sibling's scope holds its place. Nobody outside can set it.
_PLACE = "app.place"


class Place:
    """The place of one caller in a run, to be taken by the caller or given up."""

    def __init__(self, run: RunUnderWay) -> None:
        self.run = run
        self.asked_ns: int | None = None  #: when a sibling was let go
        self.settled = False

    def take(self) -> RunUnderWay:
        self.settled = True
        return self.run

    def give_up(self, why: str) -> None:
        """The caller will not come. Nothing happens when it has."""
        if not self.settled:
            self.settled = True
            laboratory().collector.miss(self.run, why)


def place_of(scope: Any) -> Place | None:
    """The place that waits for a request or websocket of this server's own; None for one that came from outside."""
    place: Place | None = scope.get(_PLACE)
    return place


def leave_it_to_siblings(run: RunUnderWay, scope: Any, body: bytes | str) -> bool:
    """Have the callers of the run come as siblings of a request; False where a single one is wanted.

    ``scope`` and ``body`` are those of the request, or of the websocket and its frame. May be called in any thread.
    """
    loop = laboratory().stream.loop
    if run.experiment.concurrency == 1 or loop is None:
        return False
    # In a context of its own: a sibling must not inherit the thread-sensitive context of the request.
    run.siblings = contextvars.Context().run(asyncio.run_coroutine_threadsafe, _make_siblings(run, scope, body), loop)
    return True


async def _make_siblings(run: RunUnderWay, scope: Any, body: bytes | str) -> None:
    kind = _Request if scope["type"] == "http" else _Websocket
    start = asyncio.Barrier(run.experiment.concurrency)
    await asyncio.gather(*(kind(Place(run), scope, body, start).be_served() for _ in range(start.parties)))


class _Sibling:
    """One connection to the application, from the server's side: ``receive`` and ``send`` are what a server gives."""

    def __init__(self, place: Place, scope: Any, body: Any, start: asyncio.Barrier) -> None:
        self.place = place
        self.body = body
        self.refusal = "nothing"
        self._scope = {**{key: scope[key] for key in _OF_THE_SERVER if key in scope}, _PLACE: place}
        self._start = start

    async def be_served(self) -> None:
        try:
            application: Any = get_default_application()
            await application(self._scope, self.receive, self.send)
        except Exception:
            logger.exception("A request that the server made to itself failed")
        finally:
            self.place.give_up(f"A caller was refused: the server answered its own request with {self.refusal}.")
            if self.place.asked_ns is None:
                await self._start.abort()  # the others go without it

    async def let_go(self) -> None:
        """Wait until all siblings have come this far."""
        try:
            await self._start.wait()
        except asyncio.BrokenBarrierError:
            logger.warning("A request that the server made to itself was refused; the others go without it")
        self.place.asked_ns = time.monotonic_ns()

    async def receive(self) -> dict[str, Any]:
        raise NotImplementedError

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.refusal = str(message["status"])
        elif message["type"] == "websocket.close":
            self.refusal = f"close code {message.get('code', 1000)}"


class _Request(_Sibling):
    async def receive(self) -> dict[str, Any]:
        if self.place.asked_ns is None:
            await self.let_go()
            return {"type": "http.request", "body": self.body, "more_body": False}
        return await asyncio.Future()  # whoever asks is cancelled when the answer is there: this client does not leave


class _Websocket(_Sibling):
    connected = False

    async def receive(self) -> dict[str, Any]:
        if not self.connected:
            self.connected = True
            return {"type": "websocket.connect"}
        if self.place.asked_ns is None:
            await self.let_go()
            return {"type": "websocket.receive", "text": self.body}
        return {"type": "websocket.disconnect", "code": 1000}  # a consumer asks again when it is done with the frame
