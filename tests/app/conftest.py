"""What the laboratory's tests share: a client of the one server, and a page that watches it."""

from collections.abc import Iterator

import pytest

from tests.parts.api import Api
from tests.parts.live import Live, watching
from tests.parts.server import Server


@pytest.fixture(scope="session")
def shared_api(server: Server) -> Iterator[Api]:
    """One client for the tests that run hundreds of experiments."""
    api = Api(server)
    yield api
    api.close()


@pytest.fixture
def live(api: Api) -> Iterator[Live]:
    with watching(api) as live:
        yield live
