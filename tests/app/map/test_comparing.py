"""Two maps compared: each thing that can differ is told by name, and nothing that is no difference."""

from typing import Any

import pytest

from app.map.comparing import ANSWERS, Difference, compare
from tests.app.map.parts import Document, cell, map_of, receiver


def told(before: Document, after: Document) -> list[tuple[str, str, str]]:
    """What differs between two maps of one cell."""
    differences = compare(map_of(before), map_of(after))
    assert {difference.cell for difference in differences} <= {("sync-view", "save", "both", False)}
    return [(difference.what, difference.before, difference.after) for difference in differences]


def test_equal_maps_have_no_difference() -> None:
    one = map_of(cell(receiver("sync"), receiver("async")), cell(error="RuntimeError: no", way="send"))
    assert compare(one, one) == []


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize(("given", "word"), [(False, "no"), (None, "unknown")])
def test_an_answer(answer: str, given: bool | None, word: str) -> None:
    assert told(cell(receiver()), cell(receiver(**{answer: given}))) == [(f"sync.{answer}", "yes", word)]


@pytest.mark.parametrize(
    ("parts", "difference"),
    [
        ({"error": "RuntimeError: You cannot"}, ("error", "none", "RuntimeError")),
        ({"order": [["sync", "async"]]}, ("order", "sync, then async", "sync and async")),
        ({"contextvars_kept": {"sync": True, "async": False}}, ("async.contextvar_comes_back", "yes", "no")),
        ({"places": ["sender", "new-loop"]}, ("async.place", "sender", "new-loop")),
        ({"outcomes": ["ok", "cancelled"]}, ("async.outcome", "ok", "cancelled")),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_a_part_of_the_cell(parts: dict[str, Any], difference: tuple[str, str, str]) -> None:
    both = receiver("sync"), receiver("async")
    assert told(cell(*both), cell(*both, **parts)) == [difference]


def test_an_error_is_compared_by_its_type_and_not_by_its_words() -> None:
    assert told(cell(error="RuntimeError: You cannot"), cell(error="RuntimeError: You can't")) == []


def test_a_receiver_that_only_one_has_called_is_told_once() -> None:
    before, after = cell(), cell(receiver("async", same_connection=False), order=[], contextvars_kept={})
    assert told(before, after) == [("calls", "none", "async")]
    assert told(after, before) == [("calls", "async", "none")]


def test_the_second_of_a_kind_has_a_number() -> None:
    one, two = receiver(dispatch=1), receiver(dispatch=2)
    after = cell(one, {**two, "caller_waited": False})
    assert told(cell(one, two), after) == [("sync 2.caller_waited", "yes", "no")]


def test_who_began_first_in_a_dispatch_is_no_difference() -> None:
    calls = receiver("sync"), receiver("async", name="a"), receiver("async", name="b", same_connection=False)
    order: dict[str, Any] = {"order": [["sync", "async", "async"]]}
    assert told(cell(*calls, **order), cell(*reversed(calls), **order)) == []


def test_a_cell_that_only_one_map_has() -> None:
    shared, first, second = (cell(receiver(), way=way) for way in ("save", "create", "delete"))
    assert compare(map_of(shared, first), map_of(second, shared)) == [
        Difference("sync-view", "create", "both", False, "cell", "there", "not there"),
        Difference("sync-view", "delete", "both", False, "cell", "not there", "there"),
    ]


@pytest.mark.parametrize(
    ("part", "word"), [("caller", "command"), ("way", "asave"), ("receivers", "sync"), ("atomic", True)]
)
def test_a_cell_is_known_by_all_that_was_asked_for(part: str, word: str | bool) -> None:
    plain, other = cell(receiver()), cell(receiver(caller_waited=False), **{part: word})
    changed = cell(receiver(caller_waited=None), **{part: word})
    (difference,) = compare(map_of(plain, other), map_of(plain, changed))
    assert (getattr(difference, part), difference.before, difference.after) == (word, "no", "unknown")


def test_what_is_beside_the_grid_comes_last() -> None:
    one = map_of(cell(receiver()), beside=(cell(receiver("async"), way="asend_siblings"),))
    other = map_of(
        cell(receiver(), error="KeyError: 1"),
        beside=(cell(receiver("async"), way="asend_siblings", outcomes=["cancelled"]),),
    )
    assert [(one.way, one.what) for one in compare(one, other)] == [
        ("save", "error"),
        ("asend_siblings", "async.outcome"),
    ]


def test_with_a_map_that_has_the_verdicts_alone_the_verdicts_are_compared() -> None:
    whole = cell(receiver())
    part = {key: whole[key] for key in ("caller", "way", "receivers", "atomic", "verdict")}
    assert told(whole, part) == []
    assert compare({"cells": [part]}, map_of(cell(receiver(caller_waited=False)))) == [
        Difference("sync-view", "save", "both", False, "sync.caller_waited", "yes", "no")
    ]
