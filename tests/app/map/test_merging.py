"""A part that was measured again, and the map that it goes into."""

import pytest
from msgspec.structs import asdict

from app.map.grid import beside, grid
from app.map.merging import is_of, merged
from tests.app.map.parts import cell, map_of, receiver


def test_a_cell_takes_the_place_of_the_one_before_and_new_ones_come_in_the_grids_order() -> None:
    document = map_of(cell(way="delete"), cell(way="asave"), cell(caller="async-view"))
    part = map_of(cell(receiver(), way="asave"), cell(), cell(way="create"))
    cells = merged(document, part)["cells"]
    assert [(one["caller"], one["way"]) for one in cells] == [
        ("sync-view", "save"),
        ("sync-view", "create"),
        ("sync-view", "delete"),
        ("sync-view", "asave"),
        ("async-view", "save"),
    ]
    assert [len(one["verdict"]["receivers"]) for one in cells] == [0, 0, 0, 1, 0]
    assert merged(document, part)["measured"] == document["measured"]


def test_parts_that_add_up_to_everything_are_a_whole_map() -> None:
    cells, aside = [[cell(**asdict(each)) for each in each_of] for each_of in (grid(), beside())]
    document, part = map_of(*cells[:-1]), map_of(cells[-1], beside=(*aside,))
    assert not merged(document, map_of(cells[-1]))["measured"]["whole"]
    assert merged(document, part)["measured"]["whole"]


@pytest.mark.parametrize(
    ("environment", "fits"),
    [
        ({}, True),
        ({"server": "none"}, True),  # cells of commands alone
        ({"server": "uvicorn 0.54.0"}, False),
        ({"django": "6.1.3"}, False),
        ({"django": "6.1.3", "server": "none"}, False),
    ],
)
def test_a_part_is_of_a_map_that_was_measured_in_the_same_environment(environment: dict[str, str], fits: bool) -> None:
    assert is_of(map_of(**environment), map_of()) is fits
    assert is_of(map_of(), map_of(**environment)) is fits


def test_the_server_is_known_from_the_part_that_had_one() -> None:
    commands, views = map_of(cell(caller="command"), server="none"), map_of(cell())
    for document, part in ((commands, views), (views, commands)):
        assert merged(document, part)["environment"]["server"] == "daphne 4.2.3"
