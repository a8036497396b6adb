"""Real servers and a real browser, for every test that wants them."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.parts import chromium
from tests.parts.api import Api
from tests.parts.browser import watch
from tests.parts.server import Server, Servers

LOG_LINES_SHOWN = 60
SCREENSHOTS = Path(__file__).parent / "browser" / "failures"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file, as the laboratory has: a database in memory has one connection, which never closes."""
    settings.DATABASES["default"]["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def shared_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    servers = Servers(lambda: tmp_path_factory.mktemp("server"))
    yield servers
    servers.stop()


@pytest.fixture(scope="session")
def server(shared_servers: Servers) -> Server:
    """The laboratory under Daphne, one for the whole run: don't stop it, and don't count on an empty database."""
    return shared_servers()


@pytest.fixture
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """`start_server(**environment)`: a server of the test's own, to stop, kill and restart as it likes."""
    servers = Servers(lambda: tmp_path_factory.mktemp("server"))
    yield servers
    servers.stop()


@pytest.fixture
def api(server: Server) -> Iterator[Api]:
    api = Api(server)
    yield api
    api.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page_problems() -> list[str]:
    """What went wrong in the browser. A test that provokes an error takes it out of this list."""
    return []


@pytest.fixture
def context(browser: Browser, server: Server, page_problems: list[str]) -> Iterator[BrowserContext]:
    """A profile of its own, in which paths (`page.goto("/")`) are the server's; no page in it may have a problem."""
    context = browser.new_context(base_url=server.url)
    watch(context, page_problems)
    yield context
    context.close()
    assert not page_problems, "\n".join(page_problems)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last. Once Playwright has started, its event loop counts as running in the main thread, and
    async tests, `async_to_sync` and Django's ORM refuse to work there."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


def screenshot(page: Page, name: str) -> str:
    path = SCREENSHOTS / (re.sub(r"[^\w.-]+", "-", name) + ".png")
    try:
        page.screenshot(path=path)
    except PlaywrightError as error:  # a page that is gone must not hide why the test failed
        return str(error)
    return str(path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what the servers said, and what the page looked like."""
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Servers):
                for server in value.started:
                    said = server.log().splitlines()[-LOG_LINES_SHOWN:]
                    report.sections.append((f"server at {server.url}", "\n".join(said)))
            if isinstance(value, Page) and report.when == "call":
                report.sections.append(("screenshot", screenshot(value, item.nodeid)))
    return report
