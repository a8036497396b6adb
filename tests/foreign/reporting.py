"""What is printed, kept in results/, and written into docs/transparency.md."""

import dataclasses
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from tests.foreign.comparison import Counts, Difference, total
from tests.foreign.running import RUNS_AGAIN, Comparison
from tests.foreign.sources import HERE, REPOSITORY

RESULTS = HERE / "results"
PAGE = REPOSITORY / "docs" / "transparency.md"
HEAD = ("suite", "tests", "passed", "failed", "skipped", "xfail", "spans recorded", "changed")


def rows(suites: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """One row per suite and one for their sum; a figure that is the same in both modes is written once."""
    bare = total(Counts(**suite["bare"]) for suite in suites)
    probed = total(Counts(**suite["probed"]) for suite in suites)
    whole = {
        "suite": "all",
        "bare": dataclasses.asdict(bare),
        "probed": dataclasses.asdict(probed),
        "spans": sum(suite["spans"] for suite in suites),
        "changed": [test for suite in suites for test in suite["changed"]],
    }
    return [_row(suite) for suite in (*suites, whole)]


def _row(suite: Mapping[str, Any]) -> tuple[str, ...]:
    pairs = zip(suite["bare"].values(), suite["probed"].values(), strict=True)
    figures = [f"{bare:,}" if bare == probed else f"{bare:,} → {probed:,}" for bare, probed in pairs]
    return (suite["suite"], *figures, f"{suite['spans']:,}", str(len(suite["changed"])))


def table(suites: Sequence[Mapping[str, Any]]) -> str:
    """Markdown, aligned so that it reads well in a terminal, too."""
    lines = [HEAD, *rows(suites)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rule = tuple("-" * width if column == 0 else "-" * (width - 1) + ":" for column, width in enumerate(widths))
    aligned = [
        [cell.ljust(width) if column == 0 else cell.rjust(width) for column, (cell, width) in enumerate(cells)]
        for cells in (list(zip(line, widths, strict=True)) for line in (HEAD, rule, *lines[1:]))
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in aligned)


def document(comparison: Comparison) -> dict[str, Any]:
    """One suite, as it is kept."""
    bare, probed = comparison.counts
    return {
        "suite": comparison.suite.name,
        "bare": dataclasses.asdict(bare),
        "probed": dataclasses.asdict(probed),
        "spans": comparison.spans,
        "changed": [_difference(found) for found in comparison.changes],
        "flaky": [_difference(found) for found in comparison.flaky],
        # What follows the first line is of this machine: log lines, paths.
        "problems": [problem.partition("\n")[0] for problem in comparison.problems],
    }


def _difference(found: Difference) -> dict[str, Any]:
    bare, probed = [found.bare.kind, *found.bare_again], [found.probed.kind, *found.probed_again]
    return {"test": found.test, "bare": bare, "probed": probed}


def explain(comparison: Comparison) -> str:
    """Each difference of the suite with its tracebacks, and what was wrong with its processes."""
    name = comparison.suite.name
    said = [f"{name}: {problem}" for problem in comparison.problems]
    for found in comparison.differences:
        bare = ", ".join([found.bare.kind, *found.bare_again])
        probed = ", ".join([found.probed.kind, *found.probed_again])
        verdict = "CHANGED by the probe" if found.is_change else f"flaky ({RUNS_AGAIN} more runs each way)"
        said.append(f"{name}: {found.test}: {verdict}\n  bare: {bare}\n  probed: {probed}")
        said += [
            f"  {mode}:\n{outcome.detail}"
            for mode, outcome in (("bare", found.bare), ("probed", found.probed))
            if outcome.detail
        ]
    return "\n\n".join(said)


def keep(suites: Sequence[Mapping[str, Any]]) -> Path:
    """Write the results of this Python and Django, and the page of all of them."""
    minor = ".".join(platform.python_version_tuple()[:2])
    path = RESULTS / f"python-{minor}-django-{'.'.join(version('django').split('.')[:2])}.json"
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps({**machine(), "suites": suites}, indent=1) + "\n")
    PAGE.write_text(page([json.loads(kept.read_text()) for kept in sorted(RESULTS.glob("*.json"))]))
    return path


def page(results: Sequence[Mapping[str, Any]]) -> str:
    return INTRODUCTION + "".join(_section(result) for result in results)


def _section(result: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    machine = result["machine"]
    where = f"{machine['processor']}, {machine['cores']} cores, {machine['system']}"
    flaky = [f"`{found['test']}` ({suite['suite']})" for suite in result["suites"] for found in suite["flaky"]]
    changed = [f"`{found['test']}` ({suite['suite']})" for suite in result["suites"] for found in suite["changed"]]
    text = f"\n## {versions}\n\n{where}.\n\n{table(result['suites'])}\n"
    problems = [f"- {suite['suite']}: {problem}\n" for suite in result["suites"] for problem in suite["problems"]]
    if problems:
        text += f"\nProblems:\n\n{''.join(problems)}"
    if changed:
        text += f"\nChanged by the probe: {', '.join(changed)}.\n"
    if flaky:
        text += f"\nDiffered once, and then also without the probe or never again: {', '.join(flaky)}.\n"
    return text


INTRODUCTION = f"""\
# Transparency

The probe promises never to change what it watches. Other people's tests are the judges: `make test-foreign` takes the
test suites of Django, channels and asgiref for the versions that are installed, runs each of them twice, and compares
test by test.

- *Bare*: the suite as its authors run it, in a process that never imports Signalbox.
- *Probed*: the same command with the probe installed before anything else, and recording. A thread drains the buffer
  every 50 ms and makes the document of every span. After the last test the probe must still be there, must record one
  more dispatch as it should, and must leave Django and asgiref as it found them; a suite that sends signals must have
  left spans.
- *In callers*: the same again for the suites that cross between threads, with every test inside a `signalbox.caller()`,
  so that their hops are recorded, too, where no dispatch is above them.

No test may end differently: passed, failed, error, skipped, expected failure or unexpected success. One that did is run
again {RUNS_AGAIN} times in each mode, with the other tests of its class or file. If the probe then shows a result that
the test never had without it, that is a change, and the command fails. Otherwise the test is flaky, and named as such.

Django's and asgiref's tests come from their source distributions. channels leaves its tests out of them, so they are
run only where an archive that has them is given: `tests/foreign/README.md`.
Not run: tests that want a browser, another database than SQLite, or several processes.

`xfail` counts expected failures. Where the two modes differ, a figure is written as *bare → probed*. This page is
written by `make test-foreign`, from `tests/foreign/results/`.
"""
