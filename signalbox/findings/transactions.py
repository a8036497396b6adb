"""Receivers that don't take part in the transaction that was open around them."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, by_name, is_async, source_of
from signalbox.findings.finding import Found, ids, times

#: A receiver that ran outside of a transaction, and the span that had it open.
Outside = tuple[SpanDocument, SpanDocument]


def outside_the_dispatchs(evidence: Evidence) -> Iterator[Found]:
    return _found(evidence, lambda holder: holder.kind == "dispatch")


def outside_the_callers(evidence: Evidence) -> Iterator[Found]:
    return _found(evidence, lambda holder: holder.kind != "dispatch")


def _found(evidence: Evidence, concerns: Callable[[SpanDocument], bool]) -> Iterator[Found]:
    holders: dict[int, SpanDocument] = {}
    for receiver in evidence.receivers:
        holder = transaction_around(evidence, receiver)
        if holder is not None and concerns(holder) and not _shares_connection(receiver, holder):
            holders[receiver.id] = holder
    groups: dict[bool, list[SpanDocument]] = defaultdict(list)
    outside = [receiver for receiver in evidence.receivers if receiver.id in holders]
    for receiver in outside:
        groups[_may_miss_it(evidence, receiver, holders[receiver.id])].append(receiver)
    for misses_it, receivers in groups.items():
        for calls in by_name(receivers):
            yield _say(evidence, calls, holders[calls[0].id], misses_it=misses_it)


def transaction_around(evidence: Evidence, receiver: SpanDocument) -> SpanDocument | None:
    """The dispatch or what is above it: the nearest that began in a transaction and was under way all the time."""
    dispatch = evidence.above(receiver, "dispatch")
    if dispatch is None:
        return None
    alias = "default" if dispatch.connection is None else dispatch.connection.alias
    for upper in (dispatch, *evidence.ancestors(dispatch)):
        if upper.end_ns is not None and upper.end_ns < receiver.start_ns:
            return None  # it may have been committed since
        if upper.connection is not None and upper.connection.alias == alias and upper.connection.atomic_depth:
            return upper
    return None


def _shares_connection(span: SpanDocument, holder: SpanDocument) -> bool:
    return (
        span.connection is not None
        and holder.connection is not None
        and span.connection.serial == holder.connection.serial
    )


def _may_miss_it(evidence: Evidence, receiver: SpanDocument, holder: SpanDocument) -> bool:
    """Whether the receiver's own queries went past the transaction, as far as they were recorded.

    An async receiver has no connection of its own: its ``await x.aget()`` hops back to the thread of the send, and so
    into the transaction. A sync one, or work below an async one that shows another connection, is outside of it.
    """
    if not is_async(receiver) or not _is_waited_for(evidence, receiver, holder):
        return True
    return any(
        lower.connection is not None
        and holder.connection is not None
        and lower.connection.alias == holder.connection.alias
        and not _shares_connection(lower, holder)
        for lower in (receiver, *evidence.below(receiver))
    )


def _is_waited_for(evidence: Evidence, receiver: SpanDocument, holder: SpanDocument) -> bool:
    """Whether the transaction's thread waits in ``async_to_sync`` above the receiver: it can be hopped back to."""
    return any(
        upper.kind == "hop" and upper.attributes["direction"] == "async_to_sync" and upper.thread == holder.thread
        for upper in evidence.ancestors(receiver)
    )


def _say(evidence: Evidence, calls: list[SpanDocument], holder: SpanDocument, *, misses_it: bool) -> Found:
    first, run = calls[0], evidence.run
    number = None if holder.connection is None else holder.connection.serial
    around = (
        f"{first.name} ran{times(calls)} in {run.thread_name(first)}, outside of the transaction that was open on"
        f" connection {number} in {run.thread_name(holder)}, where {holder.name} began."
    )
    if misses_it:
        return Found(
            "warning",
            ids([*calls, holder]),
            f"{around} Its queries go over another connection: they don't see the transaction's uncommitted rows, what"
            " they write stays when the transaction rolls back, and on SQLite it waits for the transaction's lock.",
            "Leave thread_sensitive at its default and reach async code by async_to_sync(), so that the work stays in"
            " the transaction's thread; or do it after the commit, in transaction.on_commit().",
            source_of(calls),
        )
    return Found(
        "info",
        ids([*calls, holder]),
        f"{around} An async receiver has no connection of its own: what it awaits from the ORM hops back into that"
        " thread and transaction, what it takes elsewhere with thread_sensitive=False or asyncio.to_thread() does not.",
        "Use the ORM's async methods or sync_to_async() at its default; for work that must see committed rows, connect"
        " a sync receiver that calls transaction.on_commit().",
        source_of(calls),
    )
