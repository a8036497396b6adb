"""The catalogue: what there is to be run, with the source that runs."""

import re
from typing import Any

import pytest

from tests.app import rules
from tests.parts.api import Api
from tests.parts.server import ROOT


@pytest.fixture(scope="module")
def catalogue(shared_api: Api) -> dict[str, Any]:
    return dict(shared_api.get("/api/experiments/"))


def test_limits(catalogue: dict[str, Any]) -> None:
    assert catalogue["limits"] == {
        "delay_ms": 10_000,
        "experiments": 50,
        "concurrency": 50,
        "body_bytes": 16_384,
        "frame_bytes": 65_536,
    }
    most = {caller["slug"]: caller["concurrency"] for caller in catalogue["callers"]}
    assert {slug for slug, at_once in most.items() if at_once == 1} == {"command", "command-async"}
    assert set(most.values()) == {1, 50}


@pytest.mark.parametrize("part", ["callers", "ways", "beside", "handlers"])
def test_the_source_is_the_file_at_that_line(catalogue: dict[str, Any], part: str) -> None:
    for entry in catalogue[part]:
        source = entry["source"]
        lines = (ROOT / source["file"]).read_text().splitlines()[source["line"] - 1 :]
        shown = source["text"].splitlines()
        assert [line.strip() for line in lines[: len(shown)]] == [line.strip() for line in shown]
        assert any(line.strip().startswith(("def ", "async def ")) for line in shown)


def test_async_is_what_the_source_says(catalogue: dict[str, Any]) -> None:
    for entry in (entry for part in ("callers", "ways", "beside", "handlers") for entry in catalogue[part]):
        first = re.findall(r"^(async )?def ", entry["source"]["text"], re.MULTILINE)[-1]
        assert entry["is_async"] == bool(first), entry


def test_what_belongs_to_a_caller_is_shown_above_it(catalogue: dict[str, Any]) -> None:
    shown = {caller["slug"]: caller["source"]["text"] for caller in catalogue["callers"]}
    assert shown["async-middleware-sync-view"].startswith("@async_only_middleware\n")
    assert shown["sync-middleware-async-view"].startswith("@sync_only_middleware\n")
    assert shown["background-task"].startswith("@task\n")
    for text in shown.values():
        assert text.count("@runs_experiment(") + text.count("@streams_experiment(") == text.count("_experiment(") <= 1


def test_addresses(catalogue: dict[str, Any]) -> None:
    addresses = {caller["slug"]: (caller["transport"], caller["url"]) for caller in catalogue["callers"]}
    assert addresses == {
        **{slug: ("http", f"/experiments/{slug}/") for slug in rules.CALLERS},
        "async-consumer": ("websocket", "/ws/experiments/async-consumer/"),
        "sync-consumer": ("websocket", "/ws/experiments/sync-consumer/"),
    }


def test_a_combination_that_is_not_valid_has_a_reason(catalogue: dict[str, Any]) -> None:
    for combination in catalogue["combinations"]:
        assert (combination["reason"] is None) == combination["valid"]
