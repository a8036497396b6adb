"""What a script does that runs experiments: HTTP with a CSRF token, websockets with an origin."""

import json
import ssl
import time
from contextlib import AbstractContextManager
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.parts.server import Server

WEBSOCKET_CALLERS = frozenset({"async-consumer", "sync-consumer"})
SECONDS_TO_ANSWER = 30
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

Document = dict[str, Any]


class Api:
    def __init__(self, server: Server) -> None:
        self.server = server
        # trust_env: a proxy of the machine's has nothing to do with a server on loopback, nor have its certificates,
        # which take longer to read than an experiment to run.
        self.http = httpx.Client(
            base_url=server.url, timeout=SECONDS_TO_ANSWER, trust_env=False, verify=NO_CERTIFICATES
        )
        self.http.get("/")  # sets the CSRF cookie

    def close(self) -> None:
        self.http.close()

    def get(self, path: str) -> Any:
        return self._json(self.http.get(path))

    def post(self, path: str, body: Any) -> httpx.Response:
        """The bare response, whatever its status."""
        return self.http.post(path, json=body, headers={"X-CSRFToken": self.http.cookies["csrftoken"]})

    def websocket(self, path: str, **options: Any) -> AbstractContextManager[ClientConnection]:
        options = {"origin": self.server.url, "proxy": None, "open_timeout": SECONDS_TO_ANSWER} | options
        return connect(self.server.ws_url + path, **options)

    def run(self, caller: str, way: str, **options: Any) -> Document:
        """Run one experiment and return its document; anything but a document is an error."""
        experiment = {"way": way, **options}
        if caller not in WEBSOCKET_CALLERS:
            return self._document(self._json(self.post(f"/experiments/{caller}/", experiment)))
        with self.websocket(f"/ws/experiments/{caller}/") as websocket:
            websocket.send(json.dumps(experiment))
            return self._document(json.loads(websocket.recv(SECONDS_TO_ANSWER)))

    def stored(self, run_id: str) -> Document:
        """The document of a run that nobody waits for, once it is there."""
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while (response := self.http.get(f"/runs/{run_id}.json")).status_code == 404:
            assert time.monotonic() < deadline, response.text
        document: Document = self._json(response)
        return document

    @staticmethod
    def _json(response: httpx.Response) -> Any:
        assert response.is_success, f"{response.request.method} {response.url}: {response.status_code}\n{response.text}"
        return response.json()

    @staticmethod
    def _document(answer: Document) -> Document:
        assert "verdict" in answer, answer
        return answer
