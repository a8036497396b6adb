"""A cell at a glance: its error's type, and a mark for each kind of receiver that went alike."""

from app.map.glance import Glance, Mark, glance
from tests.app.map.parts import cell, receiver


def test_the_answers_and_the_place_of_each_kind() -> None:
    sync = receiver("sync", event_loop_free=None)
    other = receiver("async", caller_waited=False, same_connection=False, same_transaction=None)
    assert glance(cell(other, sync, places=["new-loop", "caller"])) == Glance(
        None,
        (
            Mark("sync", "caller", True, True, True, None),
            Mark("async", "new-loop", False, False, None, True),
        ),
    )


def test_calls_that_went_alike_are_one_mark() -> None:
    calls = receiver("sync"), receiver("sync", dispatch=2), receiver("sync", dispatch=3, caller_waited=False)
    assert [mark.caller_waited for mark in glance(cell(*calls)).marks] == [True, False]


def test_of_an_error_the_type() -> None:
    assert glance(cell(error="RuntimeError: You cannot: no")) == Glance("RuntimeError", ())
