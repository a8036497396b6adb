"""The server of `make run` when it is told to end, while experiments are under way that would last for long."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from app.tether import PATIENCE_S
from tests.app.rules import CALLERS
from tests.parts.api import Api
from tests.parts.live import Live, watching
from tests.parts.server import RunServer, Servers

#: An experiment that nobody wants to wait for.
LONG = {"receivers": "both", "delay_ms": 10_000}
#: The consumers share a thread: the second would come to its receivers after the first.
AT_WORK = [caller for caller in CALLERS if caller not in {"sync-consumer", "background-task"}]


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """Also where the tests run in the background: what a shell has ignored there, a server would not hear."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    servers = Servers(lambda: tmp_path_factory.mktemp("server"), RunServer)
    yield servers
    for server in servers.started:
        server.kill()


class Told:
    """A server that is told to end, while pages and scripts wait for it."""

    def __init__(self, servers: Servers, clients: ExitStack) -> None:
        self.server = servers()
        self.api = clients.enter_context(closing(Api(self.server)))
        self.live: Live = clients.enter_context(watching(self.api))
        self._clients = clients.enter_context(ThreadPoolExecutor(len(CALLERS)))

    def ask(self, caller: str, **order: Any) -> "Future[dict[str, Any] | None]":
        """Have an experiment begun; what comes of it is None when the server goes away before."""
        return self._clients.submit(self._ask, caller, order)

    def _ask(self, caller: str, order: dict[str, Any]) -> dict[str, Any] | None:
        try:
            return self.api.run(caller, **order)
        except (httpx.TransportError, ConnectionClosed):
            return None

    def end(self, *signals: int) -> tuple[int, float]:
        """Give it the signals, each when the one before was heard; gives its exit code, and the seconds it took."""
        process = self.server.process
        assert process is not None
        began = time.monotonic()
        for number in signals:
            process.send_signal(number)
            while "The server ends." not in self.server.log() and process.poll() is None:
                assert time.monotonic() < began + 10 * PATIENCE_S, self.server.log()
                time.sleep(0.01)
        return process.wait(10 * PATIENCE_S), time.monotonic() - began


@pytest.fixture
def told(servers: Servers) -> Iterator[Told]:
    with ExitStack() as clients:
        yield Told(servers, clients)


def test_it_ends_at_once_and_says_in_one_line_what_it_has_broken_off(told: Told) -> None:
    run = told.api.run("sync-view", "queryset_update")
    answers = [told.ask(caller, way="asave" if CALLERS[caller].on_loop else "save", **LONG) for caller in AT_WORK]
    told.live.hear_until(lambda _: len(callers_at_work(told.live)) == len(AT_WORK))
    code, seconds = told.end(signal.SIGTERM)
    assert code == 0
    assert seconds < PATIENCE_S + 1
    assert [answer.result() for answer in answers] == [None] * len(AT_WORK)
    assert told.server.log().count(f"counted by their callers: {len(AT_WORK)}; they are broken off") == 1
    assert "Traceback" not in told.server.log()
    wait_for_the_end_of({process for process, _ in told.live.begun} - {told.live.hello["server"]})
    told.server.kill()
    told.server.start()
    with closing(Api(told.server)) as api:
        assert [one["id"] for one in api.get("/api/runs/")["runs"]] == [run["id"]]
        assert api.get(f"/runs/{run['id']}.json") == run


def callers_at_work(live: Live) -> set[tuple[int, int]]:
    """Those that have come to a receiver, as their process and the id of their span."""
    receivers = [(process, span) for (process, _), span in live.begun.items() if span["kind"] == "receiver"]
    return {(process, span["attributes"]["caller"]) for process, span in receivers}


def wait_for_the_end_of(processes: set[int]) -> None:
    """Of commands, which end a moment after their server."""
    assert processes
    deadline = time.monotonic() + 2 * PATIENCE_S
    for process in processes:
        while is_there(process):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("times", [1, 2])
def test_a_busy_database_does_not_keep_it_and_told_twice_it_does_not_wait(told: Told, times: int) -> None:
    """A run that is over waits for the transaction of one that is not."""
    told.ask("sync-view", way="save", atomic=True, **LONG)
    told.live.hear_begin("my_signal_handler")
    told.ask("async-view", way="asend", delay_ms=0)
    told.live.hear_until(lambda frame: any(one["kind"] == "request" for one in frame.get("begun", [])))
    told.live.hear_until(lambda frame: frame.get("experiments") == 1)
    code, seconds = told.end(*[signal.SIGINT] * times)
    assert (code, seconds < PATIENCE_S) == ((0, False), (-signal.SIGINT, True))[times - 1]
    assert seconds < PATIENCE_S + 1
    assert told.server.log().count("Runs that were over, and had to wait too long") == 2 - times


def test_it_ends_by_itself_where_nothing_is_under_way(told: Told) -> None:
    told.api.run("sync-view", "save", delay_ms=0)
    assert told.end(signal.SIGINT)[0] == 0
    assert "The server ends" not in told.server.log()
