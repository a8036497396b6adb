"""Many callers at once: each is a request or a websocket of its own, and all of them are one run."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from app.callers import siblings
from app.callers.siblings import leave_it_to_siblings, place_of
from app.experiments import MOST_AT_ONCE, check_experiment
from app.live.laboratory import laboratory
from app.runs.under_way import RunUnderWay
from tests.app import rules
from tests.app.callers.leaving import asking
from tests.app.documents import check, spans_of
from tests.app.test_matrix import answers_of
from tests.parts.api import Api, Document
from tests.parts.live import watching

SEVERAL = 4
IN_THE_SERVER = [slug for slug, caller in rules.CALLERS.items() if caller.in_server]
VIEWS = ["sync-view", "async-view"]
CONSUMERS = ["async-consumer", "sync-consumer"]


def by_caller(document: Document) -> dict[int, list[dict[str, Any]]]:
    """The receivers' spans, for each caller."""
    receivers: dict[int, list[dict[str, Any]]] = {span["id"]: [] for span in spans_of(document, "caller")}
    for span in spans_of(document, "receiver"):
        receivers[span["attributes"]["caller"]].append(span)
    return receivers


def codes(document: Document) -> set[str]:
    return {finding["code"] for finding in document["findings"]}


def overlap(spans: list[dict[str, Any]]) -> bool:
    """Whether there was a moment at which all were under way."""
    return max(span["start_ns"] for span in spans) < min(span["end_ns"] for span in spans)


def in_turn(spans: list[dict[str, Any]]) -> bool:
    spans = sorted(spans, key=lambda span: int(span["start_ns"]))
    return all(one["end_ns"] <= other["start_ns"] for one, other in pairwise(spans))


@pytest.mark.parametrize("way", ["asave", "send"])
@pytest.mark.parametrize("caller", IN_THE_SERVER)
def test_each_is_a_caller_as_a_single_one_is(shared_api: Api, caller: str, way: str) -> None:
    document = shared_api.run(caller, way, receivers="both", delay_ms=50, concurrency=SEVERAL)
    check(document)
    (django,) = {tuple(map(int, document["environment"]["django"].split(".")[:2]))}
    possible = rules.derivations(caller, way, "both", rules.Circumstances(django))  # type: ignore[arg-type]
    assert len(by_caller(document)) == SEVERAL
    answers = answers_of(document)
    for receivers in by_caller(document).values():
        mine = {span["id"] for span in receivers}
        order = sorted(document["verdict"]["receivers"], key=lambda one: (one["dispatch"], one["is_async"]))
        assert [answer for answer, one in zip(answers, order, strict=True) if one["span"] in mine] in [
            cell.answers for cell in possible
        ]
    assert (document["verdict"]["error"] or "").partition(":")[0] == (possible[0].error or "")
    assert shared_api.get(f"/runs/{document['id']}.json") == document


@pytest.mark.parametrize("caller", VIEWS)
def test_requests_have_a_thread_each(shared_api: Api, caller: str) -> None:
    document = shared_api.run(caller, "asave", delay_ms=400, concurrency=SEVERAL)
    receivers = spans_of(document, "receiver")
    assert len({span["thread"] for span in receivers}) == SEVERAL
    assert overlap(receivers)
    assert "SB402" not in codes(document)


@pytest.mark.parametrize(("caller", "way"), [("async-consumer", "asave"), ("sync-consumer", "save")])
def test_consumers_take_turns_on_one_thread(shared_api: Api, caller: str, way: str) -> None:
    document = shared_api.run(caller, way, delay_ms=100, concurrency=SEVERAL)
    receivers = spans_of(document, "receiver")
    assert len({span["thread"] for span in receivers}) == 1
    assert in_turn(receivers)
    (finding,) = (one for one in document["findings"] if one["code"] == "SB402")
    assert f"{SEVERAL} callers shared" in finding["explain"]


