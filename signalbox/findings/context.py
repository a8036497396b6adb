"""What a caller left for those that it calls, and they could not read."""

from collections.abc import Iterator

from signalbox.findings.evidence import Evidence, by_name, source_of
from signalbox.findings.finding import Found, ids, times


def threadlocal_not_visible(evidence: Evidence) -> Iterator[Found]:
    blind = (span for span in evidence.receivers if span.attributes.get("threadlocal_visible") is False)
    for calls in by_name(blind):
        first, caller = calls[0], evidence.run.caller(calls[0])
        there = "" if caller is None else f" of {caller.name} in {evidence.run.thread_name(caller)}"
        yield Found(
            "info",
            ids(calls),
            f"{first.name} ran{times(calls)} in {evidence.run.thread_name(first)}, where the thread-locals{there} are"
            " not to be read: a current user or tenant that is kept in a threading.local is missing, or another's.",
            "Keep it in a contextvars.ContextVar or an asgiref.local.Local, which go with the work; or send it along"
            " with the signal.",
            source_of(calls),
        )
