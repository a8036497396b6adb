"""What a dispatch paid, or could not have, for crossing between sync and async code."""

from collections import defaultdict
from collections.abc import Iterator

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, is_async, is_hop_to, source_of
from signalbox.findings.finding import Found, counted, ids, times
from signalbox.reasons import readable_duration

REFUSED = "You cannot use AsyncToSync in the same thread as an async event loop"


def send_on_an_event_loop(evidence: Evidence) -> Iterator[Found]:
    refused: dict[tuple[str, str], list[SpanDocument]] = defaultdict(list)
    for hop, dispatch in _to_async_receivers(evidence):
        if REFUSED in (hop.error or ""):
            refused[dispatch.name, dispatch.attributes["sender"]].append(dispatch)
    for (name, sender), dispatches in refused.items():
        first = dispatches[0]
        method, receivers = first.attributes["method"], first.attributes["receivers"]
        unreached = first.attributes["refused"]
        ran = f", after its {counted(receivers['sync'], 'sync receiver')} had run" if receivers["sync"] else ""
        yield Found(
            "error",
            ids(dispatches),
            f"{name}() with sender {sender} was called{times(dispatches)} in {evidence.run.thread_name(first)}, on the"
            f" thread of a running event loop, with {counted(len(unreached), 'async receiver')}:"
            f" {' and '.join(receiver['name'] for receiver in unreached)}. {method}() needs async_to_sync() for async"
            f" receivers, which refuses such a thread: none of them ran, and {method}() raised RuntimeError{ran}.",
            f"Await a{method}() there; or put the code that sends into sync_to_async().",
            unreached[0]["source"],
        )


def new_thread_and_loop(evidence: Evidence) -> Iterator[Found]:
    made: dict[tuple[str, ...], list[SpanDocument]] = defaultdict(list)
    receivers: dict[tuple[str, ...], list[SpanDocument]] = {}
    for hop, dispatch in _to_async_receivers(evidence):
        called = [receiver for receiver in evidence.receivers_of(dispatch) if is_async(receiver)]
        if hop.attributes.get("executor") == "new-loop" and _unmarked_by_asgiref(evidence, dispatch) is None:
            names = tuple(sorted({receiver.name for receiver in called}))
            made[names].append(hop)
            receivers.setdefault(names, called)
    for names, hops in made.items():
        yield _about_new_loops(evidence, names, hops, source_of(receivers[names]))


def _about_new_loops(evidence: Evidence, names: tuple[str, ...], hops: list[SpanDocument], source: str | None) -> Found:
    thread = evidence.run.thread_name(hops[0])
    waited = readable_duration(sum(hop.attributes["queued_ns"] for hop in hops))
    each = "a new event loop in a new thread" + (" each" if len(hops) > 1 else "")
    return Found(
        "info",
        ids(hops),
        f"{' and '.join(names)}: for {counted(len(hops), 'dispatch', 'dispatches')} in {thread}, which works for no"
        f" event loop, send() made {each}, used it once and closed it; {waited} passed before the receivers began.",
        "Connect a sync receiver where signals are sent from sync code; or send many times below one async_to_sync().",
        source,
    )


def pool_threads_history(evidence: Evidence) -> Iterator[Found]:
    seen: dict[tuple[str, str], list[SpanDocument]] = defaultdict(list)
    for hop, dispatch in _to_async_receivers(evidence):
        executor = hop.attributes.get("executor")
        if executor in _BY_HISTORY and _unmarked_by_asgiref(evidence, dispatch) is not None:
            seen[dispatch.attributes["signal"], executor].append(hop)
    for (signal, executor), hops in seen.items():
        thread = evidence.run.thread_name(hops[0])
        called = [receiver for hop in hops for receiver in evidence.below(hop) if receiver.kind == "receiver"]
        yield Found(
            "warning",
            ids(hops),
            f"{signal} was sent{times(hops)} in {thread}, which was not given its work by sync_to_async(), and has"
            f" async receivers. {_BY_HISTORY[executor].format(thread=thread)} Which of the two happens depends on what"
            " the pool's thread was used for before.",
            "Take the send to the thread with sync_to_async(…, thread_sensitive=False) instead of asyncio.to_thread()"
            " or run_in_executor(); or await asend().",
            source_of(called),
        )


_BY_HISTORY = {
    "new-loop": "{thread} had never worked for asgiref, so they ran on a new event loop in a new thread.",
    "main-loop": "{thread} had worked for asgiref before, which left its mark there, so they ran on the loop of that"
    " earlier work.",
}


def _to_async_receivers(evidence: Evidence) -> Iterator[tuple[SpanDocument, SpanDocument]]:
    """Each hop by which a dispatch reached its async receivers, or tried to, with the dispatch."""
    for hop in evidence.hops:
        dispatch = evidence.parent(hop)
        if hop.attributes["direction"] == "async_to_sync" and dispatch is not None and dispatch.kind == "dispatch":
            yield hop, dispatch


def _unmarked_by_asgiref(evidence: Evidence, dispatch: SpanDocument) -> SpanDocument | None:
    """The span on an event loop from which the dispatch's thread was reached, if that was past asgiref.

    asgiref marks a thread with the loop that it works for and leaves the mark there. A thread that got its work from
    elsewhere carries the mark of whatever asgiref last did there, or none.
    """
    for upper in evidence.ancestors(dispatch):
        if upper.kind == "hop" and is_hop_to(upper, dispatch.thread):
            return None
        if upper.kind == "caller" and upper.thread == dispatch.thread:
            return None  # how the caller itself came here may not have been recorded
        if upper.thread != dispatch.thread:
            return upper if upper.loop is not None else None
    return None
