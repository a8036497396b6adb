"""Whatever a test here does to the server, it goes on serving."""

from collections.abc import Iterator

import pytest

from tests.parts.api import Api


@pytest.fixture(autouse=True)
def the_server_goes_on(shared_api: Api) -> Iterator[None]:
    yield
    assert shared_api.run("sync-view", "save", delay_ms=0)["verdict"]["error"] is None
