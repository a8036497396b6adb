"""A cell at a glance, and the sentences beside it."""

import msgspec

from app.map.comparing import facts
from app.map.glance import Mark, glance
from app.map.showing import shown
from app.map.words import ANSWERS, COMPARED, compared
from tests.app.map.cells import cell, receiver


def test_calls_of_a_kind_that_went_alike_are_one_mark_with_the_first_ones_reason() -> None:
    calls = [receiver(is_async=is_async, dispatch=dispatch) for dispatch in (1, 2) for is_async in (False, True)]
    page = shown(cell("m2m_add", *calls))
    assert [mark.kind for mark in page.glance.marks] == ["sync", "async"]
    assert page.whys == ["sync, in dispatch 1.", "async, in dispatch 1."]


def test_calls_that_went_otherwise_are_a_mark_each() -> None:
    page = shown(cell("m2m_add", receiver(), receiver(dispatch=2, caller_waited=False)))
    assert [mark.caller_waited for mark in page.glance.marks] == [True, False]
    assert page.whys == ["sync, in dispatch 1.", "sync, in dispatch 2."]


def test_an_error_is_its_type_at_a_glance_and_whole_beside_it() -> None:
    refused = cell(verdict={"error": "RuntimeError: You cannot.", "receivers": [], "notes": ["A note."]})
    page = shown(refused)
    assert (page.glance.error, page.error, page.notes) == ("RuntimeError", "RuntimeError: You cannot.", ["A note."])


def test_side_by_side_is_said_only_where_both_kinds_ran_at_once() -> None:
    both = [receiver(), receiver(is_async=True)]
    assert glance(cell("asend", *both, order=[["sync", "async"]])).side_by_side
    assert not glance(cell("asend", *both, order=[["sync"], ["async"]])).side_by_side
    assert not glance(cell("asend", *both[:1], order=[["sync", "sync"]])).side_by_side


def test_there_are_words_for_all_that_a_cell_says_and_two_cells_can_differ_in() -> None:
    assert [answer.name for answer in ANSWERS] == list(Mark.__struct_fields__[2:])
    calls = [receiver(), receiver(dispatch=2), receiver(is_async=True)]
    words = {what: compared(what) for what in facts(cell("save", *calls, contextvars_kept={"sync": True}))}
    assert len(set(words.values())) == len(words)
    assert words["sync 2.caller_waited"] == f"sync 2 receiver: {COMPARED['caller_waited']}"


def test_a_shown_cell_is_json() -> None:
    page = msgspec.json.decode(msgspec.json.encode(shown(cell("save", receiver()))))
    assert page["glance"]["marks"][0]["place"] == "sender"
