"""Fifty experiments at once, and not one more; none of them is lost."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from app.experiments import MOST_AT_ONCE, Refused
from app.runs.admission import Admission
from tests.app.documents import check
from tests.app.sentences import check_sentence
from tests.parts.api import Api
from tests.parts.live import Live


@contextmanager
def at_once(api: Api, caller: str, **order: Any) -> Iterator["list[Future[httpx.Response]]"]:
    with ThreadPoolExecutor(MOST_AT_ONCE) as clients:
        yield [clients.submit(api.post, f"/experiments/{caller}/", order) for _ in range(MOST_AT_ONCE)]


def check_all_stored(api: Api, answers: "list[Future[httpx.Response]]") -> None:
    documents = [answer.result().json() for answer in answers]
    for document in documents:
        check(document)
        assert document["verdict"]["error"] is None
        assert api.get(f"/runs/{document['id']}.json") == document
    assert len({document["id"] for document in documents}) == MOST_AT_ONCE


def test_one_too_many_is_refused_and_the_others_are_all_stored(api: Api, live: Live) -> None:
    with at_once(api, "sync-view", way="save", delay_ms=4_000) as answers:
        live.hear_until(lambda frame: frame.get("experiments") == MOST_AT_ONCE)
        for caller in ("sync-view", "async-view", "command"):
            refusal = api.post(f"/experiments/{caller}/", {"way": "asend"})
            assert refusal.status_code == 429
            assert int(refusal.headers["retry-after"]) >= 1
            check_sentence(refusal.json()["error"], "at most 50 experiments")
        with pytest.raises(AssertionError, match="429"):
            api.run("async-consumer", "asend")
        assert not any(answer.done() for answer in answers)
    check_all_stored(api, answers)
    live.hear_until(lambda frame: frame.get("experiments") == 0)


def test_an_experiment_counts_as_many_times_as_it_has_callers(api: Api, live: Live) -> None:
    order = {"way": "save", "delay_ms": 2_000, "concurrency": MOST_AT_ONCE - 1}
    with ThreadPoolExecutor(1) as client:
        answer = client.submit(api.post, "/experiments/sync-view/", order)
        live.hear_until(lambda frame: frame.get("experiments") == MOST_AT_ONCE - 1)
        refusal = api.post("/experiments/sync-view/", {"way": "save", "concurrency": 2})
        assert refusal.status_code == 429
        check_sentence(refusal.json()["error"], "at most 50", "49 are", "2 more")
        assert api.run("sync-view", "send", delay_ms=0)["verdict"]["error"] is None
        assert not answer.done()
    check(answer.result().json())
    live.hear_until(lambda frame: frame.get("experiments") == 0)


@pytest.mark.parametrize("caller", ["sync-view", "async-view"])
def test_transactions_wait_for_one_another_and_none_is_lost(api: Api, caller: str) -> None:
    with at_once(api, caller, way="sync_to_async", receivers="both", atomic=True, delay_ms=1) as answers:
        pass
    check_all_stored(api, answers)


def test_whoever_is_let_in_makes_room_by_leaving() -> None:
    admission = Admission(most=2)
    admission.enter()
    admission.enter()
    with pytest.raises(Refused, match="at most 2 experiments") as refused:
        admission.enter()
    assert refused.value.status == 429
    assert admission.under_way == 2
    admission.leave()
    admission.enter()
    admission.leave(2)
    with pytest.raises(Refused, match="0 are under way, and this asks for 3 more"):
        admission.enter(3)
    admission.enter(2)
    assert admission.under_way == 2
