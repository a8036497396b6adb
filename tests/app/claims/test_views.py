"""The claims over HTTP: the list, one claim with the runs that it is asked about, and the page."""

from typing import Any

import msgspec
import pytest

from app.claims.registry import CLAIMS
from tests.app.claims.running import Runs
from tests.app.documents import example
from tests.app.sentences import check_sentence
from tests.parts.api import Api, Document
from tests.parts.server import Servers

CLAIM = CLAIMS["before-the-commit"]


@pytest.fixture
def deciding(runs: Runs) -> list[Document]:
    return runs.of(CLAIM)


def ids(documents: list[Document]) -> str:
    return "&".join(f"run={document['id']}" for document in documents)


def test_a_verdict_of_the_runs_that_were_named(api: Api, deciding: list[Document]) -> None:
    claim = api.get(f"/claims/{CLAIM.slug}.json?{ids(deciding)}")
    assert list(claim) == list(example("Claims"))
    assert list(claim["verdict"]) == list(example("Claims")["verdict"])
    assert claim["experiments"] == msgspec.to_builtins(list(CLAIM.experiments))
    verdict = claim["verdict"]
    assert verdict["answer"] == "depends"
    assert verdict["environment"] == deciding[0]["environment"]
    assert [run["id"] for run in verdict["runs"]] == [document["id"] for document in deciding]


def test_the_order_of_the_runs_is_no_matter(api: Api, deciding: list[Document]) -> None:
    there, back = (api.get(f"/claims/{CLAIM.slug}.json?{ids(runs)}") for runs in (deciding, deciding[::-1]))
    assert there == back


def test_without_runs_it_is_the_newest_ones(api: Api, deciding: list[Document]) -> None:
    newest = api.run("sync-view", "save", delay_ms=0)
    runs = api.get(f"/claims/{CLAIM.slug}.json")["verdict"]["runs"]
    assert [run["id"] for run in runs] == [newest["id"], deciding[1]["id"]]


def test_the_list_and_its_summary(api: Api, runs: Runs) -> None:
    for claim in CLAIMS.values():
        runs.of(claim)
    listed = api.get("/api/claims/")
    assert [claim["slug"] for claim in listed["claims"]] == list(CLAIMS)
    answers = [claim["verdict"]["answer"] for claim in listed["claims"]]
    counts = {answer: answers.count(answer) for answer in ("holds", "false", "depends", "open")}
    assert listed["summary"] == {"claims": len(CLAIMS), **counts, "not_run": 0}


def test_nothing_is_decided_before_it_has_been_run(start_server: Servers) -> None:
    api = Api(start_server())
    listed = api.get("/api/claims/")
    assert {claim["verdict"] for claim in listed["claims"]} == {None}
    assert listed["summary"]["not_run"] == len(CLAIMS)
    api.run("sync-view", "save", delay_ms=0)  # one of the two that decide it
    assert api.get(f"/claims/{CLAIM.slug}.json")["verdict"] is None
    api.run("sync-view", "save", delay_ms=1, atomic=True)  # the other, but for its delay
    assert api.get(f"/claims/{CLAIM.slug}.json")["verdict"] is None
    assert "not yet run" in api.http.get("/claims/").text
    api.close()


def refusal(api: Api, path: str) -> tuple[int, str]:
    response = api.http.get(path)
    answer: dict[str, Any] = response.json()
    assert list(answer) == ["error"]
    check_sentence(answer["error"])
    return response.status_code, answer["error"]


def test_an_unknown_claim(api: Api) -> None:
    assert refusal(api, "/claims/the-earth-is-flat.json") == (
        404,
        "Expected the slug of a claim, one of those that /api/claims/ lists; got the-earth-is-flat.",
    )


@pytest.mark.parametrize("run", ["1", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_run(api: Api, run: str) -> None:
    status, sentence = refusal(api, f"/claims/{CLAIM.slug}.json?run={run}")
    assert status == 404
    assert run in sentence


def test_runs_of_something_else(api: Api, runs: Runs, deciding: list[Document]) -> None:
    other = runs.asked("async-view", "asave")
    status, sentence = refusal(api, f"/claims/{CLAIM.slug}.json?{ids([deciding[0], other])}")
    assert status == 400
    check_sentence(sentence, "one run of each of sync-view · save · sync; sync-view · save · sync, in a transaction")
    assert sentence.endswith("got sync-view · save · sync; async-view · asave · sync.")


def test_too_few_runs_the_same_one_twice_and_too_many(api: Api, deciding: list[Document]) -> None:
    assert refusal(api, f"/claims/{CLAIM.slug}.json?{ids(deciding[:1])}")[0] == 400
    assert refusal(api, f"/claims/{CLAIM.slug}.json?{ids(deciding[:1] * 2)}")[0] == 400
    too_many = refusal(api, f"/claims/{CLAIM.slug}.json?{ids(deciding * 100)}")
    assert too_many == (400, "run: expected 2 at the most; got 200.")


def test_links_go_out_only_when_they_are_followed(api: Api) -> None:
    page = api.http.get("/claims/").text
    for claim in CLAIMS.values():
        for source in claim.said_at:
            if source.url is not None:
                assert f'<a href="{source.url}" rel="noreferrer external">' in page


def test_only_reading(api: Api) -> None:
    for path in ("/claims/", f"/claims/{CLAIM.slug}.json", "/api/claims/"):
        assert api.post(path, {}).status_code == 405
