"""Request and connection spans in a developer's own project, served by a real Daphne in a process of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tests.parts.server import Server

Spans = list[dict[str, Any]]


class Project(Server):
    application = "tests.signalbox.own_project:application"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project(tmp_path_factory.mktemp("project"))
    project.start()
    yield project
    project.stop()


@pytest.fixture
def http(project: Project) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=project.url, trust_env=False) as client:
        yield client


@pytest.fixture
def recorded(http: httpx.Client) -> Callable[[], Spans]:
    """`recorded()`: what was recorded since the last call, without this question itself and what Django sends."""

    def ask() -> Spans:
        spans: Spans = http.get("/spans/").json()
        others: set[int] = set()
        for span in spans:
            known = span["attributes"]
            of_django = span["kind"] == "dispatch" and known["signal"].startswith("request_")
            if known.get("path") == "/spans/" or of_django or span["parent"] in others:
                others.add(span["id"])
        return [span for span in spans if span["id"] not in others]

    ask()
    return ask


def request_of(spans: Spans) -> dict[str, Any]:
    (request,) = (span for span in spans if span["kind"] == "request")
    return request


def above(spans: Spans, kind: str) -> list[str]:
    """The kinds of what the only span of that kind ran inside, from the inside out."""
    by_id = {span["id"]: span for span in spans}
    (span,) = (span for span in spans if span["kind"] == kind)
    kinds = []
    while span["parent"] is not None:
        span = by_id[span["parent"]]
        kinds.append(span["kind"])
    return kinds


def test_a_sync_view(http: httpx.Client, recorded: Callable[[], Spans]) -> None:
    assert http.get("/sync/7/?token=secret").text == "thanks"
    spans = recorded()
    request = request_of(spans)
    assert request["name"] == "GET /sync/7/"
    assert (request["outcome"], request["error"]) == ("ok", None)
    attributes = request["attributes"]
    assert attributes.pop("running")
    assert attributes == {
        "is_async": True,
        "protocol": "http",
        "method": "GET",
        "path": "/sync/7/",
        "route": "sync/<int:number>/",
        "view": "tests.signalbox.own_project.sync_view",
        "status": 200,
    }
    # Django's handler is on the event loop and takes the view to the request's thread.
    assert above(spans, "receiver") == ["dispatch", "hop", "request"]
    assert "secret" not in str(spans)


def test_an_async_view(http: httpx.Client, recorded: Callable[[], Spans]) -> None:
    assert http.get("/async/").status_code == 201
    spans = recorded()
    request = request_of(spans)
    assert request["attributes"]["status"] == 201
    assert above(spans, "dispatch") == ["request"]
    for span in spans:
        assert request["start_ns"] <= span["start_ns"] <= span["end_ns"] <= request["end_ns"]


def test_a_view_that_raises(http: httpx.Client, recorded: Callable[[], Spans]) -> None:
    """Django has made a response of it before it gets to the middleware."""
    assert http.get("/refusing/").status_code == 500
    request = request_of(recorded())
    assert (request["outcome"], request["attributes"]["status"]) == ("ok", 500)
    assert request["attributes"]["view"] == "tests.signalbox.own_project.refusing_view"


def test_an_address_that_is_not_there(http: httpx.Client, recorded: Callable[[], Spans]) -> None:
    assert http.get("/" + "x" * 1000).status_code == 404
    attributes = request_of(recorded())["attributes"]
    assert (attributes["view"], attributes["route"], attributes["status"]) == (None, None, 404)
    assert len(attributes["path"]) == 200


def test_the_body_of_a_streaming_response_comes_after_the_request(
    http: httpx.Client, recorded: Callable[[], Spans]
) -> None:
    assert http.get("/async-streaming/").text == "one two"
    spans = recorded()
    assert request_of(spans)["attributes"]["status"] == 200
    assert above(spans, "dispatch") == []


@pytest.mark.parametrize("path", ["/ws/async/", "/ws/sync/"])
def test_one_span_for_each_connection(project: Project, recorded: Callable[[], Spans], path: str) -> None:
    with (
        connect(f"{project.ws_url}{path}?token=secret", proxy=None) as first,
        connect(project.ws_url + path, proxy=None) as second,
    ):
        for socket in (first, second, first):
            socket.send("an order")
            assert socket.recv(10) == "thanks"
        spans = recorded()
    requests = [span for span in spans if span["kind"] == "request"]
    assert [span["name"] for span in requests] == [f"websocket {path}"] * 2
    # A connection is under way as long as it is open.
    assert {(span["end_ns"], span["outcome"]) for span in requests} == {(None, None)}
    assert requests[0]["attributes"] == {"is_async": True, "protocol": "websocket", "path": path}
    by_id = {span["id"]: span for span in spans}
    owners = []
    for span in (span for span in spans if span["kind"] == "dispatch"):
        while span["parent"] is not None:
            span = by_id[span["parent"]]  # noqa: PLW2901 (going up)
        owners.append(span["id"])
    first_id, second_id = (span["id"] for span in requests)
    assert owners == [first_id, second_id, first_id]
    assert "secret" not in str(spans)
