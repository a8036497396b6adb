import pytest

from tests.app.claims.running import Runs
from tests.parts.api import Api


@pytest.fixture(scope="session")
def runs(shared_api: Api) -> Runs:
    return Runs(shared_api)
