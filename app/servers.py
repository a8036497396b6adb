"""The servers that the laboratory runs under, and how one is started on a free port and stopped again."""

import asyncio
import contextlib
import importlib.util
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping

import httpx
import msgspec
from django.conf import settings

from app.tether import PATIENCE_S

#: Until a server answers, and until it has ended after it was told to and then was made to, in seconds.
START_PATIENCE_S = 60.0
STOP_PATIENCE_S = PATIENCE_S + 2
_ADDRESS = re.compile(r"127\.0\.0\.1:([1-9]\d*)")


class ServerFailed(Exception):
    """The server did not start, or did not answer as a server of this project does."""


class ServerKind(msgspec.Struct, frozen=True):
    """A server as it is started for one measurement: one process that serves, nothing else of its defaults changed."""

    slug: str
    package: str
    arguments: tuple[str, ...]
    protocol: str = "ASGI"

    @property
    def has_websockets(self) -> bool:
        return self.protocol == "ASGI"

    @property
    def is_installed(self) -> bool:
        return importlib.util.find_spec(self.package) is not None


_ASGI, _WSGI = "asgi_demo.asgi:application", "asgi_demo.wsgi:application"
_GUNICORN = ("--bind", "127.0.0.1:0", "--no-control-socket", "--workers", "1")
_KINDS = (
    ServerKind("daphne", "daphne", ("-b", "127.0.0.1", "-p", "0", _ASGI)),
    ServerKind("uvicorn", "uvicorn", ("--host", "127.0.0.1", "--port", "0", "--no-access-log", _ASGI)),
    ServerKind("hypercorn", "hypercorn", ("--bind", "127.0.0.1:0", _ASGI)),
    # Granian says the port that it was given, not the one that the system chose.
    ServerKind("granian", "granian", ("--interface", "asgi", "--host", "127.0.0.1", "--port", "{port}", _ASGI)),
    ServerKind("gunicorn", "gunicorn", (*_GUNICORN, "--worker-class", "sync", _WSGI), "WSGI"),
    ServerKind(
        "gunicorn-threads", "gunicorn", (*_GUNICORN, "--worker-class", "gthread", "--threads", "8", _WSGI), "WSGI"
    ),
)
SERVERS: dict[str, ServerKind] = {kind.slug: kind for kind in _KINDS}


def kind_of(server: str) -> str:
    """The slug of the kind that a run's environment names: ``gunicorn-threads`` of ``gunicorn 27.0.1 threads``."""
    package, *rest = server.split()
    return f"{package}-threads" if "threads" in rest else package


@contextlib.asynccontextmanager
async def serving(kind: ServerKind, environment: Mapping[str, str] | None = None) -> AsyncIterator[str]:
    """A server of its own process, on a free port; gives its address, ``http://127.0.0.1:…``. Raises ServerFailed.

    ``environment`` is added to this process's own. Whatever ends the block, the server has ended when it is left; and
    whatever ends this process, the server ends with it.
    """
    if not kind.is_installed:
        raise ServerFailed(
            f"Expected {kind.package} to be installed beside {sys.executable}; it is not. "
            f"This installs it: {sys.executable} -m pip install {kind.package}"
        )
    arguments = [argument.format(port=_free_port()) for argument in kind.arguments]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.tether", sys.executable, "-m", kind.package, *arguments),
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,  # Ctrl-C is for whoever started it; and its workers end with it
    )
    log = _Log(process)
    try:
        address = await _answering(kind, process, log)
        yield address
    finally:
        await _stop(process)
        await log.reading


class _Log:
    """What a server says, read to the end so that it never waits for its reader; the last lines are kept."""

    def __init__(self, process: Process) -> None:
        self.address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.lines: list[str] = []
        self.reading = asyncio.create_task(self._read(process))

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None  # noqa: S101
        async for line in process.stdout:
            text = line.decode(errors="replace")
            self.lines = [*self.lines[-19:], text]
            if (found := _ADDRESS.search(text)) and not self.address.done():
                self.address.set_result(f"http://127.0.0.1:{found[1]}")
        if not self.address.done():
            self.address.set_result("")


async def _answering(kind: ServerKind, process: Process, log: _Log) -> str:
    """The server's address, once it answers there: some say it before they listen."""
    try:
        async with (
            asyncio.timeout(START_PATIENCE_S),
            httpx.AsyncClient(trust_env=False, timeout=START_PATIENCE_S) as client,
        ):
            address = await log.address
            while address and process.returncode is None:
                with contextlib.suppress(httpx.TransportError):
                    await client.get(address)
                    return address
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass
    raise ServerFailed(f"Expected {kind.slug} to answer on a port; it said:\n{''.join(log.lines)}")


async def _stop(process: Process) -> None:
    """End the server and its workers: the tether does it, when it is let go of."""
    assert process.stdin is not None  # noqa: S101
    process.stdin.close()
    try:
        async with asyncio.timeout(STOP_PATIENCE_S):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
