"""Errors in receivers: what asgiref and Django refuse, what is swallowed, and whom an error takes with it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, by_name, is_async, outlived, source_of
from signalbox.findings.finding import Found, ids, times
from signalbox.findings.queues import PROCESS_WIDE

WOULD_DEADLOCK = "Single thread executor already being used, would deadlock"


def synchronous_only(evidence: Evidence) -> Iterator[Found]:
    refused = [receiver for receiver in evidence.receivers if _is_synchronous_only(receiver)]
    for calls in by_name(receiver for receiver in refused if not _came_from_below(evidence, receiver)):
        first = calls[0]
        yield Found(
            "error",
            ids(calls),
            f"{first.name} raised SynchronousOnlyOperation{times(calls)}: it asked for the database, or for something"
            f" else that is not safe there, in {evidence.run.thread_name(first)}, on the thread of a running event"
            " loop.",
            "In an async receiver await the ORM's async methods, or put the sync code into sync_to_async()."
            if is_async(first)
            else "Send with await asend(), or put the code that sends into sync_to_async(), so that the sync receiver"
            " runs in a thread without a loop.",
            source_of(calls),
        )


def _is_synchronous_only(span: SpanDocument) -> bool:
    return (span.error or "").startswith("SynchronousOnlyOperation")


def _came_from_below(evidence: Evidence, receiver: SpanDocument) -> bool:
    """Whether a receiver inside this one has raised it already."""
    return any(lower.kind == "receiver" and _is_synchronous_only(lower) for lower in evidence.below(receiver))


def would_deadlock(evidence: Evidence) -> Iterator[Found]:
    refused: dict[str, list[SpanDocument]] = defaultdict(list)
    for hop in evidence.hops:
        # Only a hop that never arrived was refused itself: others pass on what was raised inside them.
        if (
            WOULD_DEADLOCK in (hop.error or "")
            and hop.attributes.get("to_thread") is None
            and _is_innermost(evidence, hop)
        ):
            refused[hop.attributes["function"]].append(hop)
    for function, hops in refused.items():
        first = hops[0]
        receiver, origin = evidence.above(first, "receiver"), _origin(evidence, first)
        yield Found(
            "error",
            ids(hops if origin is None else [*hops, origin]),
            f"sync_to_async({function}) was refused{times(hops)} in {evidence.run.thread_name(first)} with “would"
            f" deadlock”: it needs the one thread for thread-sensitive work outside of requests, and the context that"
            f" it runs in says that this thread waits for it. {_about_origin(evidence, origin)}",
            "Use async_to_sync() instead of asyncio.run() or a loop of your own: the thread that waits in it runs such"
            " work. For a task that nobody waits for, start it in contextvars.Context().",
            None if receiver is None else source_of([receiver]),
        )


def _is_innermost(evidence: Evidence, hop: SpanDocument) -> bool:
    return not any(lower.kind == "hop" and WOULD_DEADLOCK in (lower.error or "") for lower in evidence.below(hop))


def _origin(evidence: Evidence, hop: SpanDocument) -> SpanDocument | None:
    """The hop that took the process-wide thread: the refused work runs in a copy of its context."""
    uppers = (upper for upper in evidence.ancestors(hop) if upper.kind == "hop")
    return next((upper for upper in uppers if upper.attributes.get("executor") == PROCESS_WIDE), None)


def _about_origin(evidence: Evidence, origin: SpanDocument | None) -> str:
    if origin is None:
        return "The context was inherited from before this recording, from a consumer for one."
    thread = evidence.run.name_of_thread(origin.attributes.get("to_thread"))
    return f"The context was inherited from {origin.name}, which took its work to {thread}."


def swallowed_by_robust_send(evidence: Evidence) -> Iterator[Found]:
    failed: list[SpanDocument] = []
    by_whom: dict[int, SpanDocument] = {}
    for dispatch, receivers in evidence.dispatches_with_receivers():
        if dispatch.attributes["method"].endswith("_robust"):
            errors = [receiver for receiver in receivers if receiver.outcome == "error"]
            failed += errors
            by_whom.update((receiver.id, dispatch) for receiver in errors)
    for calls in by_name(failed):
        first = calls[0]
        yield Found(
            "warning",
            ids(calls),
            f"{first.name} raised {first.error}{times(calls)}, {_whereabouts(by_whom[first.id])}.",
            "Look at the responses for exceptions, and watch the logger django.dispatch, which gets each; use send() or"
            " asend() where a failure must stop the caller.",
            source_of(calls),
        )


def _whereabouts(dispatch: SpanDocument) -> str:
    """What became of the exception: a robust send that is refused itself returns no responses."""
    method = dispatch.attributes["method"]
    if dispatch.outcome == "error":
        return f"which nobody got: {method}() itself raised {dispatch.error}"
    return f"and {method}() gave it back as that receiver's response: the caller went on"


class Fates(NamedTuple):
    """What became of the async receivers beside the first that failed in a dispatch."""

    dispatch: SpanDocument
    failed: SpanDocument
    cancelled: list[SpanDocument]
    orphaned: list[SpanDocument]


def siblings_of_a_failed_receiver(evidence: Evidence) -> Iterator[Found]:
    by_receiver: dict[str, list[Fates]] = defaultdict(list)
    for fates in _fates(evidence):
        by_receiver[fates.failed.name].append(fates)
    yield from map(_about_siblings, by_receiver.values())


def _fates(evidence: Evidence) -> Iterator[Fates]:
    for dispatch, receivers in evidence.dispatches_with_receivers():
        failed = [receiver for receiver in receivers if receiver.outcome == "error"]
        if not failed or dispatch.attributes["method"].endswith("_robust"):
            continue
        others = [receiver for receiver in receivers if is_async(receiver)]
        cancelled = [other for other in others if other.outcome == "cancelled"]
        orphaned = [other for other in others if other not in cancelled and outlived(other, dispatch)]
        first = min(failed, key=lambda receiver: receiver.end_ns or 0)
        if cancelled or orphaned:
            yield Fates(dispatch, first, cancelled, orphaned)


def _about_siblings(of_one: list[Fates]) -> Found:
    dispatch, failed, cancelled, orphaned = of_one[0]
    fates = [f"{receiver.name} was cancelled in the middle" for receiver in cancelled]
    fates += [f"{receiver.name} ran on, with nobody to wait for it or to see its error" for receiver in orphaned]
    return Found(
        "warning",
        ids(span for each in of_one for span in (each.failed, *each.cancelled, *each.orphaned)),
        f"{failed.name} raised {failed.error} in {dispatch.name}(){times(of_one)}: {'; '.join(fates)}.",
        "Use send_robust() or asend_robust(), which let every receiver finish; or catch the error in the receiver. Up"
        " to Django 6.0 the siblings of a failed async receiver run on alone, from 6.1 on they are cancelled.",
        source_of([failed]),
    )


def never_awaited(evidence: Evidence) -> Iterator[Found]:
    for calls in by_name(receiver for receiver in evidence.receivers if _returned_something_to_await(receiver)):
        first = calls[0]
        yield Found(
            "error",
            ids(calls),
            f"{first.name} was called{times(calls)} as a sync receiver and returned {first.attributes['returned']},"
            " which nobody awaits: Django did not take it for async, so the receiver's code never ran.",
            "Connect an async def function; or mark the callable with inspect.markcoroutinefunction()"
            " (asgiref.sync.markcoroutinefunction() for Python 3.11): a decorator its wrapper, an object itself.",
            source_of(calls),
        )


def _returned_something_to_await(receiver: SpanDocument) -> bool:
    """A task or future, by contrast, goes on by itself."""
    returned = receiver.attributes.get("returned") or ""
    return bool(returned) and returned.rpartition(".")[2] not in {"Task", "Future"}
