"""Running a suite in a process of its own, bare or probed, and settling what differed."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.foreign.comparison import Counts, Difference, Outcome, compare, count, run_again
from tests.foreign.sources import HERE
from tests.foreign.suites import Suite, labels_around

#: The slowest suite takes about a minute; what takes this long hangs.
SECONDS = 600
RUNS_AGAIN = 3
LOG_LINES_SHOWN = 60
#: What a developer's shell may have set for his own tests.
FOREIGN_VARIABLES = ("PYTHON", "PYTEST", "DJANGO", "COV")


@dataclass(frozen=True)
class Run:
    """What came of one process. ``problems`` are those of the process, not of a test."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    spans: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """One suite, run both ways."""

    suite: Suite
    bare: Run
    probed: Run
    differences: list[Difference]

    @property
    def changes(self) -> list[Difference]:
        return [difference for difference in self.differences if difference.is_change]

    @property
    def flaky(self) -> list[Difference]:
        return [difference for difference in self.differences if not difference.is_change]

    @property
    def counts(self) -> tuple[Counts, Counts]:
        return count(self.bare.outcomes), count(self.probed.outcomes)

    @property
    def spans(self) -> int:
        return sum(self.probed.spans.values())

    @property
    def problems(self) -> list[str]:
        found = [f"bare: {problem}" for problem in self.bare.problems]
        found += [f"probed: {problem}" for problem in self.probed.problems]
        if not found and not self.bare.outcomes:
            found.append("no test was run")
        if self.suite.leaves_spans and not self.spans:
            found.append("probed: nothing was recorded")
        return found


def compare_suite(suite: Suite, directory: Path) -> Comparison:
    """Run the suite bare and probed; what differs is run again in both modes before it counts."""
    bare = run_suite(suite, directory, suite.labels, probed=False)
    probed = run_suite(suite, directory, suite.labels, probed=True)
    # A process that did not come to its end has a problem, and nothing to compare.
    differences = compare(bare.outcomes, probed.outcomes) if bare.outcomes and probed.outcomes else []
    return Comparison(suite, bare, probed, settle(suite, directory, differences))


def settle(suite: Suite, directory: Path, differences: Sequence[Difference]) -> list[Difference]:
    if not differences:
        return []
    labels = tuple(dict.fromkeys(label for found in differences for label in labels_around(suite, found.test)))
    bare, probed = (
        [run_suite(suite, directory, labels, probed=mode).outcomes for _ in range(RUNS_AGAIN)] for mode in (False, True)
    )
    return [run_again(difference, bare, probed) for difference in differences]


def run_suite(suite: Suite, directory: Path, labels: Sequence[str], *, probed: bool) -> Run:
    with tempfile.TemporaryDirectory() as name:
        report, log = Path(name) / "report.json", Path(name) / "log"
        # `inside` is found where it is started, and nothing else of the repository is.
        command = [sys.executable, "-m", "inside", suite.framework, f"--directory={directory}", f"--report={report}"]
        command += [f"--seconds={SECONDS}", f"--mode={_mode(suite, probed=probed)}", *labels]
        began = time.monotonic()
        with log.open("w") as output:
            code = subprocess.run(
                command, cwd=HERE, env=_environment(), stdout=output, stderr=subprocess.STDOUT, check=False
            ).returncode
        seconds = time.monotonic() - began
        if not report.exists():
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:])
            return Run(problems=[f"the process ended with {code} before its report:\n{tail}"], seconds=seconds)
        told = json.loads(report.read_text())
    outcomes = {test: Outcome(*outcome) for test, outcome in told["outcomes"].items()}
    return Run(outcomes, told["spans"], told["problems"], seconds)


def _mode(suite: Suite, *, probed: bool) -> str:
    if not probed:
        return "bare"
    return "in callers" if suite.in_callers else "recording"


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_VARIABLES)}
    # Sets and dictionaries have the same order in every run.
    return {**kept, "PYTHONHASHSEED": "0"}
