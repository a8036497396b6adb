"""A cell at a glance: its error's type, and a mark for each kind of receiver that went alike."""

import pytest

from app.map.glance import Glance, Mark, glance
from tests.app.map.parts import cell, receiver


def test_the_answers_and_the_place_of_each_kind() -> None:
    sync = receiver("sync", same_thread_as_caller=False, event_loop_free=None)
    other = receiver("async", caller_waited=False, same_connection=False, same_transaction=None)
    side_by_side = cell(other, sync, places=["new-loop", "worker"], order=[["sync", "async"]])
    assert glance(side_by_side) == Glance(
        error=None,
        marks=(
            Mark(
                "sync",
                "worker",
                same_thread_as_caller=False,
                caller_waited=True,
                same_connection=True,
                same_transaction=True,
                event_loop_free=None,
            ),
            Mark(
                "async",
                "new-loop",
                same_thread_as_caller=True,
                caller_waited=False,
                same_connection=False,
                same_transaction=None,
                event_loop_free=True,
            ),
        ),
        side_by_side=True,
    )


def test_calls_that_went_alike_are_one_mark() -> None:
    calls = receiver("sync"), receiver("sync", dispatch=2), receiver("sync", dispatch=3, caller_waited=False)
    assert [mark.caller_waited for mark in glance(cell(*calls)).marks] == [True, False]


def test_of_an_error_the_type() -> None:
    assert glance(cell(error="RuntimeError: You cannot: no")) == Glance("RuntimeError", (), side_by_side=False)


@pytest.mark.parametrize(
    ("order", "side_by_side"),
    [([["sync", "async"]], True), ([["sync"], ["async"]], False), ([["sync", "sync"]], False)],
)
def test_side_by_side_is_said_only_of_both_kinds_at_once(order: list[list[str]], side_by_side: bool) -> None:
    assert glance(cell(receiver("sync"), receiver("async"), order=order)).side_by_side is side_by_side
