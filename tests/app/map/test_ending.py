"""However a measurement ends, or the server that asked for it: no process is left, and the page is told."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.sentences import check_sentence
from tests.parts.api import Api
from tests.parts.map import ONE_CELL, map_page
from tests.parts.server import Server, Servers

SECONDS_TO_END = 15
#: Started as the process that measures is, it says why not, and ends.
BROKEN = """\
import os, sys
if "SIGNALBOX_MAP" in os.environ and any("daphne" in argument for argument in sys.orig_argv):
    print("This is not the day.", flush=True)
    os._exit(3)
"""


def measuring_for(server: Server) -> set[int]:
    """The processes that measure in this server's database, wherever they are in the tree."""
    return {int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if _measures(path, server)}


def _measures(path: Path, server: Server) -> bool:
    try:
        variables = path.read_bytes().split(b"\0")
    except OSError:
        return False
    return {f"SQLITE_PATH={server.environment['SQLITE_PATH']}".encode()} <= set(variables) and any(
        variable.startswith(b"SIGNALBOX_MAP=") for variable in variables
    )


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_server_that_ends_takes_the_measuring_ones_along(start_server: Servers, end: str) -> None:
    server = start_server()
    with closing(Api(server)) as api, map_page(api) as page:
        page.begin({"caller": ["sync-view", "command"]})
        while not page.cells:
            page.ask()
        assert measuring_for(server)
        getattr(server, end)()
    deadline = time.monotonic() + SECONDS_TO_END
    while left := measuring_for(server):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    assert "Traceback" not in server.log()


def test_a_server_that_does_not_start_is_said_to_the_page(start_server: Servers, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(BROKEN)
    server = start_server(PYTHONPATH=str(tmp_path))
    with closing(Api(server)) as api, map_page(api) as page:
        measurement = page.measure(ONE_CELL)
        assert measurement["state"] == "failed"
        sentence, _, said = measurement["error"].partition("\n")
        assert sentence == "Expected daphne to answer on a port; it said:"
        assert "This is not the day." in said
        assert api.get("/api/map/")["map"] is None


def test_a_server_that_is_not_installed_is_said_with_what_installs_it(start_server: Servers, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text('import sys\nsys.modules["granian"] = None\n')
    with closing(Api(start_server(PYTHONPATH=str(tmp_path)))) as api, map_page(api) as page:
        assert "granian" not in page.hello["servers"]
        check_sentence(page.measure(ONE_CELL, "granian")["error"] + ".", "pip install granian")
