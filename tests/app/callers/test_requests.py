"""What the HTTP door refuses, and how."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.callers.requests import document_of
from app.experiments import LARGEST_BODY, check_experiment
from app.runs.under_way import RunUnderWay
from tests.app.sentences import check_sentence
from tests.parts.api import Api

PATH = "/experiments/sync-view/"


def post(api: Api, content: Any, path: str = PATH, **headers: str) -> httpx.Response:
    """A body as it is, JSON or not."""
    headers = {"X-CSRFToken": api.http.cookies["csrftoken"], "Content-Type": "application/json", **headers}
    return api.http.post(path, content=content, headers=headers)


def check_refusal(response: httpx.Response, status: int, *parts: str) -> None:
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "application/json"
    assert list(response.json()) == ["error"]
    check_sentence(response.json()["error"], *parts)


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"way": "teleport"}, ["way", "one of save, create", '"teleport"']),
        ({"way": None}, ["way", "null"]),
        ({"receivers": "some"}, ["receivers", "one of sync, async, both", '"some"']),
        ({"receivers": None}, ["receivers", "one of sync, async, both", "null"]),
        ({"fail": "perhaps"}, ["fail", "null or one of sync, async, both", '"perhaps"']),
        ({"fail": "async"}, ["fail", "null or sync", "async"]),
        ({"atomic": 1}, ["atomic", "bool", "got 1"]),
        ({"delay_ms": 10_001}, ["delay_ms", "10000", "got 10001"]),
        ({"delay_ms": -1}, ["delay_ms", "0", "got -1"]),
        ({"delay_ms": "x"}, ["delay_ms", "int", 'got "x"']),
        ({"delay_ms": 1.5}, ["delay_ms", "int", "got 1.5"]),
        ({"delay_ms": True}, ["delay_ms", "int", "got true"]),
        ({"delay_ms": 10**400}, ["delay_ms", "10000"]),
        ({"concurrency": 0}, ["concurrency", ">= 1", "got 0"]),
        ({"concurrency": 51}, ["concurrency", "<= 50", "got 51"]),
        ({"concurrency": "many"}, ["concurrency", "int", 'got "many"']),
        ({"colour": "red"}, ["`colour`", "way, receivers, atomic, delay_ms, fail, concurrency"]),
        ({"n" * 5_000: 1}, ["way, receivers, atomic, delay_ms, fail"]),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, dict) else "",
)
def test_an_unknown_value(shared_api: Api, change: dict[str, Any], parts: list[str]) -> None:
    check_refusal(post(shared_api, json.dumps({"way": "save", **change})), 400, *parts)


@pytest.mark.parametrize("caller", ["command", "command-async"])
def test_a_command_has_one_caller(shared_api: Api, caller: str) -> None:
    response = shared_api.post(f"/experiments/{caller}/", {"way": "save", "concurrency": 2})
    check_refusal(response, 400, "concurrency: expected 1", caller, "got 2")


def test_no_way(shared_api: Api) -> None:
    check_refusal(post(shared_api, "{}"), 400, "`way`", "only way is required")


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "not JSON"),
        (b"way=save", "not JSON"),
        (b'{"way": "save"', "not JSON"),
        (b'{"way": "\xff\xfe"}', "not JSON"),
        (b"\xff", "not JSON"),
        (b'["save"]', 'got ["save"]'),
        (b"null", "got null"),
    ],
)
def test_no_json_object(shared_api: Api, body: bytes, part: str) -> None:
    check_refusal(post(shared_api, body), 400, "JSON object", part)


# The decoder gives up at some depth near the interpreter's limit, the encoder of the sentence at a smaller one.
@pytest.mark.parametrize("depth", [*range(980, 1_000), 8_000])
def test_deep_nesting(shared_api: Api, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    assert post(shared_api, nested).status_code == 400
    check_refusal(post(shared_api, f'{{"way": {nested}}}'), 400)


@pytest.mark.parametrize("path", ["/experiments/sync-view/", "/experiments/async-view/", "/experiments/command/"])
def test_a_body_that_is_too_large(shared_api: Api, path: str) -> None:
    body = b'{"way": "save"}'.ljust(LARGEST_BODY + 1)
    check_refusal(post(shared_api, body, path), 413, "16384", "got 16385")


def test_a_body_that_is_too_large_and_comes_in_pieces(shared_api: Api) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"way": "save"}'
        yield b" " * LARGEST_BODY

    check_refusal(post(shared_api, pieces()), 413, "16384")


def test_the_largest_body(shared_api: Api) -> None:
    assert post(shared_api, b'{"way": "send", "delay_ms": 0}'.ljust(LARGEST_BODY)).status_code == 200


@pytest.mark.parametrize("path", ["/experiments/sync-view/", "/experiments/async-view/"])
def test_a_form(shared_api: Api, path: str) -> None:
    token = shared_api.http.cookies["csrftoken"]
    response = shared_api.http.post(path, files={"way": b"save"}, headers={"X-CSRFToken": token})
    check_refusal(response, 400, "JSON", "multipart/form-data")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("caller", ["sync-view", "async-view", "command"])
def test_another_method(shared_api: Api, caller: str, method: str) -> None:
    token = shared_api.http.cookies["csrftoken"]
    response = shared_api.http.request(method, f"/experiments/{caller}/", headers={"X-CSRFToken": token})
    check_refusal(response, 405, "POST", method)
    assert response.headers["allow"] == "POST"


def test_an_unknown_caller(shared_api: Api) -> None:
    check_refusal(shared_api.post("/experiments/carrier-pigeon/", {"way": "save"}), 404, "sync-view", "carrier-pigeon")


def test_a_consumer_over_http(shared_api: Api) -> None:
    response = shared_api.post("/experiments/async-consumer/", {"way": "asave"})
    check_refusal(response, 400, "websocket at /ws/experiments/async-consumer/")


@pytest.mark.parametrize("token", [None, "a" * 32])
def test_a_csrf_token_that_is_missing_or_wrong(shared_api: Api, token: str | None) -> None:
    headers = {"X-CSRFToken": token} if token else {}
    response = shared_api.http.post(PATH, json={"way": "save"}, headers=headers)
    check_refusal(response, 403, "csrftoken cookie", "X-CSRFToken")


def test_another_origin(shared_api: Api) -> None:
    check_refusal(post(shared_api, b'{"way": "save"}', Origin="http://elsewhere.example"), 403, "elsewhere.example")


def test_another_host(shared_api: Api) -> None:
    response = post(shared_api, b'{"way": "save"}', Host="elsewhere.example")
    assert response.status_code == 400
    assert "elsewhere.example" in response.text


async def test_a_run_gets_its_document_also_when_nobody_waits_for_it() -> None:
    run = RunUnderWay(check_experiment("async-view", {"way": "asend"}), "server")
    waiting = asyncio.create_task(document_of(run))
    await asyncio.sleep(0)  # it waits
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert run.result.set_running_or_notify_cancel()
