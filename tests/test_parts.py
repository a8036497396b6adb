"""The tests' own parts: what they promise to every other test."""

from contextlib import closing

import pytest
from playwright.sync_api import Page

from scripts import port_is_free
from tests.parts import chromium
from tests.parts.api import Api
from tests.parts.server import Server, ServerError, Servers


@pytest.mark.parametrize("caller", ["sync-view", "async-consumer"])
def test_an_experiment_runs_over_http_and_over_a_websocket(api: Api, caller: str) -> None:
    document = api.run(caller, "save" if caller == "sync-view" else "asave", delay_ms=0)
    assert document["experiment"]["caller"] == caller
    assert document["verdict"]["error"] is None


def test_a_server_keeps_its_port_and_its_database_over_a_restart(start_server: Servers) -> None:
    server = start_server()
    port = server.port
    with closing(Api(server)) as api:
        run = api.run("sync-view", "save", delay_ms=0)
    server.restart()
    server.kill()
    server.start()
    assert server.port == port
    with closing(Api(server)) as api:
        assert api.get(f"/runs/{run['id']}.json")["id"] == run["id"]


def test_a_server_that_cannot_start_says_why(start_server: Servers) -> None:
    with pytest.raises(ServerError, match="DJANGO_DEBUG must be 1 or 0"):
        start_server(DJANGO_DEBUG="perhaps")


def test_a_page_has_no_problem(page: Page) -> None:
    page.goto("/")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("null.method()", "uncaught: "),
        ("console.error('broken')", "console: broken"),
        ("fetch('http://elsewhere.example/').catch(() => 0)", "left the machine: http://elsewhere.example/"),
    ],
)
def test_a_page_problem_is_noticed(page: Page, page_problems: list[str], script: str, problem: str) -> None:
    page.route("**/*", lambda route: route.fulfill(content_type="text/html", body=f"<script>{script}</script>"))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert [found for found in page_problems if found.startswith(problem)]
    page_problems.clear()


def test_the_browser_that_was_asked_for_is_used_or_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    with pytest.raises(FileNotFoundError, match="/no/such/browser"):
        chromium.find()


def test_a_missing_browser_comes_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium.shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    with pytest.raises(chromium.ChromiumMissingError, match="`sudo apt-get install chromium`"):
        chromium.find()


def test_a_taken_port_is_an_obstacle(server: Server) -> None:
    assert port_is_free.obstacle(server.host, str(server.port)) == "Address already in use"


@pytest.mark.parametrize("port", ["x", "0", "70000"])
def test_a_port_is_a_number_that_can_be_one(port: str) -> None:
    assert port_is_free.obstacle("127.0.0.1", port) == "a port is a number from 1 to 65535"
