"""Thread-locals and context variables that did not reach where they were meant to, or reached further."""

from collections import defaultdict
from collections.abc import Iterator

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, by_name, is_async, source_of
from signalbox.findings.finding import Found, ids, times

#: Set by whoever reads it first, so setting it says nothing (``decimal.getcontext()``).
SET_BY_READING = frozenset({"decimal_context"})
#: The name of all context variables behind ``asgiref.local.Local`` (``asgiref/local.py``).
LOCAL = "asgiref.local"


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


def variable_lost(evidence: Evidence) -> Iterator[Found]:
    for first, dispatch, names, calls in _set_by_receivers(evidence, kept=False):
        way = "as a task of its own" if is_async(first) else "behind a hop in a task of its own"
        yield Found(
            "info",
            ids(calls),
            f"{first.name} set {_variables(names)}{times(calls)}, and after {dispatch.name}() the caller does not see"
            f" it: {dispatch.attributes['method']}() ran the receiver {way}, and a task has a copy of the context.",
            "Return the value from the receiver, as the sender gets it among the responses; or send a mutable object"
            " along with the signal, or put one into the variable beforehand, and let the receiver write into it.",
            source_of(calls),
        )


def variable_leaked(evidence: Evidence) -> Iterator[Found]:
    for first, dispatch, names, calls in _set_by_receivers(evidence, kept=True):
        yield Found(
            "warning",
            ids(calls),
            f"{first.name} set {_variables(names)}{times(calls)}, and after {dispatch.name}() the caller goes on with"
            " the receiver's value: from Django 6.1 on async receivers run in the context of their sender, not in"
            " copies of it.",
            "Reset the variable before the receiver ends, by the token of set() in a finally or by a context manager"
            " such as translation.override().",
            source_of(calls),
        )


#: A receiver's first call, its dispatch, the names of the variables, and all such calls.
Setting = tuple[SpanDocument, SpanDocument, frozenset[str], list[SpanDocument]]


def _set_by_receivers(evidence: Evidence, *, kept: bool) -> Iterator[Setting]:
    settings: dict[tuple[str, frozenset[str]], list[tuple[SpanDocument, SpanDocument]]] = defaultdict(list)
    for dispatch, receivers in evidence.dispatches_with_receivers():
        if dispatch.end_ns is None:
            continue
        still_there = set(dispatch.attributes.get("contextvars_kept", ()))
        for receiver in receivers:
            concerned = is_async(receiver) if kept else _ran_in_a_task_of_its_own(receiver, dispatch)
            names = set(receiver.attributes.get("contextvars_set", ())) - SET_BY_READING
            names = names & still_there if kept else names - still_there
            if concerned and names:
                settings[receiver.name, frozenset(names)].append((receiver, dispatch))
    for (_, variables), calls in settings.items():
        first, dispatch = calls[0]
        yield first, dispatch, variables, [receiver for receiver, _ in calls]


def _ran_in_a_task_of_its_own(receiver: SpanDocument, dispatch: SpanDocument) -> bool:
    """Otherwise it ran in the sender's context: a sibling may have set the variable again, but nothing is lost."""
    return receiver.parent != dispatch.id or receiver.task != dispatch.task


def _variables(names: frozenset[str]) -> str:
    one = "the context variable" if len(names) == 1 else "the context variables"
    local = " (an asgiref Local, such as the active language or time zone)" if LOCAL in names else ""
    return f"{one} {', '.join(sorted(names))}{local}"
