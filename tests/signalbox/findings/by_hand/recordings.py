"""Recordings written out by hand, in which everything that a finding says is known beforehand: see test_verdict."""

from typing import Any

from signalbox.documents import SpanDocument
from signalbox.findings import Finding, find
from signalbox.recording import Recording
from tests.signalbox.test_verdict import LOOP, MS, OTHER, THREADS, WORKER, connection, span

__all__ = ["LOOP", "MS", "OTHER", "WORKER", "called", "caller", "connection", "findings_in", "hopped", "sent", "span"]


def findings_in(*spans: SpanDocument, **recording: Any) -> list[Finding]:
    return find(Recording(spans, THREADS, **recording))


def caller(number: int, thread: int, start: int, end: int | None, **known: Any) -> SpanDocument:
    return span(number, "caller", thread, start, end, **{"name": "shop.view", **known})


def sent(number: int, thread: int, start: int, end: int | None, method: str = "send", **known: Any) -> SpanDocument:
    """A dispatch of the signal `ordered`."""
    known = {"name": f"ordered.{method}", "signal": "ordered", "method": method, "sender": "shop", **known}
    return span(number, "dispatch", thread, start, end, **known)


def called(
    number: int, thread: int, start: int, end: int | None, name: str = "shop.bill", **known: Any
) -> SpanDocument:
    """A receiver call; it stands in the line of the file that has its name."""
    return span(
        number, "receiver", thread, start, end, **{"name": name, "source": f"{name}:1", "signal": "ordered", **known}
    )


def hopped(
    number: int, thread: int, start: int, end: int | None, executor: str, to_thread: int | None, **known: Any
) -> SpanDocument:
    """A hop that has its function's work done at once."""
    direction = "async_to_sync" if executor in {"main-loop", "new-loop"} else "sync_to_async"
    function = known.pop("function", "shop.work")
    attributes = {"direction": direction, "executor": executor, "to_thread": to_thread, "function": function}
    known = {"name": f"{direction}({function})", "queued_ns": 0, "ran_ns": 0, **attributes, **known}
    return span(number, "hop", thread, start, end, **known)
