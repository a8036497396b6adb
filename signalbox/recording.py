"""One recorded run as a tree that questions can be asked of: the input of verdicts and reasons."""

from collections.abc import Collection, Sequence

from signalbox.documents import PauseDocument, SpanDocument, ThreadDocument


class Recording:
    """The spans of one caller with the threads that they ran on and the pauses of the event loops meanwhile.

    ``server_loops`` are the keys of the threads whose event loop was running before the caller began.
    """

    def __init__(
        self,
        spans: Sequence[SpanDocument],
        threads: Sequence[ThreadDocument],
        pauses: Sequence[PauseDocument] = (),
        server_loops: Collection[int] = (),
    ) -> None:
        self.spans = sorted(spans, key=lambda span: span.start_ns)
        self.threads = {thread.key: thread for thread in threads}
        self.pauses = list(pauses)
        self.server_loops = frozenset(server_loops)
        self._by_id = {span.id: span for span in self.spans}

    def of_kind(self, kind: str) -> list[SpanDocument]:
        return [span for span in self.spans if span.kind == kind]

    def above(self, span: SpanDocument, kind: str) -> SpanDocument | None:
        """The nearest span of that kind that ``span`` ran inside."""
        parent = self._by_id.get(span.parent) if span.parent is not None else None
        while parent is not None and parent.kind != kind:
            parent = self._by_id.get(parent.parent) if parent.parent is not None else None
        return parent

    def is_above(self, upper: SpanDocument, lower: SpanDocument) -> bool:
        """Whether ``lower`` ran inside ``upper``."""
        parent = lower.parent
        while parent is not None and parent != upper.id:
            above = self._by_id.get(parent)
            parent = None if above is None else above.parent
        return parent is not None

    def caller(self, span: SpanDocument) -> SpanDocument | None:
        """The caller that ``span`` worked for."""
        return self._by_id.get(span.attributes.get("caller", -1)) or self.above(span, "caller")

    def thread_name(self, span: SpanDocument) -> str:
        return self.name_of_thread(span.thread) or f"thread {span.thread}"

    def name_of_thread(self, key: int | None) -> str | None:
        """The name of a thread of the run; its key where nothing was recorded on it, None for no thread."""
        if key is None:
            return None
        thread = self.threads.get(key)
        return f"thread {key}" if thread is None else thread.name

    def had_event_loop(self, during: SpanDocument) -> bool:
        """Whether an event loop was running in some thread of the process while the span ran."""
        if self.server_loops:
            return True
        end_ns = _end(during)
        return any(
            span.loop is not None and span.start_ns < end_ns and during.start_ns < _end(span) for span in self.spans
        )

    def longest_pause_ns(self, span: SpanDocument) -> int:
        """The longest time for which some event loop's heartbeat was missing while the span ran."""
        if span.end_ns is None:
            return 0
        overlaps = (min(pause.end_ns, span.end_ns) - max(pause.start_ns, span.start_ns) for pause in self.pauses)
        return max((overlap for overlap in overlaps if overlap > 0), default=0)


def _end(span: SpanDocument) -> float:
    return float("inf") if span.end_ns is None else span.end_ns
