"""A client of a laboratory that serves: runs experiments through their real entry points, over HTTP or a websocket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from app.callers.registry import CALLERS
from app.experiments import Experiment
from app.servers import ServerFailed

#: Until an experiment has answered beyond its own delay, in seconds.
ANSWER_PATIENCE_S = 60.0


class Client:
    """Asks one server; `connected()` makes it."""

    def __init__(self, address: str, http: httpx.AsyncClient) -> None:
        self._address = address
        self._http = http

    async def run(self, experiment: Experiment) -> dict[str, Any]:
        """Run the experiment; gives the run's document. Raises ServerFailed."""
        caller = CALLERS[experiment.caller]
        order = {key: value for key, value in msgspec.to_builtins(experiment).items() if key != "caller"}
        try:
            async with asyncio.timeout(patience_s(experiment)):
                ask = self._over_websocket if caller.transport == "websocket" else self._over_http
                return await ask(caller.url, order)
        except (httpx.HTTPError, OSError, WebSocketException, msgspec.DecodeError) as error:
            got = f"{type(error).__name__}: {error}"
            raise ServerFailed(f"Expected a run as the answer to {caller.slug} {experiment.way}; got {got}") from error

    async def _over_http(self, url: str, order: dict[str, Any]) -> dict[str, Any]:
        headers = {"X-CSRFToken": self._http.cookies["csrftoken"]}
        response = await self._http.post(url, json=order, headers=headers, timeout=None)
        return _document(msgspec.json.decode(response.content))

    async def _over_websocket(self, url: str, order: dict[str, Any]) -> dict[str, Any]:
        websocket = self._address.replace("http", "ws", 1) + url
        async with connect(websocket, origin=Origin(self._address), max_size=None, proxy=None) as socket:
            await socket.send(msgspec.json.encode(order).decode())
            return _document(msgspec.json.decode(await socket.recv()))


@contextlib.asynccontextmanager
async def connected(address: str) -> AsyncIterator[Client]:
    """A client of the server at ``address``, with the cookie that it asks for."""
    # No proxy of the machine's: the server is on loopback.
    async with httpx.AsyncClient(base_url=address, timeout=ANSWER_PATIENCE_S, trust_env=False) as http:
        await http.get("/")  # sets the CSRF cookie
        yield Client(address, http)


def patience_s(experiment: Experiment) -> float:
    """How long its answer is waited for."""
    return ANSWER_PATIENCE_S + 2 * experiment.concurrency * experiment.delay_ms / 1000


def _document(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        raise ServerFailed(answer["error"])
    return answer
