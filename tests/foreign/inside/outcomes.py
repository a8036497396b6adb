"""The outcome of every test of a process."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

#: Makes what a test, given by its id, is to be run in.
Around = Callable[[str], AbstractContextManager[Any]]

#: From the best to the worst. A test that reports several (its body and its tear-down, its sub-tests) keeps the worst.
ORDER = ("passed", "skipped", "expected failure", "unexpected success", "failed", "error")


class Outcomes:
    """Test ids with their outcome and, where there is one, its traceback or reason."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[str, str]] = {}

    def add(self, test: str, outcome: str, detail: str = "") -> None:
        before = self.known.get(test)
        if before is None or ORDER.index(outcome) > ORDER.index(before[0]):
            self.known[test] = (outcome, detail)
