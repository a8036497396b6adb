"""Starting a real server on a free port, and asking it to run an experiment over HTTP or a websocket."""

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO, Any, cast

import httpx
import msgspec
from django.conf import settings
from websockets.sync.client import connect
from websockets.typing import Origin

from app.callers.registry import CALLERS
from app.experiments import Experiment

#: Until a server listens, and until an experiment has answered beyond its own delay, in seconds.
START_PATIENCE_S = 60.0
ANSWER_PATIENCE_S = 60.0


class ServerFailed(Exception):
    """The server did not start, or did not answer as a server of this project does."""


@contextlib.contextmanager
def daphne() -> Iterator[str]:
    """A Daphne of its own process, on a port that the system chose; gives its address, ``http://127.0.0.1:…``."""
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", "0", "asgi_demo.asgi:application"]
    process = subprocess.Popen(
        command, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    deadline = threading.Timer(START_PATIENCE_S, process.kill)
    deadline.start()
    try:
        yield _address(process, deadline)
    finally:
        deadline.cancel()
        process.terminate()
        process.wait()


def _address(process: "subprocess.Popen[str]", deadline: threading.Timer) -> str:
    """Read the server's log up to the line that names its port; then keep the pipe empty."""
    stderr = cast("IO[str]", process.stderr)
    log = []
    for line in stderr:
        log.append(line)
        if found := re.search(r"Listening on TCP address 127\.0\.0\.1:(\d+)", line):
            deadline.cancel()
            threading.Thread(target=stderr.read, daemon=True).start()
            return f"http://127.0.0.1:{found[1]}"
    raise ServerFailed("Expected Daphne to listen on a port; it ended with:\n" + "".join(log[-20:]))


def run_on(address: str, experiment: Experiment) -> dict[str, Any]:
    """Run the experiment through its real entry point on a server; gives the run's document."""
    caller = CALLERS[experiment.caller]
    order = {key: value for key, value in msgspec.to_builtins(experiment).items() if key != "caller"}
    patience = ANSWER_PATIENCE_S + 2 * experiment.concurrency * experiment.delay_ms / 1000
    if caller.transport == "websocket":
        return _run_over_websocket(address, caller.url, order, patience)
    return _run_over_http(address, caller.url, order, patience)


def _run_over_http(address: str, url: str, order: dict[str, Any], patience: float) -> dict[str, Any]:
    # No proxy of the machine's: the server is on loopback.
    with httpx.Client(base_url=address, timeout=patience, trust_env=False) as client:
        client.get("/")  # sets the CSRF cookie
        response = client.post(url, json=order, headers={"X-CSRFToken": client.cookies["csrftoken"]})
    answer: dict[str, Any] = response.json()
    if response.status_code != httpx.codes.OK:
        raise ServerFailed(answer["error"])
    return answer


def _run_over_websocket(address: str, url: str, order: dict[str, Any], patience: float) -> dict[str, Any]:
    websocket = address.replace("http", "ws", 1) + url
    with connect(websocket, origin=Origin(address), max_size=None, proxy=None) as socket:
        socket.send(msgspec.json.encode(order).decode())
        answer: dict[str, Any] = msgspec.json.decode(socket.recv(timeout=patience))
    if "error" in answer:
        raise ServerFailed(answer["error"])
    return answer
