"""The bounded buffer between the watched code, which must never wait, and whoever drains it."""

import collections
import dataclasses
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signalbox.heartbeat import Pause
    from signalbox.spans import Span


@dataclasses.dataclass(frozen=True)
class Statistics:
    """``held`` spans wait to be drained, ``peak`` is the most that ever did; ``dropped`` counts dispatch trees."""

    capacity: int
    held: int
    peak: int
    recorded: int
    dropped: int


#: A dispatch with fewer receivers than this need not ask for room at each, as long as there is so much.
ROOM = 256


class Buffer:
    """Spans in the order in which they began.

    A span is put in when it begins and completed in place when it ends. When the buffer is full, the tree that the new
    span belongs to is dropped whole and counted, so that no half of a dispatch is ever shown.
    """

    def __init__(self, capacity: int = 65_536) -> None:
        self.capacity = capacity
        #: what is held; where there is room to spare, appending to it is the shorter way in
        self.spans: collections.deque[Span] = collections.deque()
        self._pauses: collections.deque[Pause] = collections.deque(maxlen=1024)
        self._drained = 0
        self._peak = 0
        self._dropped = 0
        self._lock = threading.Lock()

    @property
    def capacity(self) -> int:
        """How many spans it holds at most."""
        return self._capacity

    @capacity.setter
    def capacity(self, capacity: int) -> None:
        self._capacity = capacity
        #: while less than this is held, ``ROOM`` spans more fit in
        self.roomy = capacity - ROOM

    def put(self, span: "Span") -> bool:
        """Take the span in, or drop its tree; says which."""
        root = span.tree or span
        if root.dropped:
            return False
        spans = self.spans
        if len(spans) >= self._capacity:
            self._drop(root)
            return False
        spans.append(span)
        return True

    def put_pause(self, pause: "Pause") -> None:
        """Take in a heartbeat that came late; the oldest makes room."""
        self._pauses.append(pause)

    def drain(self) -> "list[Span]":
        """Take out everything that is held, less the trees that were dropped meanwhile."""
        spans = self.spans
        held = len(spans)
        with self._lock:
            self._peak = max(self._peak, held)
            self._drained += held
        taken = [spans.popleft() for _ in range(held)]
        return [span for span in taken if not span.root.dropped]

    def drain_pauses(self) -> "list[Pause]":
        """Take out the late heartbeats."""
        pauses = self._pauses
        return [pauses.popleft() for _ in range(len(pauses))]

    def statistics(self) -> Statistics:
        """A snapshot of the counts."""
        held = len(self.spans)
        return Statistics(self.capacity, held, max(self._peak, held), self._drained + held, self._dropped)

    def _drop(self, root: "Span") -> None:
        with self._lock:
            if not root.dropped:
                root.dropped = True
                self._dropped += 1
