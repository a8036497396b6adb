"""Identifiers that name more than one thing."""

from collections import defaultdict
from collections.abc import Iterator

from signalbox.documents import ThreadDocument
from signalbox.findings.evidence import Evidence
from signalbox.findings.finding import Found, counted, ids

MOST_NAMES = 3


def one_ident_two_threads(evidence: Evidence) -> Iterator[Found]:
    threads: dict[tuple[int, int], list[ThreadDocument]] = defaultdict(list)
    for thread in evidence.run.threads.values():
        threads[thread.process, thread.ident].append(thread)
    shared = [namesakes for namesakes in threads.values() if len(namesakes) > 1]
    if shared:
        yield _say(evidence, max(shared, key=len), others=len(shared) - 1)


def _say(evidence: Evidence, namesakes: list[ThreadDocument], others: int) -> Found:
    keys = {thread.key for thread in namesakes}
    first = {
        thread: span
        for span in reversed(evidence.run.spans)
        for thread in (span.thread, span.attributes.get("to_thread"))
        if thread in keys
    }
    names = ", ".join(thread.name for thread in namesakes[:MOST_NAMES])
    more = f" and {len(namesakes) - MOST_NAMES} more" if len(namesakes) > MOST_NAMES else ""
    too = f" So it was with {counted(others, 'other ident')}." if others else ""
    return Found(
        "info",
        ids(sorted(first.values(), key=lambda span: span.start_ns)),
        f"threading.get_ident() answered {namesakes[0].ident} in {len(namesakes)} threads, one after the other:"
        f" {names}{more}.{too} Equal idents do not prove one thread.",
        "Compare threading.current_thread() objects, or threading.get_native_id(), when you ask whether two pieces of"
        " code ran in the same thread.",
    )
