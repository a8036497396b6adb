"""`/ws/map/`: what a page can ask for, what it is told, and what it is refused."""

import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.experiments import LARGEST_FRAME
from app.map.comparing import compare
from tests.app.sentences import check_sentence
from tests.parts.api import Api
from tests.parts.live import Live
from tests.parts.map import ONE_CELL, MapPage, map_page

MORE = '{"type": "more", "measurement": null, "state": null, "cells": 0}'
MALFORMED = [
    "measure",
    "",
    "[]",
    "{}",
    '{"type": "shout"}',
    '{"type": "news"}',
    '{"type": "more"}',
    MORE.replace("0}", "-1}"),
    MORE.replace("null", "1", 1),
    MORE.replace("null", f'"{"x" * 61}"', 1),
    '{"type": "measure"}',
    '{"type": "measure", "server": 1}',
    '{"type": "measure", "server": "daphne", "only": []}',
    '{"type": "measure", "server": "daphne", "only": {"way": "save"}}',
    '{"type": "cancel", "why": "no time"}',
    '{"type": "\\ud800"}',
    '{"type": "measure", "server": "daphne", "only": ' + "[" * 2_000 + "]" * 2_000 + "}",
]
REFUSED = [
    ({"server": "apache"}, "server: expected one of daphne"),
    ({"server": "daphne", "only": {"caller": ["nobody"]}}, "nobody"),
    ({"server": "daphne", "only": {"way": ["save", "guess"]}}, "guess"),
    ({"server": "daphne", "only": {"atomic": ["true"]}}, "one of off, on"),
    ({"server": "daphne", "only": {"colour": ["red"]}}, "colour"),
]


def check_closed(page: MapPage, code: int, *parts: str) -> None:
    error = page.hear()
    assert list(error) == ["type", "error"]
    check_sentence(error["error"], *parts)
    with pytest.raises(ConnectionClosed) as closed:
        page.hear()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


class TestRefusals:
    @pytest.mark.parametrize("frame", MALFORMED, ids=lambda frame: frame[:40])
    def test_a_malformed_frame(self, map_socket: MapPage, frame: str) -> None:
        map_socket.websocket.send(frame)
        check_closed(map_socket, 4400, "more, measure or cancel")

    def test_a_binary_frame(self, map_socket: MapPage) -> None:
        map_socket.websocket.send(MORE.encode())
        check_closed(map_socket, 4400, "text frame", "binary frame")

    def test_a_frame_that_is_too_large(self, map_socket: MapPage) -> None:
        map_socket.websocket.send(MORE.ljust(LARGEST_FRAME + 1))
        check_closed(map_socket, 4413, "65536")

    @pytest.mark.parametrize(("order", "sentence"), REFUSED, ids=lambda part: str(part)[:30])
    def test_what_there_is_not(self, map_socket: MapPage, order: dict[str, object], sentence: str) -> None:
        for _ in range(2):  # the socket goes on
            map_socket.say("measure", **order)
            error = map_socket.hear()
            assert error["type"] == "error"
            check_sentence(error["error"], sentence)
            map_socket.say("cancel")  # of nothing

    def test_another_origin(self, api: Api) -> None:
        with pytest.raises(InvalidStatus) as refused, api.websocket("/ws/map/", origin="http://elsewhere.example"):
            pass
        assert refused.value.response.status_code == 403


class TestMeasuring:
    def test_a_cell_is_measured_again_in_place_and_its_run_with_it(self, api: Api, map_socket: MapPage) -> None:
        row = {"caller": ["sync-view"], "way": ["save"]}
        assert map_socket.measure(row)["total"] == 6
        before = runs_of(api)
        assert map_socket.measure(ONE_CELL)["state"] == "done"
        after = runs_of(api)
        (again,) = (key for key in after if before.get(key) != after[key])
        assert again == ("sync-view", "save", "sync", False)
        assert set(before) == set(after)
        assert api.http.get(f"/runs/{before[again]}.json").status_code == 404
        assert api.get(f"/runs/{after[again]}.json")["experiment"]["way"] == "save"
        assert after[again] not in {run["id"] for run in api.get("/api/runs/")["runs"]}

    def test_a_second_page_joins_and_a_second_measurement_waits_its_turn(self, api: Api, map_socket: MapPage) -> None:
        map_socket.begin({"caller": ["async-view"], "way": ["save", "asave"]})
        with map_page(api) as second:
            second.say("measure", server="daphne", only=ONE_CELL)
            check_sentence(second.hear()["error"], "one is")
            assert second.follow("measuring")["id"] == map_socket.follow("measuring")["id"]
            second.follow("done")
        assert map_socket.follow("done")["total"] == 12

    def test_a_page_that_comes_back_is_told_all_of_it_again(self, api: Api, map_socket: MapPage) -> None:
        map_socket.begin({"caller": ["async-view"], "way": ["asave", "acreate", "adelete", "save", "create", "delete"]})
        while not map_socket.cells:
            map_socket.ask()
        seen = list(map_socket.cells)
        with map_page(api) as later:
            later.ask()
            assert later.cells[: len(seen)] == seen
        map_socket.follow("done")

    def test_cancelled_it_leaves_the_map_as_it_was(self, api: Api, map_socket: MapPage) -> None:
        map_socket.measure(ONE_CELL)
        before = runs_of(api)
        map_socket.begin({"caller": ["sync-view", "async-view"]})
        while not map_socket.cells:
            map_socket.ask()
        map_socket.say("cancel")
        map_socket.follow("cancelled")
        assert runs_of(api) == before

    def test_nothing_of_it_is_in_the_stream_of_this_server(self, live: Live, map_socket: MapPage) -> None:
        map_socket.measure(ONE_CELL)
        live.hear_all()
        assert live.begun == {}

    def test_the_page_and_the_command_measure_the_same(self, api: Api, map_socket: MapPage) -> None:
        only = {"caller": ["sync-view", "async-view"], "way": ["asave", "asend"], "receivers": ["both"]}
        map_socket.measure(only)
        chosen = [f"{key}={word}" for key, words in only.items() for word in words]
        printed = json.loads(api.server.manage("map", "--only", ",".join(chosen), "--json").stdout)
        page = api.get("/map.json")
        keys = {key_of(cell) for cell in printed["cells"]}
        page = {**page, "cells": [cell for cell in page["cells"] if key_of(cell) in keys], "beside": []}
        assert len(page["cells"]) == 8
        assert compare(page, printed) == []


def key_of(cell: dict[str, object]) -> tuple[object, ...]:
    return tuple(cell[name] for name in ("caller", "way", "receivers", "atomic"))


def runs_of(api: Api) -> dict[tuple[object, ...], str]:
    """The run of each cell of the map."""
    return {key_of(cell): cell["run"] for cell in api.get("/map.json")["cells"]}
