"""A suite of one test per outcome, run as the foreign ones are: in a process of its own, bare and under the probe."""

import io
import unittest
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from tests.foreign.comparison import Outcomes
from tests.foreign.inside import django_tests
from tests.foreign.inside.outcomes import ORDER
from tests.foreign.inside.outcomes import Outcomes as Recorded
from tests.foreign.running import compare_suite, run_suite
from tests.foreign.suites import Suite

SUITE = Suite("small", "small", "pytest", ("-p", "no:django"), in_callers=True)

EVERY_OUTCOME = """\
import pytest
from django.dispatch import Signal

@pytest.fixture
def broken():
    raise LookupError

def receiver(**named): pass

def test_passed():
    signal = Signal()
    signal.connect(receiver)
    assert signal.send(None) == [(receiver, None)]
def test_skipped(): pytest.skip("why not")
@pytest.mark.xfail
def test_expected_failure(): assert False
@pytest.mark.xfail
def test_unexpected_success(): pass
def test_failed(): assert False
def test_error(broken): pass
"""


def kinds(outcomes: Outcomes) -> dict[str, str]:
    return {test.rpartition("::test_")[2].replace("_", " "): outcome.kind for test, outcome in outcomes.items()}


class TestPytest:
    def test_every_outcome_is_the_same_bare_and_probed(self, tmp_path: Path) -> None:
        (tmp_path / "test_small.py").write_text(EVERY_OUTCOME)
        comparison = compare_suite(SUITE, tmp_path)
        assert comparison.problems == []
        assert comparison.differences == []
        assert kinds(comparison.bare.outcomes) == {kind: kind for kind in ORDER}
        assert "LookupError" in comparison.bare.outcomes["test_small.py::test_error"].detail
        assert comparison.probed.spans == {"caller": 6, "dispatch": 1, "receiver": 1}

    def test_what_the_probe_changes_is_run_again_and_found(self, tmp_path: Path) -> None:
        (tmp_path / "test_small.py").write_text("import sys\ndef test_bare(): assert 'signalbox' not in sys.modules\n")
        (change,) = compare_suite(SUITE, tmp_path).changes
        assert change.test == "test_small.py::test_bare"
        assert (change.bare_again, change.probed_again) == (("passed",) * 3, ("failed",) * 3)
        assert "assert 'signalbox' not in" in change.probed.detail

    def test_a_file_that_cannot_be_imported_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "test_small.py").write_text("import no_such_module")
        run = run_suite(SUITE, tmp_path, SUITE.labels, probed=False)
        assert run.outcomes["test_small.py"].kind == "error"

    def test_a_process_that_dies_is_a_problem(self, tmp_path: Path) -> None:
        (tmp_path / "test_small.py").write_text("import os\ndef test_dies(): os._exit(3)\n")
        comparison = compare_suite(SUITE, tmp_path)
        assert comparison.differences == []
        assert len(comparison.problems) == 3  # either process, and nothing recorded
        assert "ended with 3 before its report" in comparison.problems[0]
        assert "test_dies" in comparison.problems[0]


class TestUnittest:
    def test_every_outcome_is_recorded_inside_what_is_around_it(self) -> None:
        class Case(unittest.TestCase):
            def test_passed(self) -> None:
                assert self.id() in entered

            def test_skipped(self) -> None:
                self.skipTest("why not")

            @unittest.expectedFailure
            def test_expected_failure(self) -> None:
                self.fail()

            @unittest.expectedFailure
            def test_unexpected_success(self) -> None:
                pass

            def test_failed(self) -> None:
                with self.subTest("passes"):
                    pass
                with self.subTest("fails"):
                    self.fail()

            def test_error(self) -> None:
                raise LookupError

        entered: list[str] = []

        def around(test: str) -> AbstractContextManager[None]:
            entered.append(test)
            return nullcontext()

        recorded = Recorded()
        django_tests.Result.outcomes = recorded
        django_tests.Result.around = staticmethod(around)
        django_tests.Runner(io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromTestCase(Case))
        found = {test.rpartition(".test_")[2].replace("_", " "): kind for test, (kind, _) in recorded.known.items()}
        assert found == {kind: kind for kind in ORDER}
        assert sorted(entered) == sorted(recorded.known)


def test_labels_that_match_nothing_are_a_problem(tmp_path: Path) -> None:
    run = run_suite(SUITE, tmp_path, SUITE.labels, probed=False)
    assert run.problems == [f"pytest ended with {pytest.ExitCode.NO_TESTS_COLLECTED!r}"]
