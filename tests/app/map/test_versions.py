"""What Django 6.1 does otherwise than 5.2, as cells that differ between the committed maps, under each server."""

from collections.abc import Iterable
from typing import Any

import pytest

from app.map.comparing import Key, compare
from app.servers import SERVERS
from tests.app.map.maps import VERSIONS, committed

ASENDS = {"asend", "asend_robust"}
#: The loop of these ends with the way, and takes the orphans along under Django 5.2, too.
LOOP_OF_THE_CALL = {"async-view-to-thread", "sync-view-thread", "command", "command-async"}
#: So it is with these where the server has no loop for which their thread works.
LOOP_OF_THE_CALL_UNDER_WSGI = {"sync-view", "sync-view-on-commit"}


class Changes:
    """From the older to the newer version under one server."""

    def __init__(self, server: str) -> None:
        self.under_wsgi = SERVERS[server].protocol == "WSGI"
        before, after = (committed(f"{version}-{server}") for version in VERSIONS)
        self.differences = compare(before, after)
        self._calls = [calls_of(document) for document in (before, after)]

    def cells(self, what: str, before: str, after: str) -> set[Key]:
        return {one.cell for one in self.differences if (one.what, one.before, one.after) == (what, before, after)}

    def called(self, *kinds: str) -> set[Key]:
        """The cells in which receivers of all these kinds are called on both versions."""
        before, after = ({key for key, called in calls.items() if called >= {*kinds}} for calls in self._calls)
        return before & after


def calls_of(document: dict[str, Any]) -> dict[Key, set[str]]:
    return {
        (cell["caller"], cell["way"], cell["receivers"], cell["atomic"]): set(cell["contextvars_kept"])
        for cell in document["cells"]
    }


@pytest.fixture(params=SERVERS)
def changes(request: pytest.FixtureRequest) -> Changes:
    return Changes(request.param)


def by(ways: Iterable[str], cells: set[Key]) -> set[Key]:
    return {cell for cell in cells if cell[1] in ways}


def test_a_mixed_asend_was_concurrent_and_is_in_turn(changes: Changes) -> None:
    mixed = by(ASENDS, changes.called("sync", "async"))
    assert mixed
    assert changes.cells("order", "sync and async", "sync, then async") == mixed


def test_a_context_variable_was_lost_and_comes_back(changes: Changes) -> None:
    assert changes.cells("async.contextvar_comes_back", "no", "yes") == changes.called("async")
    assert changes.cells("sync.contextvar_comes_back", "no", "yes") == by(ASENDS, changes.called("sync"))


def test_siblings_of_a_failed_receiver_went_on_and_are_cancelled(changes: Changes) -> None:
    callers = {caller for caller, *_ in changes.called("async")}
    nobody_waits_for_it = {"sync-view-thread"}
    assert changes.cells("async 2.caller_waited", "no", "yes") == siblings(callers - nobody_waits_for_it)
    short_lived = LOOP_OF_THE_CALL | (LOOP_OF_THE_CALL_UNDER_WSGI if changes.under_wsgi else set())
    assert changes.cells("async 2.outcome", "ok", "cancelled") == siblings(callers - short_lived)


def siblings(callers: set[str]) -> set[Key]:
    return {(caller, "asend_siblings", "async", False) for caller in callers}


def test_nothing_else_differs_but_a_caller_that_one_version_lacks_and_what_is_chance(changes: Changes) -> None:
    known = {"order", "sync.contextvar_comes_back", "async.contextvar_comes_back"}
    others = [one for one in changes.differences if one.what not in known and one.way != "asend_siblings"]
    assert {one.caller for one in others if one.before == "ModuleNotFoundError"} == {"background-task"}
    assert {(one.way, one.what) for one in others if one.caller != "background-task"} <= {
        ("m2m_add", "sync.caller_waited")
    }
