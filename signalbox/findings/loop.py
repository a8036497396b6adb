"""Event loops that a receiver kept from running anything else."""

from collections.abc import Iterator

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, by_name, is_async, source_of
from signalbox.findings.finding import Found, ids, times
from signalbox.reasons import readable_duration


def blocks_its_loop(evidence: Evidence, receiver: SpanDocument) -> bool:
    return evidence.held_ns(receiver) > evidence.run.late_ns


def blocked_by_sync_receiver(evidence: Evidence) -> Iterator[Found]:
    for calls in _blocking(evidence, are_async=False):
        first, held = calls[0], _longest(evidence, calls)
        dispatch = evidence.above(first, "dispatch")
        method = "send" if dispatch is None else dispatch.attributes["method"]
        yield Found(
            "warning",
            ids(calls),
            f"{first.name} ran{times(calls)} in {evidence.run.thread_name(first)}, on the thread of a running event"
            f" loop: for {held} the loop served no other request, task or socket. {method}() was called on that loop,"
            " and it calls sync receivers where it is called.",
            f"Await the signal's a{method}() instead, which takes sync receivers to a worker thread; or put the code"
            " that sends into sync_to_async().",
            source_of(calls),
        )


def blocked_by_async_receiver(evidence: Evidence) -> Iterator[Found]:
    for calls in _blocking(evidence, are_async=True):
        first, held = calls[0], _longest(evidence, calls)
        yield Found(
            "warning",
            ids(calls),
            f"{first.name} ran{times(calls)} on the event loop of {evidence.run.thread_name(first)} and kept it for"
            f" {held} without an await: the loop served no other request, task or socket.",
            "Await the async version of what takes the time, or take it to a thread with sync_to_async().",
            source_of(calls),
        )


def _blocking(evidence: Evidence, *, are_async: bool) -> list[list[SpanDocument]]:
    kind = (receiver for receiver in evidence.receivers if is_async(receiver) is are_async)
    return by_name(receiver for receiver in kind if blocks_its_loop(evidence, receiver))


def _longest(evidence: Evidence, calls: list[SpanDocument]) -> str:
    longest = readable_duration(max(map(evidence.held_ns, calls)))
    return longest if len(calls) == 1 else f"up to {longest}"
