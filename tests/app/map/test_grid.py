"""The cells of a map, and the restriction to some of them."""

import pytest

from app.map.grid import DELAY_MS, Cell, beside, grid, read_only
from tests.app.sentences import check_sentence


def test_the_grid_is_every_combination_in_the_catalogues_order() -> None:
    cells = grid()
    assert len(set(cells)) == len(cells) == 15 * 17 * 3 * 2
    assert cells[:3] == [
        Cell("sync-view", "save", "sync", atomic=False),
        Cell("sync-view", "save", "sync", atomic=True),
        Cell("sync-view", "save", "async", atomic=False),
    ]
    assert cells[-1] == Cell("background-task", "queryset_update", "both", atomic=True)


def test_beside_it_each_caller_has_one_cell() -> None:
    callers = dict.fromkeys(cell.caller for cell in grid())
    assert beside() == [Cell(caller, "asend_siblings", "async", atomic=False) for caller in callers]


def test_a_restriction_leaves_what_matches_every_part_of_it() -> None:
    only = read_only(["caller=sync-view, caller=command", "way=save", "atomic=on"])
    assert grid(only) == [
        Cell(caller, "save", receivers, atomic=True)
        for caller in ("sync-view", "command")
        for receivers in ("sync", "async", "both")
    ]
    assert beside(only) == []


def test_restricted_to_callers_there_is_what_is_beside() -> None:
    assert [cell.caller for cell in beside(read_only(["caller=command"]))] == ["command"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("caller", ["caller=…", "'caller'"]),
        ("caller=", ["caller=…", "'caller='"]),
        ("colour=red", ["way=…", "'colour=red'"]),
        ("way=save,", ["receivers=…", "''"]),
        ("caller=nobody", ["sync-view", "'nobody'"]),
        ("atomic=yes", ["off, on", "'yes'"]),
        ("way=asend_siblings", ["asend_robust", "'asend_siblings'"]),
    ],
)
def test_a_restriction_that_cannot_be_meant_is_told(text: str, parts: list[str]) -> None:
    with pytest.raises(ValueError, match="expected") as raised:
        read_only([text])
    check_sentence(str(raised.value), *parts)


@pytest.mark.parametrize(
    ("caller", "way", "receivers", "takes_time"),
    [
        ("sync-view", "save", "both", False),
        ("async-view", "asave", "both", False),
        ("async-view", "asend", "sync", False),
        ("async-view", "asend", "both", True),  # whether both kinds run at once
        ("async-view", "asend_siblings", "async", True),  # what becomes of the one that has not finished
        ("sync-view-thread", "save", "sync", True),  # whether it is waited for
    ],
)
def test_receivers_work_where_an_answer_depends_on_it(caller: str, way: str, receivers: str, takes_time: bool) -> None:
    experiment = Cell(caller, way, receivers, atomic=True).experiment()  # type: ignore[arg-type]
    assert experiment.delay_ms == (DELAY_MS if takes_time else 0)
    assert (experiment.caller, experiment.way, experiment.receivers, experiment.atomic) == (
        caller,
        way,
        receivers,
        True,
    )
    assert (experiment.fail, experiment.concurrency) == (None, 1)
