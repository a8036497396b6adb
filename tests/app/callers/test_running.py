"""Clients that go away in the middle of a run: it is stored all the same, and nothing of it grows for ever."""

import json
from collections.abc import Iterator

import pytest

from tests.app.callers.leaving import asking
from tests.app.documents import check, the
from tests.parts.api import Api
from tests.parts.live import Frame, Live, watching


@pytest.fixture
def live(shared_api: Api) -> Iterator[Live]:
    with watching(shared_api) as live:
        yield live


def check_run_was_stored(api: Api, live: Live, receiver: Frame) -> dict[str, object]:
    """The run of this receiver: it ends on the stream, and can be read."""
    live.hear_ends()
    run_id = live.begun[receiver["process"], receiver["attributes"]["caller"]]["attributes"]["run"]
    document = api.stored(run_id)
    check(document)
    assert the(document, "receiver")["outcome"] == "ok"
    return document["verdict"]


@pytest.mark.parametrize(("caller", "way"), [("sync-view", "save"), ("async-view", "asave"), ("async-view", "asend")])
def test_an_http_client_goes_away(shared_api: Api, live: Live, caller: str, way: str) -> None:
    with asking(shared_api, caller, way=way, delay_ms=400):
        receiver = live.hear_begin("app.receivers.")
    verdict = check_run_was_stored(shared_api, live, receiver)
    if caller == "async-view":  # a sync view has a thread that cannot be cancelled
        assert verdict["error"] == "CancelledError"


@pytest.mark.parametrize("caller", ["async-consumer", "sync-consumer"])
def test_a_websocket_client_goes_away(shared_api: Api, live: Live, caller: str) -> None:
    with shared_api.websocket(f"/ws/experiments/{caller}/") as websocket:
        websocket.send(json.dumps({"way": "asave", "delay_ms": 400}))
        receiver = live.hear_begin("app.receivers.")
    assert check_run_was_stored(shared_api, live, receiver)["error"] is None
