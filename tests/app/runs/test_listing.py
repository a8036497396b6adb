"""The list of runs: newest first, a page at a time."""

from urllib.parse import quote

import pytest

from tests.app.sentences import check_sentence
from tests.parts.api import Api, Document


@pytest.fixture(scope="module")
def newest(shared_api: Api) -> list[Document]:
    """Five runs, the newest first."""
    return [shared_api.run("sync-view", "save", receivers="both", delay_ms=5) for _ in range(5)][::-1]


def test_a_run_in_the_list_says_what_came_of_it(shared_api: Api, newest: list[Document]) -> None:
    listed = shared_api.get("/api/runs/?limit=1")["runs"][0]
    run = newest[0]
    assert {key: listed[key] for key in ("id", "url", "started_at", "experiment")}.items() <= run.items()
    assert listed["error"] is None
    assert 10 <= listed["duration_ms"] < 5_000
    answers = listed["receivers"][0].keys()
    assert listed["receivers"] == [{key: one[key] for key in answers} for one in run["verdict"]["receivers"]]


def test_pages_follow_one_another(shared_api: Api, newest: list[Document]) -> None:
    first = shared_api.get("/api/runs/?limit=2")
    before = first["runs"][-1]["started_at"]
    second = shared_api.get(f"/api/runs/?limit=3&before={before}")
    assert [run["id"] for run in first["runs"] + second["runs"]] == [run["id"] for run in newest]
    assert first["total"] == second["total"] >= 5


def test_a_time_without_a_zone_is_in_utc(shared_api: Api, newest: list[Document]) -> None:
    before = newest[1]["started_at"].removesuffix("Z")
    assert shared_api.get(f"/api/runs/?limit=1&before={before}")["runs"][0]["id"] == newest[2]["id"]


def test_a_failed_run_says_why(shared_api: Api) -> None:
    run = shared_api.run("async-view", "save", delay_ms=0)
    listed = shared_api.get("/api/runs/?limit=1")["runs"][0]
    assert listed["error"] == run["verdict"]["error"]
    assert listed["receivers"] == []


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1.5", "", "9" * 50, "²"])
def test_a_limit_that_is_none(shared_api: Api, limit: str) -> None:
    response = shared_api.http.get(f"/api/runs/?limit={quote(limit)}")
    assert response.status_code == 400
    check_sentence(response.json()["error"], "limit", "1 to 200")


@pytest.mark.parametrize("before", ["yesterday", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1"])
def test_a_moment_that_is_none(shared_api: Api, before: str) -> None:
    response = shared_api.http.get(f"/api/runs/?before={quote(before)}")
    assert response.status_code == 400
    check_sentence(response.json()["error"], "before", "2026-11-22T09:00:00Z")
    assert shared_api.http.get(f"/runs/?before={quote(before)}").status_code == 400


def test_the_list_has_a_page(shared_api: Api, newest: list[Document]) -> None:
    page = shared_api.http.get("/runs/")
    assert page.status_code == 200
    assert all(run["url"] in page.text for run in newest)
