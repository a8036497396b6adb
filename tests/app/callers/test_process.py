"""The caller `command`, asked for over HTTP: a process of its own, seen in the stream while it runs."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.app.callers.leaving import asking
from tests.app.documents import check, check_nesting
from tests.app.sentences import check_sentence
from tests.parts.api import Api
from tests.parts.elsewhere import run_elsewhere
from tests.parts.live import Live, watching


@pytest.fixture
def live(shared_api: Api) -> Iterator[Live]:
    with watching(shared_api) as live:
        yield live


def test_its_spans_arrive_while_it_runs_as_those_of_another_process(shared_api: Api, live: Live) -> None:
    with run_elsewhere(shared_api, "command", "save", receivers="both", delay_ms=700) as run:
        receiver = live.hear_begin("my_signal_handler")
        assert receiver["outcome"] is None
        assert not run.done()
    document = run.result()
    check(document)
    check_nesting(document)
    assert receiver["process"] != shared_api.server.pid
    assert {thread["process"] for thread in document["threads"]} == {receiver["process"]}
    assert shared_api.get(f"/runs/{document['id']}.json") == document
    live.hear_ends()
    assert {span for process, span in live.begun} == {span["id"] for span in document["spans"]}
    with watching(shared_api) as later:
        assert {"process": receiver["process"], "role": "command"} in later.hello["processes"]


def test_a_command_that_is_killed_is_an_error_and_its_spans_end(shared_api: Api, live: Live) -> None:
    with ThreadPoolExecutor(1) as executor:
        answer = executor.submit(shared_api.post, "/experiments/command/", {"way": "save", "delay_ms": 10_000})
        os.kill(live.hear_begin("my_signal_handler")["process"], signal.SIGKILL)
    assert answer.result().status_code == 500
    check_sentence(answer.result().json()["error"], "-9")
    check_all_given_up(live)


def test_a_command_that_nobody_waits_for_is_ended(shared_api: Api, live: Live) -> None:
    with asking(shared_api, "command", way="save", delay_ms=10_000):
        process = live.hear_begin("my_signal_handler")["process"]
    check_all_given_up(live)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def check_all_given_up(live: Live) -> None:
    live.hear_ends()
    outcomes = {end["id"]: end["outcome"] for batch in live.of_type("batch") for end in batch["ended"]}
    assert set(outcomes.values()) == {"unfinished"}
    live.hear_until(lambda frame: frame["type"] == "stats" and frame["experiments"] == 0)
