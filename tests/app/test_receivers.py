"""Receivers that fail as they are told to: what the caller gets, what else runs, what stays in the database."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.app.documents import check, spans_of
from tests.parts.api import Api, Document
from tests.parts.server import Server

SYNC, ASYNC = "ToldToFail: the sync receiver was told to fail", "ToldToFail: the async receiver was told to fail"
CALLERS = ["sync-view", "async-view", "async-consumer", "sync-consumer"]


def run(api: Api, caller: str, way: str, **options: Any) -> Document:
    document = api.run(caller, way, delay_ms=0, **options)
    check(document)
    return document


def errors(document: Document) -> dict[str, str | None]:
    """What each receiver that ran has raised."""
    kinds = {False: "sync", True: "async"}
    return {kinds[span["attributes"]["is_async"]]: span["error"] for span in spans_of(document, "receiver")}


def rows(server: Server) -> int:
    """How many things are in the database, counted from outside."""
    with closing(sqlite3.connect(server.environment["SQLITE_PATH"])) as database:
        (count,) = database.execute("SELECT count(*) FROM app_mymodel").fetchone()
    return int(count)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(
    ("receivers", "fail", "error", "ran"),
    [
        ("sync", "sync", SYNC, {"sync": SYNC}),
        ("async", "async", ASYNC, {"async": ASYNC}),
        ("both", "sync", SYNC, {"sync": SYNC}),  # a sync error skips all later receivers
        ("both", "async", ASYNC, {"sync": None, "async": ASYNC}),
        ("both", "both", SYNC, {"sync": SYNC}),
    ],
)
def test_under_send_the_first_error_reaches_the_caller(
    shared_api: Api, caller: str, receivers: str, fail: str, error: str, ran: dict[str, str | None]
) -> None:
    document = run(shared_api, caller, "asave", receivers=receivers, fail=fail)
    assert document["verdict"]["error"] == error
    assert errors(document) == ran
    outcomes = {span["kind"]: span["outcome"] for span in document["spans"] if span["kind"] in {"caller", "dispatch"}}
    assert outcomes == {"caller": "error", "dispatch": "error"}


@pytest.mark.parametrize(("caller", "way"), [("sync-view", "send_robust"), ("async-view", "asend_robust")])
def test_robust_sends_run_everyone_and_raise_nothing(shared_api: Api, caller: str, way: str) -> None:
    document = run(shared_api, caller, way, receivers="both", fail="both")
    assert document["verdict"]["error"] is None
    assert errors(document) == {"sync": SYNC, "async": ASYNC}
    assert [span["outcome"] for span in spans_of(document, "dispatch")] == ["ok"]


@pytest.mark.parametrize(("fail", "error"), [("sync", SYNC), ("async", ASYNC)])
@pytest.mark.parametrize("caller", CALLERS)
def test_under_asend_an_error_reaches_the_caller(shared_api: Api, caller: str, fail: str, error: str) -> None:
    document = run(shared_api, caller, "asend", receivers=fail, fail=fail)
    assert document["verdict"]["error"] == error
    assert errors(document) == {fail: error}


def test_a_failing_command_is_a_result_too(shared_api: Api) -> None:
    assert run(shared_api, "command", "save", fail="sync")["verdict"]["error"] == SYNC


@pytest.mark.parametrize(
    ("way", "options", "kept"),
    [
        ("save", {}, 1),  # post_save is sent after the row is committed
        ("save", {"atomic": True}, 0),
        ("sync_to_async", {"atomic": True}, 0),
        ("save", {"atomic": True, "fail": None}, 1),
    ],
)
def test_the_row_stays_unless_it_was_saved_in_a_transaction(
    shared_api: Api, way: str, options: dict[str, Any], kept: int
) -> None:
    before = rows(shared_api.server)
    document = run(shared_api, "sync-view", way, **{"fail": "sync", **options})
    assert (document["verdict"]["error"] is None) == (options.get("fail", "sync") is None)
    assert rows(shared_api.server) - before == kept


def test_a_row_whose_deletion_fails_is_still_there(shared_api: Api) -> None:
    """post_delete is sent inside the transaction that Django opens."""
    before = rows(shared_api.server)
    assert run(shared_api, "sync-view", "delete", fail="sync")["verdict"]["error"] == SYNC
    assert rows(shared_api.server) == before + 1
