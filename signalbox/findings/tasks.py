"""Tasks that a receiver started and that were left behind."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, outlived, source_of
from signalbox.findings.finding import Found, ids, times
from signalbox.reasons import readable_duration


class Left(NamedTuple):
    """A task, the receiver that started it, and what the task itself was seen to do: a hop or a send of its own."""

    dispatch: SpanDocument
    receiver: SpanDocument
    task: dict[str, Any]
    trace: SpanDocument | None


#: What is known of a task whose start was not noted.
_UNNOTED: dict[str, Any] = {"function": None, "pending": True, "outcome": None}


def outlived_the_dispatch(evidence: Evidence) -> Iterator[Found]:
    groups: dict[tuple[str, bool, bool], list[Left]] = defaultdict(list)
    for left in _left(evidence):
        groups[left.receiver.name, _died(left), left.task["pending"]].append(left)
    for (name, died, pending), tasks in groups.items():
        first = tasks[0]
        function = first.task["function"]
        named = f" ({function})" if function else ""
        ended = f"{first.dispatch.name}() had ended"
        when = f"still pending when {ended}" if pending else f"dead when {ended}"
        yield Found(
            "warning" if died else "info",
            ids(span for left in tasks for span in (left.receiver, left.trace) if span is not None),
            f"{name} started a task{named}{times(tasks)} that was {when}{_fate(evidence, first)}.",
            "Await the task in the receiver, for one in an asyncio.TaskGroup; or hand the work to a task queue, which"
            " has a lifetime of its own. A task that nobody refers to may vanish, and one of a request has no thread,"
            " and no database connection, once the request is over.",
            source_of([first.receiver]),
        )


def _left(evidence: Evidence) -> Iterator[Left]:
    for dispatch, receivers in evidence.dispatches_with_receivers():
        traces = {span.task: (receiver, span) for receiver in receivers for span in _in_other_tasks(evidence, receiver)}
        for task in dispatch.attributes.get("tasks", ()):
            _, trace = traces.pop(task["task"], (None, None))
            started_in = evidence.span(task["span"])
            receiver = _receiver(evidence, started_in)
            if receiver is not None:
                yield Left(dispatch, receiver, task, trace)
        # So it is with the tasks of a loop that is not asyncio's own.
        for receiver, trace in traces.values():
            if outlived(trace, dispatch):
                yield Left(dispatch, receiver, _UNNOTED, trace)


def _receiver(evidence: Evidence, span: SpanDocument | None) -> SpanDocument | None:
    return span if span is None or span.kind == "receiver" else evidence.above(span, "receiver")


def _in_other_tasks(evidence: Evidence, receiver: SpanDocument) -> Iterator[SpanDocument]:
    """The outermost of what was recorded of the tasks that the receiver started on its own loop."""
    for span in reversed(list(evidence.below(receiver))):
        upper = evidence.parent(span)
        if upper is receiver and span.loop is not None and span.loop == receiver.loop and span.task != receiver.task:
            yield span


def _died(left: Left) -> bool:
    return left.task["outcome"] in {"error", "cancelled", "destroyed"} or _trace_died(left)


def _trace_died(left: Left) -> bool:
    return left.task["outcome"] is None and left.trace is not None and left.trace.outcome in {"error", "cancelled"}


def _fate(evidence: Evidence, left: Left) -> str:
    outcome, trace = left.task["outcome"], left.trace
    if outcome == "error":
        return f": it died, {left.task['error']}"
    if outcome == "cancelled":
        alone = evidence.has_a_loop_to_itself(left.receiver)
        return ": it was cancelled" + (
            ", as the event loop that was made for this dispatch was closed" if alone else ""
        )
    if outcome == "destroyed":
        return ": it was destroyed while pending, as nothing referred to it any more"
    if trace is None:
        return ""
    if _trace_died(left):
        return f"; its {trace.name} died: {trace.outcome} {trace.error or ''}".rstrip()
    return f"; its {trace.name} {_went_on(trace, left.dispatch)}"


def _went_on(span: SpanDocument, dispatch: SpanDocument) -> str:
    if span.end_ns is None or dispatch.end_ns is None:
        return "had not ended when the recording did"
    return f"ended {readable_duration(span.end_ns - dispatch.end_ns)} after it"
