"""A map in words and signs: there is a word for everything, and a sign for what one would not wish."""

from app.map.comparing import facts
from app.map.glance import Mark
from app.map.words import ANSWERS, COMPARED, compared, sections
from tests.app.map.parts import cell, map_of, receiver


def test_all_that_a_cell_says_and_two_cells_can_differ_in_has_its_own_words() -> None:
    assert [answer.name for answer in ANSWERS] == list(Mark.__struct_fields__[2:])
    words = {what: compared(what) for what in facts(cell(receiver(), receiver(dispatch=2), receiver("async")))}
    assert len(set(words.values())) == len(words)
    assert words["sync 2.caller_waited"] == f"sync 2 receiver: {COMPARED['caller_waited']}"


def test_answers_that_nobody_expects_have_a_sign() -> None:
    worst = receiver("async", **dict.fromkeys((answer.name for answer in ANSWERS), False))
    side_by_side = cell(receiver(), worst, places=["caller", "new-loop"], order=[["sync", "async"]])
    (section,) = sections(map_of(side_by_side))
    assert section.rows == [("save", ["caller ∥ new loop⇢…≠∉!"])]
