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


def test_two_requests_have_one_ident_and_two_threads(shared_api: Api) -> None:
    by_ident: dict[int, dict[str, Any]] = {}
    for _ in range(MOST_REQUESTS):
        thread = worker_thread(shared_api)
        earlier = by_ident.setdefault(thread["ident"], thread)
        if earlier is not thread:
            assert earlier["key"] != thread["key"], "a request has a thread of its own"
            assert earlier["native_id"] != thread["native_id"]
            return
    raise AssertionError(f"the system gave no ident out again in {MOST_REQUESTS} requests")
