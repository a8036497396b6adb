"""What happened in one process between two looks at its buffer."""

from collections.abc import Iterator

import msgspec

from signalbox.documents import PauseDocument, SpanDocument, SpanEnd, ThreadDocument

#: Spans in one frame at the most: some 200 kB, well below the 1 MiB at which Daphne and browsers get slow or stop.
MOST_SPANS = 400


class Batch(msgspec.Struct):
    """The body of a ``batch`` frame; see docs/protocol.md."""

    process: int
    threads: list[ThreadDocument] = []
    begun: list[SpanDocument] = []
    ended: list[SpanEnd] = []
    pauses: list[PauseDocument] = []

    def __bool__(self) -> bool:
        return bool(self.threads or self.begun or self.ended or self.pauses)

    def in_frames(self) -> "Iterator[Batch]":
        """The batch in parts that each fit a frame; beginnings come before ends."""
        yield Batch(self.process, self.threads, self.begun[:MOST_SPANS], [], self.pauses) if self._large() else self
        if self._large():
            for start in range(MOST_SPANS, len(self.begun), MOST_SPANS):
                yield Batch(self.process, begun=self.begun[start : start + MOST_SPANS])
            for start in range(0, len(self.ended), MOST_SPANS):
                yield Batch(self.process, ended=self.ended[start : start + MOST_SPANS])

    def _large(self) -> bool:
        return len(self.begun) + len(self.ended) > MOST_SPANS
