"""A real Daphne in a process of its own, with a database of its own."""

import functools
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 30
SECONDS_TO_STOP = 20
LISTENING = re.compile(r"(?:Listening on TCP address |server at http://)[^\s:]+:(\d+)")
# What the caller's shell says about a laboratory is not for the tests' servers.
FOREIGN = ("DJANGO_", "SIGNALBOX_", "SQLITE_PATH", "DATABASE_URL", "REDIS_URL")

Answer = TypeVar("Answer")


class ServerError(Exception):
    pass


class Server:
    host = "127.0.0.1"
    application = "asgi_demo.asgi:application"

    def __init__(self, directory: Path, **environment: str) -> None:
        self.directory = directory
        self.environment = {
            "DJANGO_DEBUG": "1",
            "PYTHONUNBUFFERED": "1",
            "SQLITE_PATH": str(directory / "db.sqlite3"),
            **environment,
        }
        self.port = 0  # the system's choice at the first start, the same port at every later one
        self.process: subprocess.Popen[bytes] | None = None
        self._log = directory / "server.log"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        if self.process is None:
            raise ServerError("The server is not running.")
        return self.process.pid

    def log(self) -> str:
        """All that this server said, over all its starts."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def manage(self, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a management command with this server's settings and database."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False, **options
        )
        if done.returncode:
            raise ServerError(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def start(self) -> None:
        said = len(self.log())
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._command(), cwd=ROOT, env=self._environment(), stdout=log, stderr=log)
        try:
            listening = self._eventually(lambda: LISTENING.search(self.log(), said))
            self.port = int(listening[1])
            self._eventually(self._answers)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """As Ctrl-C does; a server that does not obey is an error."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            raise ServerError(f"The server did not stop in {SECONDS_TO_STOP} seconds.\n{self.log()}") from None
        finally:
            self.kill()

    def kill(self) -> None:
        """As a crash does: no goodbye to anybody."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "daphne", "-b", self.host, "-p", str(self.port), self.application]

    def _environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
        return inherited | self.environment

    def _eventually(self, question: Callable[[], Answer | None]) -> Answer:
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            if answer := question():
                return answer
            if self.process is not None and self.process.poll() is not None:
                raise ServerError(f"The server ended with {self.process.returncode}.\n{self.log()}")
            time.sleep(0.02)
        raise ServerError(f"The server was not there in {SECONDS_TO_START} seconds.\n{self.log()}")

    def _answers(self) -> bool:
        """The first byte of an answer to a real request: whatever it says, the server is up."""
        try:
            with socket.create_connection((self.host, self.port), timeout=SECONDS_TO_START) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return bool(connection.recv(1))
        except OSError:
            return False


class RunServer(Server):
    """As `make run` starts it."""

    def _command(self) -> list[str]:
        if not self.port:  # it says the port that it was given, not the one that the system chose
            with socket.socket() as free:
                free.bind((self.host, 0))
                self.port = free.getsockname()[1]
        return [sys.executable, "manage.py", "runserver", "--noreload", f"{self.host}:{self.port}"]


@functools.cache
def migrated_database() -> bytes:
    """A database with its tables and nothing in them, made once for all servers."""
    with TemporaryDirectory() as directory:
        Server(Path(directory)).manage("migrate", "--verbosity", "0")
        return (Path(directory) / "db.sqlite3").read_bytes()


class Servers:
    """Starts servers, and remembers them: to stop them, and to show what they said when a test fails."""

    def __init__(self, directory: Callable[[], Path], kind: type[Server] = Server) -> None:
        self._directory = directory
        self._kind = kind
        self._end = ExitStack()
        self.started: list[Server] = []

    def __call__(self, **environment: str) -> Server:
        server = self._kind(self._directory(), **environment)
        (server.directory / "db.sqlite3").write_bytes(migrated_database())
        self.started.append(server)
        self._end.callback(server.stop)
        server.start()
        return server

    def stop(self) -> None:
        """Stop all of them, also when one of them refuses."""
        self._end.close()
