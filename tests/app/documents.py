"""What is true of every run's document, and how tests ask it. Its keys are those of docs/protocol.md."""

import json
import re
from itertools import pairwise
from typing import Any

from tests.parts.api import Document
from tests.parts.server import ROOT

PROTOCOL = (ROOT / "docs" / "protocol.md").read_text()


def section(title: str) -> str:
    """The text below a heading of docs/protocol.md."""
    return PROTOCOL.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def example(title: str) -> Any:
    """The first JSON example below a heading."""
    return json.loads(section(title).partition("```json\n")[2].partition("```")[0])


RUN = example("A run")
THREAD_KEYS = set(example("A thread"))
SPAN_KEYS = {
    key
    for row in re.findall(r"^\| (`.+?`) \|", section("A span").partition("Attributes:")[0], re.MULTILINE)
    for key in re.findall(r"`(\w+)`", row)
}


#: Commands; and the body of a streaming response, which Django's handler asks for after the middleware.
WITHOUT_A_REQUEST = frozenset({"command", "command-async", "streaming-view"})


def spans_of(document: Document, kind: str) -> list[dict[str, Any]]:
    return [span for span in document["spans"] if span["kind"] == kind]


def the(document: Document, kind: str) -> dict[str, Any]:
    """The only span of this kind."""
    (span,) = spans_of(document, kind)
    return span


def check(document: Document) -> None:
    """Whatever an experiment did: its document is complete, and a tree."""
    check_keys(document)
    spans = {span["id"]: span for span in document["spans"]}
    assert len(spans) == len(document["spans"])
    check_outermost(document)
    assert {span["parent"] for span in document["spans"]} - {None} <= set(spans)
    assert {span["thread"] for span in document["spans"]} <= {thread["key"] for thread in document["threads"]}
    for span in document["spans"]:
        if span["kind"] != "request":
            _check_span(span)
    for receiver in document["verdict"]["receivers"]:
        inner, outer = spans[receiver["span"]], spans[receiver["dispatch"]]
        assert inner["kind"] == "receiver"
        assert outer["kind"] == "dispatch"
        assert outer["start_ns"] <= inner["start_ns"]


def check_outermost(document: Document) -> None:
    """Each caller; around one in a server its request or connection, under way unless the client has left."""
    outermost = [span for span in document["spans"] if span["parent"] is None]
    callers = spans_of(document, "caller")
    assert len(callers) == document["experiment"]["concurrency"]
    if document["experiment"]["caller"] in WITHOUT_A_REQUEST:
        assert outermost == callers
        return
    requests = {request["id"]: request for request in outermost}
    assert sorted(requests) == sorted(caller["parent"] for caller in callers)
    for caller in callers:
        request = requests[caller["parent"]]
        assert request["kind"] == "request"
        assert (request["end_ns"] is None) == (request["outcome"] is None)
        assert request["start_ns"] <= caller["start_ns"]
        assert [span for span in document["spans"] if span["parent"] == request["id"]] == [caller]


def check_keys(document: Document) -> None:
    assert document["schema"] == RUN["schema"]
    assert list(document) == list(RUN)
    for part in ("experiment", "environment", "verdict"):
        assert list(document[part]) == list(RUN[part])
    assert all(set(span) == SPAN_KEYS for span in document["spans"])
    assert all(set(thread) == THREAD_KEYS for thread in document["threads"])
    (described,) = RUN["verdict"]["receivers"]
    for receiver in document["verdict"]["receivers"]:
        assert list(receiver) == list(described)
        assert list(receiver["reasons"]) == list(described["reasons"])


def check_nesting(document: Document) -> None:
    """Where nothing failed, everybody waits for what they began."""
    spans = {span["id"]: span for span in document["spans"]}
    for span in document["spans"]:
        if span["parent"] is not None and spans[span["parent"]]["kind"] != "request":
            parent = spans[span["parent"]]
            assert parent["start_ns"] <= span["start_ns"] <= span["end_ns"] <= parent["end_ns"], span["name"]


def _check_span(span: dict[str, Any]) -> None:
    assert span["end_ns"] is not None, f"{span['name']} has not ended"
    assert span["start_ns"] <= span["end_ns"]
    assert span["outcome"] in {"ok", "error", "cancelled"}
    assert (span["error"] is None) == (span["outcome"] == "ok")
    if span["attributes"]["is_async"]:
        _check_running(span)
    else:
        assert "running" not in span["attributes"]


def _check_running(span: dict[str, Any]) -> None:
    running = span["attributes"]["running"]
    assert running, "a coroutine that ended has run"
    assert all(begun <= suspended for begun, suspended in running)
    assert all(one[1] <= next_one[0] for one, next_one in pairwise(running))
    assert span["start_ns"] <= running[0][0]
    assert running[-1][1] <= span["end_ns"]
