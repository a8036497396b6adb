"""What the tests of findings share: signals with receivers, callers, and work that takes time."""

import asyncio
import inspect
import re
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from django.dispatch import Signal

import signalbox
from signalbox.findings import Finding

Found = Callable[[], list[Finding]]


def signal_of(*receivers: Callable[..., Any]) -> Signal:
    """A signal with these receivers, which it keeps alive."""
    signal = Signal()
    for receiver in receivers:
        signal.connect(receiver, weak=False)
    return signal


def run_async(function: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Await the function's coroutine below a caller, on an event loop of its own."""
    return asyncio.run(signalbox.caller("the caller").around(function()))


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def the(code: str, findings: list[Finding]) -> Finding:
    """The only finding with this code."""
    (finding,) = [finding for finding in findings if finding.code == code]
    return finding


def source(receiver: Callable[..., Any]) -> str:
    """Where a receiver of a test stands, as a finding says it."""
    file = Path(inspect.getsourcefile(receiver) or "").relative_to(Path.cwd())
    return f"{file}:{receiver.__code__.co_firstlineno}"


def milliseconds(before: str, finding: Finding) -> int:
    """The time that stands behind these words of the finding."""
    told = re.search(re.escape(before) + r" (\d+) ms", finding.explain)
    assert told is not None, finding.explain
    return int(told[1])


def compute(seconds: float) -> None:
    """Keep the thread for that long: the work of a receiver."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
