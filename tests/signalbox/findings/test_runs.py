"""Findings in the documents of real runs: views and consumers under Daphne, commands, and what a command prints."""

import json
from contextlib import ExitStack
from typing import Any

from app.report import report
from tests.parts.api import Api


def codes(document: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in document["findings"]]


def test_a_plain_save_from_a_sync_view_has_none(api: Api) -> None:
    assert api.run("sync-view", "save", receivers="sync", atomic=True, delay_ms=5)["findings"] == []


def test_a_view_that_blocks_its_loop(api: Api) -> None:
    document = api.run("async-view", "send", receivers="sync", delay_ms=50)
    (finding,) = document["findings"]
    assert finding["code"] == "SB101"
    assert finding["source"].startswith("app/receivers.py:")
    receivers = [span["id"] for span in document["spans"] if span["kind"] == "receiver"]
    assert finding["spans"] == receivers
    printed = report(document)
    assert f"SB101 warning: Event loop blocked by a sync receiver ({finding['source']})" in printed
    assert "  What to do: Await the signal's asend() instead" in printed


def test_an_async_receiver_that_is_refused(api: Api) -> None:
    assert codes(api.run("async-view", "send_robust", receivers="both", delay_ms=0)) == ["SB301"]


def test_an_async_receiver_of_a_command(api: Api) -> None:
    assert "SB302" in codes(api.run("command", "send", receivers="async", delay_ms=0))
    assert "SB302" not in codes(api.run("sync-view", "send", receivers="async", delay_ms=0))


class TestConsumers:
    """Each consumer's run is recorded by itself: it knows that it waited, not for whom."""

    EXPERIMENT = json.dumps({"way": "asave", "receivers": "sync", "delay_ms": 150})

    def test_at_once_they_take_turns_on_one_thread(self, api: Api) -> None:
        """Channels itself goes to that thread before each message, outside of the run: while the first works there,
        the second may wait for that, and only the third surely in its run."""
        with ExitStack() as stack:
            path = "/ws/experiments/async-consumer/"
            sockets = [stack.enter_context(api.websocket(path)) for _ in range(3)]
            for socket in sockets:
                socket.send(self.EXPERIMENT)
            found = [codes(json.loads(socket.recv(30))) for socket in sockets]
        assert ["SB402" in one for one in found].count(True) in {1, 2}

    def test_near_miss_one_after_the_other(self, api: Api) -> None:
        with api.websocket("/ws/experiments/async-consumer/") as socket:
            for _ in range(2):
                socket.send(self.EXPERIMENT)
                assert "SB402" not in codes(json.loads(socket.recv(30)))
