"""Two runs of the same tests, compared test by test. Pure functions."""

import collections
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Outcome(NamedTuple):
    """``kind`` is one of ORDER in inside/outcomes.py; ``detail`` a traceback, or the reason of a skip."""

    kind: str
    detail: str = ""


#: The test was not there, or the process ended before it.
ABSENT = Outcome("absent")

Outcomes = Mapping[str, Outcome]


@dataclass(frozen=True)
class Counts:
    """How many tests ended how. ``failed`` are those that a developer would call broken."""

    tests: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    expected_failures: int = 0


@dataclass(frozen=True)
class Difference:
    """A test that ended in two ways, and how it did when it was run again in each mode."""

    test: str
    bare: Outcome
    probed: Outcome
    bare_again: tuple[str, ...] = ()
    probed_again: tuple[str, ...] = ()

    @property
    def is_change(self) -> bool:
        """Whether the probe brings about a result that the test never had without it.

        A test that also differs from itself, bare, is flaky; and so is one whose difference never came back.
        """
        return not self.probed_again or not set(self.probed_again) <= {self.bare.kind, *self.bare_again}


def count(outcomes: Outcomes) -> Counts:
    kinds = collections.Counter(outcome.kind for outcome in outcomes.values())
    return Counts(
        tests=kinds.total(),
        passed=kinds["passed"],
        failed=kinds["failed"] + kinds["error"] + kinds["unexpected success"],
        skipped=kinds["skipped"],
        expected_failures=kinds["expected failure"],
    )


def total(counts: Iterable[Counts]) -> Counts:
    rows = list(counts)
    return Counts(
        sum(row.tests for row in rows),
        sum(row.passed for row in rows),
        sum(row.failed for row in rows),
        sum(row.skipped for row in rows),
        sum(row.expected_failures for row in rows),
    )


def compare(bare: Outcomes, probed: Outcomes) -> list[Difference]:
    """The tests that did not end alike, in the order in which they ran; what is missing in one run is ABSENT there."""
    tests = dict.fromkeys([*bare, *probed])
    pairs = ((test, bare.get(test, ABSENT), probed.get(test, ABSENT)) for test in tests)
    return [Difference(*pair) for pair in pairs if pair[1].kind != pair[2].kind]


def run_again(difference: Difference, bare: Sequence[Outcomes], probed: Sequence[Outcomes]) -> Difference:
    """The difference with what its test did in further runs."""
    test = difference.test
    return Difference(
        test,
        difference.bare,
        difference.probed,
        tuple(run.get(test, ABSENT).kind for run in bare),
        tuple(run.get(test, ABSENT).kind for run in probed),
    )
