"""How many callers may be under way in one process, whoever asked for their experiments."""

import threading

from app.experiments import MOST_AT_ONCE, Refused


class Admission:
    """Counts callers in and out: an experiment has as many as run at once. May be used from any thread."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self.under_way = 0
        self._most = most
        self._lock = threading.Lock()

    def enter(self, callers: int = 1) -> None:
        """Let an experiment in with all of its callers. Raises Refused with 429 when there are too many."""
        with self._lock:
            if self.under_way + callers > self._most:
                raise Refused(
                    429,
                    f"Expected at most {self._most} experiments at once, counted by their callers: {self.under_way} are"
                    f" under way, and this asks for {callers} more; try again in a second.",
                )
            self.under_way += callers

    def leave(self, callers: int = 1) -> None:
        """An experiment that was let in is over."""
        with self._lock:
            self.under_way -= callers
