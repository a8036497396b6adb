"""The document of a run: one and the same in the answer, at its address, and on its page."""

import json
import uuid

import pytest

from tests.app.documents import check, check_nesting, spans_of, the
from tests.parts.api import Api

CALLERS = ["sync-view", "async-view", "async-consumer", "sync-consumer"]


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("way", ["asave", "m2m_aadd", "asend"])
def test_the_answer_is_what_is_stored(shared_api: Api, caller: str, way: str) -> None:
    document = shared_api.run(caller, way, receivers="both", delay_ms=20)
    check(document)
    check_nesting(document)
    assert document["url"] == f"/runs/{uuid.UUID(document['id'])}/"
    assert shared_api.get(f"{document['url'].removesuffix('/')}.json") == document


@pytest.mark.parametrize("caller", CALLERS)
def test_a_receiver_lasts_as_long_as_it_worked(shared_api: Api, caller: str) -> None:
    document = shared_api.run(caller, "asave", receivers="both", delay_ms=80)
    for receiver in spans_of(document, "receiver"):
        assert 80e6 <= receiver["end_ns"] - receiver["start_ns"] < 1e9
        if receiver["attributes"]["is_async"]:
            assert sum(end - start for start, end in receiver["attributes"]["running"]) < 40e6, "it slept"


def test_what_a_dispatch_says_of_itself(shared_api: Api) -> None:
    dispatch = the(shared_api.run("sync-view", "save", receivers="both", atomic=True, delay_ms=0), "dispatch")
    assert dispatch["name"] == "post_save.send"
    attributes = dispatch["attributes"]
    assert (attributes["signal"], attributes["method"], attributes["sender"]) == (
        "post_save",
        "send",
        "app.MyModelBoth",
    )
    assert attributes["receivers"] == {"sync": 1, "async": 1}
    assert dispatch["connection"] == {"alias": "default", "serial": dispatch["connection"]["serial"], "atomic_depth": 1}


def test_what_a_receiver_says_of_itself(shared_api: Api) -> None:
    document = shared_api.run("sync-view", "save", delay_ms=0)
    receiver = the(document, "receiver")
    assert receiver["name"] == "app.receivers.my_signal_handler"
    assert receiver["attributes"]["signal"] == "post_save"
    assert receiver["attributes"]["source"].startswith("app/receivers.py:")
    assert receiver["attributes"]["caller"] == the(document, "caller")["id"]
    assert the(document, "caller")["attributes"]["run"] == document["id"]


@pytest.mark.parametrize("way", ["bulk_create", "queryset_update"])
def test_a_way_that_sends_nothing_says_so(shared_api: Api, way: str) -> None:
    verdict = shared_api.run("sync-view", way, delay_ms=0)["verdict"]
    assert verdict["receivers"] == []
    (note,) = verdict["notes"]
    assert note.endswith("sends no signal, so no receiver was called.")


def test_saving_a_run_is_not_recorded(shared_api: Api) -> None:
    document = shared_api.run("sync-view", "save", delay_ms=0)
    assert {span["attributes"]["sender"] for span in spans_of(document, "dispatch")} == {"app.MyModel"}


def test_a_run_has_a_page(shared_api: Api) -> None:
    document = shared_api.run("async-view", "asave", receivers="both", delay_ms=0)
    page = shared_api.http.get(document["url"])
    assert page.status_code == 200
    assert document["id"] in page.text


@pytest.mark.parametrize("run_id", [str(uuid.UUID(int=1)), "no-id", "1"])
def test_an_unknown_run(shared_api: Api, run_id: str) -> None:
    page, document = shared_api.http.get(f"/runs/{run_id}/"), shared_api.http.get(f"/runs/{run_id}.json")
    sentence = f"Expected the id of a stored run; there is none with {run_id}."
    assert (page.status_code, document.status_code) == (404, 404)
    assert sentence in page.text
    assert json.loads(document.text) == {"error": sentence}
