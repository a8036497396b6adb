"""How many experiments may be under way in one process, whoever asked for them."""

import threading

from app.experiments import MOST_EXPERIMENTS, Refused


class Admission:
    """Counts experiments in and out; may be used from any thread."""

    def __init__(self, most: int = MOST_EXPERIMENTS) -> None:
        self.under_way = 0
        self._most = most
        self._lock = threading.Lock()

    def enter(self) -> None:
        """Let one experiment in. Raises Refused with 429 when there are too many."""
        with self._lock:
            if self.under_way >= self._most:
                raise Refused(429, f"Expected at most {self._most} experiments at once; try again in a second.")
            self.under_way += 1

    def leave(self) -> None:
        """An experiment that was let in is over."""
        with self._lock:
            self.under_way -= 1
