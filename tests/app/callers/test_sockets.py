"""What the consumers answer, and what they refuse."""

import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.experiments import LARGEST_FRAME
from tests.app.sentences import check_sentence
from tests.parts.api import SECONDS_TO_ANSWER, Api

CONSUMERS = ["/ws/experiments/async-consumer/", "/ws/experiments/sync-consumer/"]
RUN = json.dumps({"way": "asend", "delay_ms": 0})

consumers = pytest.mark.parametrize("path", CONSUMERS)


def ask(websocket: Any, frame: str | bytes) -> Any:
    websocket.send(frame)
    return json.loads(websocket.recv(SECONDS_TO_ANSWER))


def check_closed(websocket: Any, code: int) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        websocket.recv(SECONDS_TO_ANSWER)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


@consumers
def test_runs_one_after_the_other_on_one_socket(shared_api: Api, path: str) -> None:
    with shared_api.websocket(path) as websocket:
        runs = [ask(websocket, RUN) for _ in range(3)]
    assert len({run["id"] for run in runs}) == 3
    assert all(shared_api.get(f"/runs/{run['id']}.json") == run for run in runs)


@consumers
@pytest.mark.parametrize(
    ("frame", "parts"),
    [
        ('{"way": "teleport"}', ["way", '"teleport"']),
        ('{"way": "save", "receivers": "some"}', ["receivers", '"some"']),
        ('{"way": "save", "delay_ms": 10001}', ["delay_ms", "10001"]),
        ('["save"]', ["JSON object", '["save"]']),
    ],
)
def test_a_refused_experiment_leaves_the_socket_open(shared_api: Api, path: str, frame: str, parts: list[str]) -> None:
    with shared_api.websocket(path) as websocket:
        answer = ask(websocket, frame)
        assert answer.keys() == {"error", "status"}
        assert answer["status"] == 400
        check_sentence(answer["error"], *parts)
        assert ask(websocket, RUN)["verdict"]["error"] is None


@consumers
@pytest.mark.parametrize("frame", ["save", "", '{"way": ', b'{"way": "save"}', '{"way": "\\ud800"}', "[" * 2_000])
def test_a_frame_that_is_no_json_closes_the_socket(shared_api: Api, path: str, frame: str | bytes) -> None:
    with shared_api.websocket(path) as websocket:
        answer = ask(websocket, frame)
        assert answer["status"] == 400
        check_sentence(answer["error"], "JSON object")
        check_closed(websocket, 4400)


@consumers
def test_a_frame_that_is_too_large_closes_the_socket(shared_api: Api, path: str) -> None:
    with shared_api.websocket(path) as websocket:
        answer = ask(websocket, RUN.ljust(LARGEST_FRAME + 1))
        assert answer["status"] == 413
        check_sentence(answer["error"], "65536", "65537")
        check_closed(websocket, 4413)


@consumers
def test_the_largest_frame(shared_api: Api, path: str) -> None:
    with shared_api.websocket(path) as websocket:
        assert ask(websocket, RUN.ljust(LARGEST_FRAME))["verdict"]["error"] is None


@pytest.mark.parametrize("path", [*CONSUMERS, "/ws/live/"])
@pytest.mark.parametrize("origin", [None, "http://elsewhere.example", "http://127.0.0.1:1", "null"])
def test_another_origin(shared_api: Api, path: str, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused, shared_api.websocket(path, origin=origin):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/ws/elsewhere/", "/", "/ws/experiments/sync-view/"])
def test_an_unknown_address(shared_api: Api, path: str) -> None:
    with shared_api.websocket(path) as websocket:
        answer = json.loads(websocket.recv(SECONDS_TO_ANSWER))
        assert answer["status"] == 404
        check_sentence(answer["error"], "/ws/live/", path)
        check_closed(websocket, 4404)
