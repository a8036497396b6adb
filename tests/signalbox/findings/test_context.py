"""SB701: what a caller left in its thread."""

from typing import Any

import signalbox
from tests.signalbox.findings.parts import Found, codes, run_async, signal_of, source, the


def heard(**kwargs: Any) -> None:
    pass


def test_a_receiver_in_another_thread_than_its_caller(found: Found) -> None:
    async def view() -> None:
        await signal_of(heard).asend(sender=None)

    run_async(view)
    finding = the("SB701", found())
    assert finding.severity == "info"
    assert finding.source == source(heard)
    assert "where the thread-locals of the caller in MainThread are not to be read" in finding.explain


def test_near_miss_a_receiver_in_its_callers_thread(found: Found) -> None:
    with signalbox.caller("the caller"):
        signal_of(heard).send(sender=None)
    assert codes(found()) == []
