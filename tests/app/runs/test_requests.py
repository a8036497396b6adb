"""A run's request, or the connection of its consumer: in its document, in the stream, and in nobody else's."""

import json
from typing import Any

import pytest

from tests.app.documents import check, spans_of, the
from tests.parts.api import Api, Document
from tests.parts.live import Live

NAMES = {
    "sync-view": "POST /experiments/sync-view/",
    "async-view": "POST /experiments/async-view/",
    "async-consumer": "websocket /ws/experiments/async-consumer/",
    "sync-consumer": "websocket /ws/experiments/sync-consumer/",
}


@pytest.mark.parametrize("caller", NAMES)
def test_it_is_around_the_caller_and_under_way(api: Api, live: Live, caller: str) -> None:
    document = api.run(caller, "save", delay_ms=0)
    check(document)
    request = the(document, "request")
    assert request["name"] == NAMES[caller]
    assert (request["end_ns"], request["outcome"]) == (None, None)
    assert next(thread for thread in document["threads"] if thread["key"] == request["thread"])["event_loop"]
    end = end_of(live, request)
    assert end["end_ns"] >= the(document, "caller")["end_ns"]
    assert end["outcome"] == "ok"
    if "view" in caller:
        attributes = end["attributes"]
        name = caller.replace("-", "_")
        assert (attributes["view"], attributes["status"]) == (f"app.callers.views.{name}", 200)
        assert attributes["running"][0][0] >= request["start_ns"]


def end_of(live: Live, request: dict[str, Any]) -> dict[str, Any]:
    """The end of the request on the stream, which comes when it has been answered."""
    key = (live.hello["server"], request["id"])
    live.hear_until(lambda frame: key in live.ended)
    return next(end for batch in live.of_type("batch") for end in batch["ended"] if end["id"] == request["id"])


def test_a_command_has_none(api: Api) -> None:
    assert spans_of(api.run("command", "save", delay_ms=0), "request") == []


@pytest.mark.parametrize("caller", ["async-consumer", "sync-consumer"])
def test_runs_on_one_connection_share_it(api: Api, live: Live, caller: str) -> None:
    documents: list[Document] = []
    with api.websocket(f"/ws/experiments/{caller}/") as socket:
        for _ in range(3):
            socket.send(json.dumps({"way": "asave", "delay_ms": 0}))
            documents.append(json.loads(socket.recv(15)))
    for document in documents:
        check(document)
    requests = [the(document, "request") for document in documents]
    assert requests == [requests[0]] * 3
    assert end_of(live, requests[0])["outcome"] == "ok"
    begun = [span for batch in live.of_type("batch") for span in batch["begun"] if span["kind"] == "request"]
    assert begun == requests[:1]


def test_pages_and_refused_requests_are_not_recorded(api: Api, live: Live) -> None:
    for path in ("/", "/runs/", "/api/runs/", "/nowhere/", "/static/js/laboratory.js"):
        api.http.get(path)
    assert api.post("/experiments/sync-view/", {"way": "teleport"}).status_code == 400
    with api.websocket("/ws/experiments/sync-consumer/") as socket:
        socket.send(json.dumps({"way": "teleport"}))
        assert "error" in json.loads(socket.recv(15))
    request = the(api.run("async-view", "asave", delay_ms=0), "request")
    end_of(live, request)
    assert [span["id"] for span in live.begun.values() if span["kind"] == "request"] == [request["id"]]
    assert {span["attributes"].get("signal") for span in live.begun.values()} == {None, "post_save"}
