"""``python -m inside django|pytest --directory=… --report=… --seconds=… --mode=… labels``: run one suite here."""

import argparse
import contextlib
import faulthandler
import json
import os
import sys
from pathlib import Path
from typing import Any

from .outcomes import Outcomes

MODES = ("bare", "recording", "in callers")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("framework", choices=["django", "pytest"])
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="a process that takes longer shows where it is")
    parser.add_argument("--mode", choices=MODES, required=True)
    options, labels = parser.parse_known_args()

    faulthandler.dump_traceback_later(options.seconds, exit=True)
    # As if the suite's own script had been started in its own folder.
    os.chdir(options.directory)
    sys.path[0] = str(options.directory)
    report = run(options.framework, options.directory, labels, options.mode)
    options.report.write_text(json.dumps(report))


def run(framework: str, directory: Path, labels: list[str], mode: str) -> dict[str, object]:
    probe = None
    if mode != "bare":
        from .probe import Probe

        probe = Probe(callers=mode == "in callers")
    # Not before the probe is there: it is to be seen that it can come first.
    if framework == "django":
        from .django_tests import run as run_tests
    else:
        from .pytest_tests import run as run_tests
    outcomes = Outcomes()
    problem = run_tests(directory, labels, outcomes, _around_nothing if probe is None else probe.around)
    problems = [] if problem is None else [problem]
    if probe is not None:
        probe.finish()
        problems += probe.problems
    return {"outcomes": outcomes.known, "spans": {} if probe is None else dict(probe.spans), "problems": problems}


def _around_nothing(_test: str) -> contextlib.AbstractContextManager[Any]:
    return contextlib.nullcontext()


if __name__ == "__main__":
    main()
