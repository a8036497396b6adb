"""``python -m tests.foreign [suite …]``: run the suites bare and probed and compare; fails when a result changes."""

import argparse
import sys
import time

from tests.foreign import reporting
from tests.foreign.running import Comparison, compare_suite
from tests.foreign.sources import REPOSITORY, SourceError, channels_archive, directory_of
from tests.foreign.suites import SUITES, Suite


def main() -> int:
    names = [suite.name for suite in SUITES]
    parser = argparse.ArgumentParser(description=f"Suites: {'; '.join(names)}.")
    parser.add_argument("suite", nargs="*", help="only these; then the kept results stay as they are")
    wanted = parser.parse_args().suite
    if unknown := set(wanted) - set(names):
        parser.error(f"no suite is called {', '.join(sorted(unknown))}; there are: {'; '.join(names)}")
    began = time.monotonic()
    suites = [suite for suite in SUITES if not wanted or suite.name in wanted]
    if not channels_archive().is_file():
        _say(f"channels is NOT run: its source distribution carries no tests, and {channels_archive()} is not there.")
        suites = [suite for suite in suites if suite.distribution != "channels"]
    try:
        comparisons = [_compare(suite) for suite in suites]
    except SourceError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    documents = [reporting.document(comparison) for comparison in comparisons]
    _say(f"\n{reporting.table(documents)}\n")
    for comparison in comparisons:
        if explanation := reporting.explain(comparison):
            _say(f"{explanation}\n")
    if not wanted:
        _say(f"Kept in {reporting.keep(documents).relative_to(REPOSITORY)}.")
    changed = sum(len(comparison.changes) for comparison in comparisons)
    problems = sum(len(comparison.problems) for comparison in comparisons)
    flaky = sum(len(comparison.flaky) for comparison in comparisons)
    _say(f"{changed} changed, {flaky} flaky, {problems} problems in {time.monotonic() - began:.0f} s")
    return 1 if changed or problems else 0


def _compare(suite: Suite) -> Comparison:
    comparison = compare_suite(suite, directory_of(suite))
    seconds = f"{comparison.bare.seconds:.1f} s bare, {comparison.probed.seconds:.1f} s probed"
    _say(f"── {suite.name}: {len(comparison.bare.outcomes)} tests, {seconds}, {comparison.spans} spans recorded")
    return comparison


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