@pytest.mark.parametrize("caller", [*VIEWS, *CONSUMERS])
def test_all_are_let_go_at_the_same_moment(shared_api: Api, caller: str) -> None:
    document = shared_api.run(caller, "asave", delay_ms=10, concurrency=MOST_AT_ONCE)
    check(document)
    callers = spans_of(document, "caller")
    assert len(callers) == len(document["verdict"]["receivers"]) == MOST_AT_ONCE
    asked = [span["attributes"]["asked_ns"] for span in callers]
    assert max(asked) <= min(span["end_ns"] for span in spans_of(document, "receiver"))
    assert all(one <= span["start_ns"] for one, span in zip(asked, callers, strict=True))


def test_an_error_of_theirs_is_counted(shared_api: Api) -> None:
    document = shared_api.run("sync-view", "save", delay_ms=0, fail="sync", concurrency=SEVERAL)
    assert document["verdict"]["error"].startswith("ToldToFail: ")
    assert "4 of 4 callers got an error; the first one's is shown." in document["verdict"]["notes"]


def test_the_one_who_asked_goes_away(shared_api: Api) -> None:
    with watching(shared_api) as live:
        with asking(shared_api, "async-view", way="asave", delay_ms=400, concurrency=SEVERAL):
            receiver = live.hear_begin("app.receivers.")
        live.hear_ends()
        run_id = live.begun[receiver["process"], receiver["attributes"]["caller"]]["attributes"]["run"]
    document = shared_api.stored(run_id)
    check(document)
    assert [span["outcome"] for span in spans_of(document, "receiver")] == ["ok"] * SEVERAL


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_nobody_is_let_go_before_all_have_come(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    seen: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if kind == "websocket":
            assert (await receive())["type"] == "websocket.connect"
        for _ in seen:  # the later ones come later
            await asyncio.sleep(0)
        seen.append("came")
        await receive()
        seen.append("went")
        place = place_of(scope)
        assert place is not None
        place.take()

    run = RunUnderWay(check_experiment("async-view", {"way": "asend", "concurrency": SEVERAL}), "server")
    await make_siblings(monkeypatch, run, application, {"type": kind}, b"{}")
    assert seen == ["came"] * SEVERAL + ["went"] * SEVERAL
    assert run.missing == []


async def make_siblings(
    monkeypatch: pytest.MonkeyPatch, run: RunUnderWay, application: Any, scope: dict[str, Any], body: bytes | str
) -> None:
    """Have an application of the test's own get the siblings, on the loop of the test, and wait for the last."""
    monkeypatch.setattr(siblings, "get_default_application", lambda: application)
    monkeypatch.setattr(laboratory().stream, "loop", asyncio.get_running_loop())
    assert leave_it_to_siblings(run, scope, body)
    assert run.siblings is not None
    await asyncio.wait_for(asyncio.wrap_future(run.siblings), 10)


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_whoever_is_refused_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """The application refuses the first, and fails at the second; the others are let go without them."""
    came: list[Any] = []
    body = b"{}" if kind == "http" else "{}"

    async def application(scope: Any, receive: Any, send: Any) -> None:
        came.append(scope)
        if len(came) == 1:
            closed = {"type": "websocket.close", "code": 4403}
            await send({"type": "http.response.start", "status": 403} if kind == "http" else closed)
        elif len(came) == 2:
            raise OSError("broken")
        else:
            first = await receive()
            asked = first if kind == "http" else await receive()
            assert asked.get("body", asked.get("text")) == body
            place = place_of(scope)
            assert place is not None
            assert place.asked_ns is not None
            place.take()

    run = RunUnderWay(check_experiment("async-view", {"way": "asend", "concurrency": SEVERAL}), "server")
    await make_siblings(monkeypatch, run, application, {"type": kind, "user": "somebody"}, body)
    assert len(came) == SEVERAL
    assert all("user" not in scope for scope in came), "what middleware has added, it adds again"
    refusal = "403" if kind == "http" else "close code 4403"
    answered = "A caller was refused: the server answered its own request with"
    assert run.missing == [f"{answered} {refusal}.", f"{answered} nothing."]


def test_one_caller_is_the_request_itself() -> None:
    run = RunUnderWay(check_experiment("async-view", {"way": "asend"}), "server")
    assert not leave_it_to_siblings(run, {"type": "http"}, b"")
