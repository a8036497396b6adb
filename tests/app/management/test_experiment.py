"""`manage.py experiment`: any caller, in the words of a person or as a document."""

import json
from typing import Any

import pytest

from tests.app.documents import check
from tests.app.management.refusing import refusal
from tests.parts.server import Server


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """No server is running, the first command makes the database, and a proxy is said to be there that answers none."""
    return Server(
        tmp_path_factory.mktemp("machine"), HTTP_PROXY="http://127.0.0.1:9", ALL_PROXY="http://127.0.0.1:9", NO_PROXY=""
    )


@pytest.mark.parametrize(
    "caller", ["sync-view", "async-view", "async-consumer", "sync-consumer", "command", "command-async"]
)
def test_it_says_where_the_receivers_ran(machine: Server, caller: str) -> None:
    said = machine.manage("experiment", caller, "asave", "--receivers=both", "--delay-ms=10", timeout=60).stdout
    words = " ".join(said.split())
    assert f"{caller} · asave · both" in said
    assert "app.receivers.my_signal_handler (sync, post_save)" in said
    assert "app.receivers.my_async_signal_handler (async, post_save)" in said
    assert words.count("Did the caller wait? yes") == 2
    assert words.count("Same thread as the sender? yes") == 1
    assert words.count("Same thread as the sender? no") == 1
    assert words.count("Why there?") == 2


def test_json_is_the_document_and_nothing_else(machine: Server) -> None:
    order = ["--atomic", "--receivers=both", "--delay-ms=0", "--fail=async", "--json"]
    done = machine.manage("experiment", "command", "save", *order)
    document = json.loads(done.stdout)
    check(document)
    assert document["experiment"] == {
        "caller": "command",
        "way": "save",
        "receivers": "both",
        "atomic": True,
        "delay_ms": 0,
        "fail": "async",
        "concurrency": 1,
    }
    assert document["verdict"]["error"].startswith("ToldToFail: ")
    assert "Signal received for: Test" in done.stderr


def test_many_callers_at_once(machine: Server) -> None:
    order = ["--concurrency=4", "--delay-ms=100", "--json"]
    document = json.loads(machine.manage("experiment", "async-consumer", "asave", *order).stdout)
    check(document)
    assert document["experiment"]["concurrency"] == 4
    assert "SB402" in {finding["code"] for finding in document["findings"]}


def test_an_impossible_combination_is_told_as_such(machine: Server) -> None:
    said = machine.manage("experiment", "command-async", "save").stdout
    assert "The caller got SynchronousOnlyOperation" in said


def test_a_stream_is_lines_of_batches_and_then_the_run(machine: Server) -> None:
    done = machine.manage("experiment", "command", "save", "--delay-ms=100", "--stream")
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    batches = [line["batch"] for line in lines[:-1]]
    run = lines[-1]["run"]
    check(run)
    begun = [span for batch in batches for span in batch["begun"]]
    ended = [end["id"] for batch in batches for end in batch["ended"]]
    assert {span["id"] for span in begun} == {span["id"] for span in run["spans"]}
    (receiver,) = (span for span in begun if span["kind"] == "receiver")
    assert receiver["outcome"] is None
    assert receiver["id"] in ended
    assert {batch["process"] for batch in batches} == {thread["process"] for thread in run["threads"]}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["carrier-pigeon", "save"], "argument caller: invalid choice: 'carrier-pigeon' (choose from"),
        (["command", "teleport"], "argument way: invalid choice: 'teleport' (choose from"),
        (["command"], "the following arguments are required: way"),
        (["command", "save", "--receivers=some"], "argument --receivers: invalid choice: 'some'"),
        (["command", "save", "--delay-ms=x"], "argument --delay-ms: invalid int value: 'x'"),
        (["command", "save", "--delay-ms=10001"], "delay_ms: expected int <= 10000; got 10001."),
        (["sync-view", "save", "--concurrency=51"], "concurrency: expected int <= 50; got 51."),
        (["command", "save", "--concurrency=2"], "concurrency: expected 1 for the caller command, a process"),
        (["command", "save", "--fail=async"], "fail: expected null or sync"),
        (["command", "save", "--json", "--stream"], "argument --stream: not allowed with argument --json"),
        (
            ["sync-view", "save", "--stream"],
            "--stream: expected a caller that is a command and runs here; got sync-view.",
        ),
        (["command", "save", "--colour=red"], "unrecognized arguments: --colour=red"),
    ],
)
def test_bad_arguments_get_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    said = refusal(capsys, "experiment", *arguments)
    assert sentence in said
    assert "Traceback" not in said
