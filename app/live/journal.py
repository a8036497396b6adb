"""The last frames, kept so that a page which was away can be told what it missed."""

import collections
import threading


class Journal:
    """Encoded batches by sequence number, bounded in number and in bytes; the oldest make room."""

    def __init__(self, most_frames: int = 4_096, most_bytes: int = 32 * 1024 * 1024) -> None:
        self._most_frames = most_frames
        self._most_bytes = most_bytes
        self._frames: collections.OrderedDict[int, str] = collections.OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def append(self, sequence: int, frame: str) -> None:
        with self._lock:
            self._frames[sequence] = frame
            self._bytes += len(frame)
            while len(self._frames) > self._most_frames or self._bytes > self._most_bytes:
                _, gone = self._frames.popitem(last=False)
                self._bytes -= len(gone)

    def get(self, sequence: int) -> str | None:
        """The frame with this number; None when it is gone, or not there yet."""
        return self._frames.get(sequence)

    @property
    def oldest(self) -> int:
        """The first number held; 0 when empty."""
        with self._lock:
            return next(iter(self._frames), 0)

    @property
    def newest(self) -> int:
        """The last number held; 0 when empty."""
        with self._lock:
            return next(reversed(self._frames), 0)
