"""What receivers asked to be done after a commit, and where they asked."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, source_of
from signalbox.findings.finding import Found, ids, times
from signalbox.findings.transactions import transaction_around


class Asked(NamedTuple):
    """One call of ``on_commit()``: by which receiver, in which span, and who held the transaction that it missed."""

    receiver: SpanDocument
    span: SpanDocument
    call: dict[str, Any]
    holder: SpanDocument


def outside_its_transaction(evidence: Evidence) -> Iterator[Found]:
    by_receiver: dict[tuple[str, bool], list[Asked]] = defaultdict(list)
    for asked in _asked_elsewhere(evidence):
        by_receiver[asked.receiver.name, asked.call["at_once"]].append(asked)
    for (name, at_once), calls in by_receiver.items():
        first, run = calls[0], evidence.run
        function = first.call["function"]
        held = None if first.holder.connection is None else first.holder.connection.serial
        yield Found(
            "warning",
            ids(span for asked in calls for span in (asked.receiver, asked.span, asked.holder)),
            f"{name} called transaction.on_commit({function}){times(calls)} on"
            f" {_connection(first.call)}, while the transaction around it was open on connection {held} in"
            f" {run.thread_name(first.holder)}, where {first.holder.name} began. {_outcome(at_once, function)}",
            "Call on_commit() in the thread of the transaction: in a sync receiver of send(), or in an async one by"
            " sync_to_async(transaction.on_commit) at its default.",
            source_of([first.receiver]),
        )


def _connection(call: dict[str, Any]) -> str:
    return "a connection of another thread" if call["serial"] is None else f"connection {call['serial']}"


def _outcome(at_once: bool, function: str) -> str:
    if not at_once:
        return "It waits for the commit of that connection's own transaction, whatever becomes of this one."
    return (
        f"Outside of a transaction it does not wait: {function} was called at once, before that transaction's commit,"
        " and stands also where it is rolled back."
    )


def _asked_elsewhere(evidence: Evidence) -> Iterator[Asked]:
    for span in evidence.run.spans:
        for call in span.attributes.get("on_commit", ()):
            receiver = span if span.kind == "receiver" else evidence.above(span, "receiver")
            holder = None if receiver is None else transaction_around(evidence, receiver)
            if receiver is not None and holder is not None and _misses(call, holder):
                yield Asked(receiver, span, call, holder)


def _misses(call: dict[str, Any], holder: SpanDocument) -> bool:
    """Whether another connection was asked, and of the same database: with several, each has its transactions."""
    held = holder.connection
    return held is not None and call["alias"] == held.alias and call["serial"] != held.serial
