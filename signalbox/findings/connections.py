"""Database connections that outlive the work that opened them."""

from collections import defaultdict
from collections.abc import Iterator

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, is_hop_to, source_of
from signalbox.findings.finding import Found, counted, ids, times


def left_open_in_a_pool(evidence: Evidence) -> Iterator[Found]:
    by_function: dict[str, list[SpanDocument]] = defaultdict(list)
    for hop in evidence.hops:
        if hop.attributes.get("left_open"):
            by_function[hop.attributes["function"]].append(hop)
    for hops in by_function.values():
        first = hops[0]
        left = {connection["serial"] for hop in hops for connection in hop.attributes["left_open"]}
        threads = {hop.attributes["to_thread"] for hop in hops}
        more = f" and {counted(len(threads) - 1, 'more thread')}" if len(threads) > 1 else ""
        yield Found(
            "warning",
            ids(hops),
            f"{first.name} opened {counted(len(left), 'database connection')}{times(hops)} in"
            f" {evidence.run.name_of_thread(first.attributes['to_thread'])}{more}, and left it open there. These are"
            " threads of a pool: at the end of a request Django closes the connections of the request's own thread,"
            " and nobody closes theirs.",
            "Leave thread_sensitive at its default for work with the database; or close what it opened where it ran, by"
            " channels' database_sync_to_async(), or with connections.close_all() in the function itself.",
            _source(evidence, first),
        )


def _source(evidence: Evidence, hop: SpanDocument) -> str | None:
    """Where the receiver stands that hopped there; or else the first that ran there."""
    above = evidence.above(hop, "receiver")
    there = (span for span in evidence.below(hop) if span.kind == "receiver" and is_hop_to(hop, span.thread))
    return source_of(there if above is None else [above])
