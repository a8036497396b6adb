"""Django's own ``runtests.py``, told to note each test's outcome."""
# ruff: noqa: N802 (the names are unittest's)

import runpy
import sys
import unittest
from pathlib import Path
from typing import Any, ClassVar

from .outcomes import Around, Outcomes

SCRIPT = "runtests.py"


def run(directory: Path, labels: list[str], outcomes: Outcomes, around: Around) -> str | None:
    """Run the labels as the command line would; what is returned is what else than a test went wrong."""
    from django.test.runner import DiscoverRunner

    # Django makes the runner, and the runner the result: what the result needs is on its class.
    Result.outcomes, Result.around = outcomes, staticmethod(around)
    DiscoverRunner.test_runner = Runner
    sys.argv = [SCRIPT, "--settings=test_sqlite", "--parallel=1", "--verbosity=2", *labels]
    try:
        runpy.run_path(str(directory / SCRIPT), run_name="__main__")
    except SystemExit as stop:
        # It exits with whether a test failed.
        return None if stop.code in {None, 0, 1} else f"{SCRIPT} ended with {stop.code}"
    return None


class Result(unittest.TextTestResult):
    """By ``id()`` of a test. What precedes all tests of a class has one like ``setUpClass (module.Class)``."""

    outcomes: ClassVar[Outcomes]
    around: ClassVar[Any]

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._around = self.around(test.id())
        self._around.__enter__()

    def stopTest(self, test: unittest.TestCase) -> None:
        self._around.__exit__(None, None, None)
        super().stopTest(test)

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        self.outcomes.add(test.id(), "passed")

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self.outcomes.add(test.id(), "error", self.errors[-1][1])

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self.outcomes.add(test.id(), "failed", self.failures[-1][1])

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self.outcomes.add(test.id(), "skipped", reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self.outcomes.add(test.id(), "expected failure", self.expectedFailures[-1][1])

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self.outcomes.add(test.id(), "unexpected success")

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            failed = issubclass(err[0], test.failureException)
            found = self.failures if failed else self.errors
            self.outcomes.add(test.id(), "failed" if failed else "error", found[-1][1])


class Runner(unittest.TextTestRunner):
    resultclass = Result  # type: ignore[assignment]  # the stubs describe the factory, not the class
