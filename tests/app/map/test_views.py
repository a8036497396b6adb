"""What the map's page reads over HTTP."""

from contextlib import closing

import pytest

from app.map.comparing import compare
from app.map.views import LARGEST_MAP
from tests.app.map.maps import committed
from tests.app.sentences import check_sentence
from tests.parts.api import Api
from tests.parts.map import ONE_CELL, MapPage
from tests.parts.server import Servers

OLD, NEW = "python-3.11-django-5.2-daphne", "python-3.13-django-6.1-daphne"
DIFFERENCES = f"/api/map/differences/?map={OLD}"


def test_before_anything_was_measured(start_server: Servers) -> None:
    with closing(Api(start_server())) as api:
        answer = api.get("/api/map/")
        assert (answer["map"], answer["cells"]) == (None, [])
        assert answer["nearest"] in {head["name"] for head in answer["committed"]}
        for path in ("/map.json", f"/api/map/differences/?with={OLD}"):
            response = api.http.get(path)
            assert response.status_code == 404
            check_sentence(response.json()["error"], "measured here")


def test_a_committed_map_and_its_document(api: Api) -> None:
    answer = api.get(f"/api/map/?map={NEW}")
    document = committed(NEW)
    assert answer["map"]["environment"] == document["environment"]
    assert answer["map"]["server"] == "daphne"
    assert len(answer["cells"]) == len(document["cells"])
    assert api.get(f"/map.json?map={NEW}") == document


def test_the_map_measured_here_and_its_document(api: Api, map_socket: MapPage) -> None:
    map_socket.measure(ONE_CELL)
    document = api.get("/map.json")
    (measured,) = (cell for cell in api.get("/api/map/")["cells"] if cell["run"] == run_of_the_cell(document))
    assert measured["glance"]["marks"][0]["place"] == "sender"


def run_of_the_cell(document: dict[str, object]) -> object:
    cells = document["cells"]
    assert isinstance(cells, list)
    return next(cell["run"] for cell in cells if (cell["caller"], cell["way"]) == ("sync-view", "save"))


def test_two_maps_are_compared_as_the_command_does(api: Api) -> None:
    differences = compare(committed(OLD), committed(NEW))
    answer = api.get(f"{DIFFERENCES}&with={NEW}")
    assert answer["differing"] == len({difference.cell for difference in differences})
    assert answer["alone"] == 0
    named = {tuple(cell) for group in answer["groups"] for cell in group["cells"]}
    assert named == {difference.cell for difference in differences}
    order = next(group for group in answer["groups"] if group["what"] == "order of the receivers")
    assert (order["here"], order["there"]) == ("sync and async", "sync, then async")


def test_a_map_is_no_different_from_its_own_file(api: Api) -> None:
    response = api.post(DIFFERENCES, committed(OLD))
    answer = response.json()
    assert (answer["name"], answer["differing"], answer["groups"]) == ("file", 0, [])


def test_cells_that_only_one_of_two_maps_has_are_counted(api: Api) -> None:
    document = committed(OLD)
    more = len(document["cells"]) - 10 + len(document["beside"])
    answer = api.post(DIFFERENCES, {**document, "cells": document["cells"][:10], "beside": []}).json()
    assert (answer["differing"], answer["alone"], answer["groups"]) == (0, more, [])


@pytest.mark.parametrize("path", ["/api/map/?map=nowhere", "/map.json?map=../maps", f"{DIFFERENCES}&with=nowhere"])
def test_a_map_that_there_is_not(api: Api, path: str) -> None:
    response = api.http.get(path)
    assert response.status_code == 404
    check_sentence(response.json()["error"], OLD)


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 400), (b" " * (LARGEST_MAP + 1), 413)])
def test_a_file_that_is_no_map(api: Api, body: bytes, status: int) -> None:
    headers = {"X-CSRFToken": api.http.cookies["csrftoken"], "Content-Type": "application/json"}
    response = api.http.post(DIFFERENCES, content=body, headers=headers)
    assert response.status_code == status
    check_sentence(response.json()["error"])


def test_a_file_without_a_token(api: Api) -> None:
    assert api.http.post(DIFFERENCES, json={}).status_code == 403
