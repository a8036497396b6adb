"""What a real request teaches about threads."""

from typing import Any

from tests.app.documents import the
from tests.parts.api import Api

MOST_REQUESTS = 200


def worker_thread(api: Api) -> dict[str, Any]:
    """The thread in which a request's sync view ran."""
    document = api.run("sync-view", "send", delay_ms=0)
    key = the(document, "caller")["thread"]
    (thread,) = (thread for thread in document["threads"] if thread["key"] == key)
    return thread


def test_two_requests_in_a_row_have_one_ident_and_two_threads(shared_api: Api) -> None:
    before = worker_thread(shared_api)
    for _ in range(MOST_REQUESTS):
        after = worker_thread(shared_api)
        assert after["key"] != before["key"], "a request has a thread of its own"
        if after["ident"] == before["ident"]:
            assert after["native_id"] != before["native_id"]
            return
        before = after
    raise AssertionError(f"the system gave no ident out again in {MOST_REQUESTS} requests")
