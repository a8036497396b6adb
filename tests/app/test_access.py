"""Who may come in: with DEBUG on anybody on this machine, with DEBUG off signed-in staff."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.app.sentences import check_sentence
from tests.parts.api import SECONDS_TO_ANSWER, Api
from tests.parts.server import Server, Servers

PAGES = ["/", "/map/", "/runs/", "/runs/1/"]
DATA = [
    "/api/experiments/",
    "/api/map/",
    "/api/map/differences/",
    "/api/runs/",
    "/experiments/sync-view/",
    "/map.json",
    "/runs/1.json",
]
SOCKETS = ["/ws/live/", "/ws/map/", "/ws/experiments/async-consumer/", "/ws/experiments/sync-consumer/"]
PASSWORD = "only-for-this-test"
PRODUCTION = {
    "DJANGO_DEBUG": "0",
    "DJANGO_SECRET_KEY": "only-for-this-test",
    "DJANGO_SSL_REDIRECT": "0",
    "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
}


class Person:
    """A browser's cookies, kept by hand: they are marked as secure, and this test speaks plain HTTP."""

    def __init__(self, server: Server) -> None:
        self.api = Api(server)
        self.cookies: dict[str, str] = {}

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.cookies.get("csrftoken", "")}
        response = httpx.request(method, self.api.server.url + path, headers=headers, trust_env=False, **options)
        self.cookies.update(response.cookies)
        return response

    def close(self) -> None:
        self.api.close()

    def sign_in(self) -> None:
        self.request("GET", "/admin/login/")
        form = {"username": "staff", "password": PASSWORD}
        assert self.request("POST", "/admin/login/", data=form).status_code == 302

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    servers = Servers(lambda: tmp_path_factory.mktemp("production"))
    server = servers(**PRODUCTION)
    server.manage("createsuperuser", "--noinput", "--username=staff", "--email=staff@signalbox.example")
    yield server
    servers.stop()


@pytest.fixture
def nobody(production: Server) -> Iterator[Person]:
    with closing(Person(production)) as person:
        yield person


@pytest.fixture(scope="module")
def staff(production: Server) -> Iterator[Person]:
    with closing(Person(production)) as person:
        person.sign_in()
        yield person


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nobody_to_sign_in(nobody: Person, path: str) -> None:
    response = nobody.request("GET", path)
    assert response.status_code == 302
    assert response.headers["location"] == f"/admin/login/?next={path}"


@pytest.mark.parametrize("path", DATA)
def test_data_is_refused_to_nobody(nobody: Person, path: str) -> None:
    response = nobody.request("GET", path)
    assert response.status_code == 403
    check_sentence(response.json()["error"], "signed-in member of staff")


def test_an_experiment_is_refused_to_nobody(nobody: Person) -> None:
    nobody.request("GET", "/admin/login/")  # sets the CSRF cookie
    response = nobody.request("POST", "/experiments/sync-view/", json={"way": "save"})
    assert response.status_code == 403
    check_sentence(response.json()["error"], "signed-in member of staff")


@pytest.mark.parametrize("path", SOCKETS)
def test_a_socket_is_refused_to_nobody(nobody: Person, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused, nobody.api.websocket(path):
        pass
    assert refused.value.response.status_code == 403


def test_staff_can_do_everything(staff: Person) -> None:
    assert staff.request("GET", "/").status_code == 200
    run = staff.request("POST", "/experiments/async-view/", json={"way": "asave", "delay_ms": 0}).json()
    assert run["verdict"]["error"] is None
    assert staff.request("GET", run["url"]).status_code == 200
    assert staff.request("GET", f"/runs/{run['id']}.json").json() == run
    assert [run["id"] for run in staff.request("GET", "/api/runs/").json()["runs"]] == [run["id"]]


@pytest.mark.parametrize("path", SOCKETS)
def test_staff_can_open_a_socket(staff: Person, path: str) -> None:
    with staff.api.websocket(path, additional_headers={"Cookie": staff.cookie}) as websocket:
        if path.startswith("/ws/experiments/"):
            websocket.send(json.dumps({"way": "asend", "delay_ms": 0}))
        answer = json.loads(websocket.recv(SECONDS_TO_ANSWER))
    assert answer.get("type") == "hello" or answer["verdict"]["error"] is None


def test_errors_in_production_are_one_sentence(staff: Person) -> None:
    for path in ("/nowhere/", "/runs/1/"):
        response = staff.request("GET", path)
        assert response.status_code == 404
        assert "Traceback" not in response.text
    response = staff.request("GET", "/api/nowhere/")
    assert (response.status_code, response.json()) == (404, {"error": "There is nothing at /api/nowhere/."})


def test_source_text_is_not_shown(staff: Person) -> None:
    assert set(sources(staff.request("GET", "/api/experiments/").json())) == {None}


def test_source_text_can_be_switched_on(start_server: Servers) -> None:
    server = start_server(**PRODUCTION, SIGNALBOX_SHOW_SOURCE="1")
    server.manage("createsuperuser", "--noinput", "--username=staff", "--email=staff@signalbox.example")
    with closing(Person(server)) as staff:
        staff.sign_in()
        catalogue = staff.request("GET", "/api/experiments/").json()
    assert all(source["text"] for source in sources(catalogue))


def sources(catalogue: dict[str, Any]) -> list[Any]:
    return [entry["source"] for part in ("callers", "ways", "handlers") for entry in catalogue[part]]


@pytest.mark.parametrize("path", SOCKETS)
def test_a_websocket_to_another_host(api: Api, path: str) -> None:
    """What a page sees whose name was made to point at this machine."""
    host = f"elsewhere.example:{api.server.port}"
    sock = socket.create_connection((api.server.host, api.server.port))
    with pytest.raises(InvalidStatus) as refused, connect(f"ws://{host}{path}", origin=f"http://{host}", sock=sock):
        pass
    assert refused.value.response.status_code == 403


def test_another_host_over_http(api: Api, production: Server) -> None:
    for server in (api.server, production):
        response = httpx.get(server.url, headers={"Host": "elsewhere.example"}, trust_env=False)
        assert response.status_code == 400
