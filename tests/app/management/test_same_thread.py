"""The demonstration that the project started from, as a person runs it."""

import re
from pathlib import Path

from tests.parts.server import Server


def test_it_prints_the_demonstration_line_by_line(tmp_path: Path) -> None:
    """On a machine without a database, which the command makes."""
    lines = Server(tmp_path).manage("same_thread").stdout.splitlines()
    assert lines[:3] == ["Signal received for: Test", "Signal handler finished", "Object created"]
    caller = re.fullmatch(r"Current thread ID: (\d+)", lines[3])
    handler = re.fullmatch(r"Handler's thread ID: (\d+), the same thread", lines[4])
    assert caller
    assert handler
    assert caller[1] == handler[1]
    waited = re.search(r"The caller waited (\d+\.\d) s", lines[5])
    assert waited
    assert 2.0 <= float(waited[1]) < 4.0
    assert len(lines) == 6
