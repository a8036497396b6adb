"""A recording, indexed once for all that the rules ask of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from signalbox.documents import SpanDocument
from signalbox.recording import Recording
from signalbox.spans import Kind


class Evidence:
    """The spans of a recording by kind, by what they ran inside, and by what ran inside them."""

    def __init__(self, run: Recording) -> None:
        self.run = run
        self.receivers = run.of_kind("receiver")
        self.hops = run.of_kind("hop")
        self._by_id = {span.id: span for span in run.spans}
        self._children: dict[int, list[SpanDocument]] = defaultdict(list)
        self._receivers: dict[int, list[SpanDocument]] = defaultdict(list)
        for span in run.spans:
            if span.parent is not None:
                self._children[span.parent].append(span)
        for receiver in self.receivers:
            dispatch = self.above(receiver, "dispatch")
            if dispatch is not None:
                self._receivers[dispatch.id].append(receiver)

    def span(self, number: int) -> SpanDocument | None:
        return self._by_id.get(number)

    def parent(self, span: SpanDocument) -> SpanDocument | None:
        return None if span.parent is None else self._by_id.get(span.parent)

    def ancestors(self, span: SpanDocument) -> Iterator[SpanDocument]:
        """What ``span`` ran inside, from the inside out."""
        upper = self.parent(span)
        while upper is not None:
            yield upper
            upper = self.parent(upper)

    def above(self, span: SpanDocument, *kinds: Kind) -> SpanDocument | None:
        """The nearest span of one of the kinds that ``span`` ran inside."""
        return next((upper for upper in self.ancestors(span) if upper.kind in kinds), None)

    def below(self, span: SpanDocument) -> Iterator[SpanDocument]:
        """All that ran inside ``span``."""
        waiting = list(self._children[span.id])
        while waiting:
            lower = waiting.pop()
            yield lower
            waiting.extend(self._children[lower.id])

    def dispatches_with_receivers(self) -> Iterator[tuple[SpanDocument, list[SpanDocument]]]:
        """Each dispatch that called receivers, with the calls."""
        for number, receivers in self._receivers.items():
            yield self._by_id[number], receivers

    def receivers_of(self, dispatch: SpanDocument) -> list[SpanDocument]:
        """The calls that a dispatch made itself, not those of dispatches inside its receivers."""
        return self._receivers[dispatch.id]

    def frame(self, span: SpanDocument) -> SpanDocument | None:
        """The HTTP request that ``span`` is part of; the caller where none was recorded, or it has not been answered.

        A websocket connection is nothing that somebody waits for the end of.
        """
        request = self.above(span, "request")
        if request is None or request.end_ns is None or request.attributes["protocol"] != "http":
            return self.run.caller(span)
        return request

    def own_ns(self, receiver: SpanDocument) -> int:
        """How long a receiver took, less the receivers that it called by sending signals itself."""
        if receiver.end_ns is None:
            return 0
        whole = receiver.end_ns - receiver.start_ns
        return max(0, whole - self._nested_ns(receiver, receiver.start_ns, receiver.end_ns))

    def held_ns(self, receiver: SpanDocument) -> int:
        """The longest time for which a receiver itself kept the event loop of its thread from running anything else."""
        if receiver.loop is None or self.has_a_loop_to_itself(receiver):
            return 0
        if not is_async(receiver):
            return self.own_ns(receiver)
        intervals = receiver.attributes.get("running", ())
        return max((end - start - self._nested_ns(receiver, start, end) for start, end in intervals), default=0)

    def has_a_loop_to_itself(self, span: SpanDocument) -> bool:
        """Whether its event loop was made for the one ``async_to_sync`` above it: such a loop serves nobody else."""
        hop = self.above(span, "hop")
        return hop is not None and hop.attributes.get("executor") == "new-loop" and is_hop_to(hop, span.thread)

    def _nested_ns(self, receiver: SpanDocument, start_ns: int, end_ns: int) -> int:
        """For how long of an interval the receivers below one, on its thread, ran."""
        nested = (lower for lower in self.below(receiver) if lower.kind == "receiver")
        outermost = (lower for lower in nested if self.above(lower, "receiver") is receiver)
        overlaps = (
            min(lower.end_ns or end_ns, end_ns) - max(lower.start_ns, start_ns)
            for lower in outermost
            if lower.thread == receiver.thread
        )
        return sum(overlap for overlap in overlaps if overlap > 0)


def is_async(span: SpanDocument) -> bool:
    return bool(span.attributes["is_async"])


def is_hop_to(hop: SpanDocument, thread: int) -> bool:
    return hop.attributes.get("to_thread") == thread


def outlived(span: SpanDocument, other: SpanDocument) -> bool:
    """Whether ``span`` was still under way when ``other`` ended."""
    return other.end_ns is not None and (span.end_ns is None or span.end_ns > other.end_ns)


def by_name(receivers: Iterable[SpanDocument]) -> list[list[SpanDocument]]:
    """The calls of each receiver together: one hazard of one receiver is one finding, however often it was called."""
    named: dict[str, list[SpanDocument]] = defaultdict(list)
    for receiver in receivers:
        named[receiver.name].append(receiver)
    return list(named.values())


def source_of(receivers: Iterable[SpanDocument]) -> str | None:
    """Where the first of the receivers stands."""
    return next((receiver.attributes.get("source") for receiver in receivers), None)
