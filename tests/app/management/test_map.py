"""`manage.py map`: real cells through real servers, as a document, as a table, and two of them compared."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import call_command

from app.servers import SERVERS
from tests.app.management.refusing import refusal
from tests.parts.server import Server


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """No server is running, and the first command makes the database."""
    return Server(tmp_path_factory.mktemp("machine"))


@pytest.fixture(scope="module")
def document(machine: Server) -> dict[str, Any]:
    """A small map, as the command prints it."""
    return measured(machine, "--only", "caller=sync-view,way=save,receivers=sync")


def measured(machine: Server, *arguments: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(machine.manage("map", *arguments, "--json", timeout=120).stdout)
    return document


def cells_of(document: dict[str, Any]) -> dict[tuple[str, str, str, bool], dict[str, Any]]:
    return {(cell["caller"], cell["way"], cell["receivers"], cell["atomic"]): cell for cell in document["cells"]}


@pytest.mark.parametrize("server", SERVERS)
def test_every_server_is_started_measured_and_stopped(machine: Server, server: str) -> None:
    only = "caller=sync-view,caller=async-consumer,way=asave,receivers=both"
    document = measured(machine, "--server", server, "--only", only)
    assert document["schema"] == 1
    assert document["environment"]["server"].startswith(SERVERS[server].package)
    cells = cells_of(document)
    callers = ("async-consumer", "sync-view")
    assert set(cells) == {(caller, "asave", "both", atomic) for caller in callers for atomic in (False, True)}
    receivers = cells["sync-view", "asave", "both", False]["verdict"]["receivers"]
    assert [(one["is_async"], one["same_thread_as_sender"]) for one in receivers] == [(False, True), (True, False)]
    consumer = cells["async-consumer", "asave", "both", False]["verdict"]
    assert (consumer["error"] is None) is SERVERS[server].has_websockets


def test_a_cell_of_the_map_opens_the_run_that_it_was_measured_from(machine: Server, document: dict[str, Any]) -> None:
    machine.start()
    try:
        for cell in document["cells"]:
            run = httpx.get(f"{machine.url}/runs/{cell['run']}.json", trust_env=False).json()
            assert run["verdict"] == cell["verdict"]
            assert run["experiment"]["atomic"] is cell["atomic"]
    finally:
        machine.stop()


def test_the_table_names_the_places_and_explains_its_signs(machine: Server) -> None:
    said = machine.manage("map", "--only", "caller=sync-view,way=save", timeout=120).stdout
    assert "sync-view" in said
    assert "sender + loop⇢≠" in said
    assert "not on the sender's database connection" in said


def test_two_maps_are_compared_cell_by_cell(
    document: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    one.write_text(json.dumps(document))
    document = copy.deepcopy(document)
    document["cells"][0]["verdict"]["receivers"][0]["caller_waited"] = False
    other.write_text(json.dumps(document))
    call_command("map", "--diff", str(one), str(one))
    assert capsys.readouterr().out == ""
    with pytest.raises(SystemExit) as ended:
        call_command("map", "--diff", str(one), str(other))
    assert ended.value.code == 1
    assert re.match(r"sync-view · save · sync[^\n]*\n +sync.caller_waited: yes → no", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "caller=nobody"], r"--only: .*nobody"),
        (["--only", "colour=red"], r"--only: .*colour"),
        (["--server", "apache"], r"daphne"),
        (["--diff", "nowhere.json", "nowhere.json"], r"nowhere\.json"),
    ],
)
def test_bad_input_is_told_what_was_expected(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert re.search(said, refusal(capsys, "map", *arguments))
