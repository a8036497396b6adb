"""A client that asks for an experiment and can go away before the answer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

from tests.parts.api import Api


@contextmanager
def asking(api: Api, caller: str, **order: Any) -> Iterator[None]:
    """The experiment is asked for; at the end of the block the client is gone."""
    token = api.http.cookies["csrftoken"]
    headers = {"X-CSRFToken": token, "Cookie": f"csrftoken={token}", "Content-Type": "application/json"}
    connection = HTTPConnection(api.server.host, api.server.port)
    connection.request("POST", f"/experiments/{caller}/", json.dumps(order), headers)
    yield
    connection.close()
