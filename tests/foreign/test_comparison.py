"""What counts as a change, and that a pin is read with all its hashes."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.foreign import reporting
from tests.foreign.comparison import ABSENT, Counts, Difference, Outcome, compare, count, run_again, total
from tests.foreign.inside.outcomes import ORDER
from tests.foreign.inside.outcomes import Outcomes as Recorded
from tests.foreign.sources import SourceError, pinned
from tests.foreign.suites import SUITES, Suite, labels_around

PASSED, FAILED, SKIPPED = Outcome("passed"), Outcome("failed", "Traceback …"), Outcome("skipped", "no such database")


def named(**kinds: str) -> dict[str, Outcome]:
    return {test: Outcome(kind) for test, kind in kinds.items()}


class TestCompare:
    def test_equal_runs_do_not_differ(self) -> None:
        outcomes = {"a": PASSED, "b": FAILED, "c": SKIPPED}
        assert compare(outcomes, dict(outcomes)) == []

    def test_order_and_details_do_not_matter(self) -> None:
        bare = {"a": PASSED, "b": Outcome("skipped", "one reason")}
        assert compare(bare, {"b": Outcome("skipped", "another"), "a": PASSED}) == []

    @pytest.mark.parametrize("kind", [kind for kind in ORDER if kind != "passed"])
    def test_every_other_outcome_is_a_difference_in_both_directions(self, kind: str) -> None:
        other = Outcome(kind)
        assert compare({"a": PASSED}, {"a": other}) == [Difference("a", PASSED, other)]
        assert compare({"a": other}, {"a": PASSED}) == [Difference("a", other, PASSED)]

    def test_a_test_that_is_missing_in_one_run_is_a_difference(self) -> None:
        differences = compare({"a": PASSED, "lost": PASSED}, {"a": PASSED, "new": FAILED})
        assert differences == [Difference("lost", PASSED, ABSENT), Difference("new", ABSENT, FAILED)]


class TestDifference:
    """A difference is a change if the probe shows what the bare test never did, also when both are run again."""

    @pytest.mark.parametrize(
        ("bare_again", "probed_again", "is_change"),
        [
            (["passed"] * 3, ["failed"] * 3, True),
            (["passed"] * 3, ["passed", "failed", "passed"], True),
            (["passed"] * 3, ["error"] * 3, True),
            (["passed"] * 3, ["passed"] * 3, False),
            (["passed", "failed", "passed"], ["failed"] * 3, False),
            (["failed"] * 3, ["failed"] * 3, False),
            (["passed"] * 3, ["absent"] * 3, True),
        ],
    )
    def test_further_runs_decide(self, bare_again: list[str], probed_again: list[str], is_change: bool) -> None:
        bare, probed = ([named(a=kind) for kind in kinds] for kinds in (bare_again, probed_again))
        settled = run_again(Difference("a", PASSED, FAILED), bare, probed)
        assert settled == Difference("a", PASSED, FAILED, tuple(bare_again), tuple(probed_again))
        assert settled.is_change is is_change

    def test_a_test_that_failed_bare_and_now_passes_is_flaky_if_it_also_passes_bare(self) -> None:
        difference = Difference("a", FAILED, PASSED)
        assert not run_again(difference, [named(a="passed")], [named(a="passed")]).is_change
        assert run_again(difference, [named(a="failed")], [named(a="passed")]).is_change

    def test_without_further_runs_it_is_a_change(self) -> None:
        assert Difference("a", PASSED, FAILED).is_change

    def test_a_test_that_is_not_there_again_is_absent(self) -> None:
        assert run_again(Difference("a", PASSED, FAILED), [{}], [{}]).probed_again == ("absent",)


class TestCounts:
    def test_each_outcome_has_its_column(self) -> None:
        assert count({kind: Outcome(kind) for kind in ORDER}) == Counts(6, 1, 3, 1, 1)

    def test_the_total_is_the_sum(self) -> None:
        assert total([Counts(3, 2, 1, 0, 0), Counts(2, 1, 0, 1, 0)]) == Counts(5, 3, 1, 1, 0)

    def test_the_table_shows_what_differs_as_bare_and_probed(self) -> None:
        columns = ("tests", "passed", "failed", "skipped", "expected_failures")
        suite: Mapping[str, Any] = {
            "suite": "django signals",
            "bare": dict(zip(columns, (1_000, 1_000, 0, 0, 0), strict=True)),
            "probed": dict(zip(columns, (1_000, 999, 1, 0, 0), strict=True)),
            "spans": 12_345,
            "changed": [{"test": "signals.tests.SignalTests.test_save"}],
        }
        row = ("1,000", "1,000 → 999", "0 → 1", "0", "0", "12,345", "1")
        assert reporting.rows([suite]) == [("django signals", *row), ("all", *row)]
        assert "| django signals | 1,000 | 1,000 → 999 |" in reporting.table([suite])


class TestOutcomes:
    def test_a_test_keeps_the_worst_of_what_it_reported(self) -> None:
        recorded = Recorded()
        for outcome, detail in [("passed", ""), ("error", "in tearDown"), ("failed", "in a sub-test")]:
            recorded.add("a", outcome, detail)
        assert recorded.known == {"a": ("error", "in tearDown")}


class TestLabels:
    """What is run again: the neighbours of the test, because many a difference needs them."""

    @pytest.mark.parametrize(
        ("test", "label"),
        [
            ("signals.tests.SignalTests.test_save", "signals.tests.SignalTests"),
            ("setUpClass (signals.tests.SignalTests)", "signals.tests.SignalTests"),
            ("setUpModule (signals.tests)", "signals.tests"),
            ("unittest.loader._FailedTest.signals", "signals"),
        ],
    )
    def test_of_django(self, test: str, label: str) -> None:
        assert labels_around(Suite("django signals", "django", "django", ("signals",)), test) == (label,)

    def test_of_pytest(self) -> None:
        suite = Suite("asgiref", "asgiref", "pytest", ("-p", "no:django"))
        assert labels_around(suite, "tests/test_sync.py::test_case[a::b]") == ("-p", "no:django", "tests/test_sync.py")

    def test_suites_have_names_of_their_own(self) -> None:
        assert len({suite.name for suite in SUITES}) == len(SUITES)


LOCK = """\
asgiref==3.13.0 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
    # via django
django==5.2.19 ; python_full_version < '3.12' \\
    --hash=sha256:ba \\
    --hash=sha256:bb
    # via channels
django==6.1.3 ; python_full_version >= '3.12' \\
    --hash=sha256:ca
    # via channels
"""


class TestPinned:
    def test_the_pin_has_its_hashes_and_no_others(self) -> None:
        assert pinned(LOCK, "asgiref", "3.13.0") == LOCK[: LOCK.index("    # via")]

    def test_the_version_that_is_installed_is_chosen(self) -> None:
        assert "sha256:ca" in pinned(LOCK, "django", "6.1.3")
        assert "sha256:b" not in pinned(LOCK, "django", "6.1.3")

    @pytest.mark.parametrize("version", ["5.2.1", "5.2", "4.2"])
    def test_another_version_is_not_taken_for_it(self, version: str) -> None:
        with pytest.raises(SourceError, match=f"does not pin django {version}: `make lock`"):
            pinned(LOCK, "django", version)
