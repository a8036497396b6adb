"""Tasks that a receiver started and that were left behind."""

from collections import defaultdict
from collections.abc import Iterator

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, outlived, source_of
from signalbox.findings.finding import Found, ids, times
from signalbox.reasons import readable_duration


def outlived_the_dispatch(evidence: Evidence) -> Iterator[Found]:
    """Such a task is seen by what it does: a hop or a send of its own."""
    left: dict[tuple[str, bool], list[tuple[SpanDocument, SpanDocument, SpanDocument]]] = defaultdict(list)
    for dispatch, receivers in evidence.dispatches_with_receivers():
        for receiver in receivers:
            for span in _outermost_in_other_tasks(evidence, receiver):
                if outlived(span, dispatch):
                    left[receiver.name, _died(span)].append((receiver, span, dispatch))
    for (name, died), traces in left.items():
        receiver, span, dispatch = traces[0]
        fate = f"died: {span.outcome} {span.error or ''}".rstrip() if died else _went_on(span, dispatch)
        yield Found(
            "warning" if died else "info",
            ids([receiver, *(span for _, span, _ in traces)]),
            f"{name} started a task{times(traces)} that was still pending when {dispatch.name}() had ended; its"
            f" {span.name} {fate}.",
            "Await the task in the receiver; or hand the work to a task queue, which has a lifetime of its own. A task"
            " of a request has no thread, and no database connection, once the request is over.",
            source_of([receiver]),
        )


def _outermost_in_other_tasks(evidence: Evidence, receiver: SpanDocument) -> Iterator[SpanDocument]:
    """What was recorded of the tasks that the receiver started on its own loop."""
    for span in evidence.below(receiver):
        upper = evidence.parent(span)
        if upper is receiver and span.loop is not None and span.loop == receiver.loop and span.task != receiver.task:
            yield span


def _died(span: SpanDocument) -> bool:
    return span.outcome in {"error", "cancelled"}


def _went_on(span: SpanDocument, dispatch: SpanDocument) -> str:
    if span.end_ns is None or dispatch.end_ns is None:
        return "had not ended when the recording did"
    return f"ended {readable_duration(span.end_ns - dispatch.end_ns)} after it"
