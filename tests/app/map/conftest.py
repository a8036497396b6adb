"""A page that has the map measured."""

from collections.abc import Iterator

import pytest

from tests.parts.api import Api
from tests.parts.map import MapPage, map_page


@pytest.fixture
def map_socket(api: Api) -> Iterator[MapPage]:
    with map_page(api) as page:
        yield page
