"""pytest, with a plugin that notes each test's outcome."""

from collections.abc import Generator
from pathlib import Path

import pytest

from .outcomes import Around, Outcomes


class Recorder:
    """What pytest reports of the three phases of each test, and of the files that it doesn't collect."""

    def __init__(self, outcomes: Outcomes, around: Around) -> None:
        self.outcomes = outcomes
        self.around = around

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        with self.around(item.nodeid):
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome = outcome_of(report)
        if outcome is not None:
            self.outcomes.add(report.nodeid, outcome, "" if outcome == "passed" else report.longreprtext)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            self.outcomes.add(report.nodeid, "error" if report.failed else "skipped", report.longreprtext)


def outcome_of(report: pytest.TestReport) -> str | None:
    """None for a phase that says nothing by itself."""
    expected_to_fail = hasattr(report, "wasxfail")
    if report.failed:
        return "failed" if report.when == "call" else "error"
    if report.skipped:
        return "expected failure" if expected_to_fail else "skipped"
    if report.when == "call":
        return "unexpected success" if expected_to_fail else "passed"
    return None


def run(directory: Path, labels: list[str], outcomes: Outcomes, around: Around) -> str | None:
    """Run the labels with the suite's own configuration; what is returned is what else than a test went wrong."""
    arguments = ["--verbose", "-p", "no:cacheprovider", "--rootdir", str(directory), *labels]
    code = pytest.main(arguments, plugins=[Recorder(outcomes, around)])
    return None if code in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED} else f"pytest ended with {code!r}"
