"""A cell as the page has it: its glance, and the sentences beside it."""

import msgspec

from app.map.showing import shown
from tests.app.map.parts import cell, receiver


def test_marks_have_the_reason_of_the_first_call_that_went_so() -> None:
    calls = [receiver(kind, dispatch) for dispatch in (1, 2) for kind in ("sync", "async")]
    page = shown(cell(*calls, receiver(dispatch=3, caller_waited=False)))
    assert [(mark.kind, mark.caller_waited) for mark in page.glance.marks] == [
        ("sync", True),
        ("sync", False),
        ("async", True),
    ]
    assert page.whys == ["sync, in dispatch 1.", "sync, in dispatch 3.", "async, in dispatch 1."]


def test_an_error_is_its_type_at_a_glance_and_whole_beside_it() -> None:
    refused = cell(verdict={"error": "RuntimeError: You cannot.", "receivers": [], "notes": ["A note."]})
    page = shown(refused)
    assert (page.glance.error, page.error, page.notes) == ("RuntimeError", "RuntimeError: You cannot.", ["A note."])


def test_a_shown_cell_is_json() -> None:
    page = msgspec.json.decode(msgspec.json.encode(shown(cell(receiver()))))
    assert page["glance"]["marks"][0]["place"] == "sender"
