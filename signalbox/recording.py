"""One recorded run as a tree that questions can be asked of: the input of verdicts and reasons."""

from collections.abc import Collection, Sequence

import msgspec

from signalbox.documents import PauseDocument, SpanDocument, ThreadDocument
from signalbox.holders import holder_of
from signalbox.spans import heartbeats


class Recording:
    """The spans of one caller with the threads that they ran on and the pauses of the event loops meanwhile.

    ``server_loops`` are the keys of the threads whose event loop was running before the caller began.
    What holds a loop for longer than ``late_ns`` blocks it; by default this process's option ``LATE_MS`` says so.
    """

    def __init__(
        self,
        spans: Sequence[SpanDocument],
        threads: Sequence[ThreadDocument],
        pauses: Sequence[PauseDocument] = (),
        server_loops: Collection[int] = (),
        late_ns: int | None = None,
    ) -> None:
        self.spans = sorted(spans, key=lambda span: span.start_ns)
        self.threads = {thread.key: thread for thread in threads}
        self.server_loops = frozenset(server_loops)
        self.late_ns = heartbeats.late_ns if late_ns is None else late_ns
        self._by_id = {span.id: span for span in self.spans}
        self.pauses = [msgspec.structs.replace(pause, span=holder_of(self, pause)) for pause in pauses]

    def of_kind(self, kind: str) -> list[SpanDocument]:
        return [span for span in self.spans if span.kind == kind]

    def above(self, span: SpanDocument, kind: str) -> SpanDocument | None:
        """The nearest span of that kind that ``span`` ran inside."""
        parent = self._above(span)
        while parent is not None and parent.kind != kind:
            parent = self._above(parent)
        return parent

    def coroutine_around(self, span: SpanDocument) -> SpanDocument | None:
        """The nearest coroutine of its own task that ``span`` ran inside."""
        upper = self._above(span)
        while upper is not None and not (upper.attributes["is_async"] and upper.task == span.task):
            upper = self._above(upper)
        return upper

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

    def longest_pause(self, span: SpanDocument) -> tuple[int, SpanDocument | None]:
        """For how many ns at most something else held some event loop while the span ran, and what, where known."""
        if span.end_ns is None:
            return 0, None
        others = [pause for pause in self.pauses if pause.span != span.id]
        overlaps = [min(pause.end_ns, span.end_ns) - max(pause.start_ns, span.start_ns) for pause in others]
        longest = max(overlaps, default=0)
        if longest <= 0:
            return 0, None
        holder = others[overlaps.index(longest)].span
        return longest, None if holder is None else self._by_id[holder]

    def _above(self, span: SpanDocument) -> SpanDocument | None:
        return None if span.parent is None else self._by_id.get(span.parent)


def _end(span: SpanDocument) -> float:
    return float("inf") if span.end_ns is None else span.end_ns
