"""SB101 and SB102: receivers that kept an event loop from running anything else."""

import asyncio
from typing import Any

import signalbox
from tests.signalbox.findings.parts import Found, codes, compute, milliseconds, run_async, signal_of, source, the


def computes(**kwargs: Any) -> None:
    compute(0.03)


def is_quick(**kwargs: Any) -> None:
    pass


async def acomputes(**kwargs: Any) -> None:
    compute(0.03)


async def awaits(**kwargs: Any) -> None:
    await asyncio.sleep(0.03)


class TestSyncReceiver:
    def test_it_blocks_the_loop_that_send_is_called_on(self, found: Found) -> None:
        async def view() -> None:
            signal_of(computes).send(sender=None)

        findings = found_in(view, found)
        finding = the("SB101", findings)
        assert codes(findings) == ["SB101"]
        assert finding.severity == "warning"
        assert finding.source == source(computes)
        assert f"{__name__}.computes ran in MainThread, on the thread of a running event loop: for " in finding.explain
        assert milliseconds("loop: for", finding) >= 30
        assert "send() was called on that loop" in finding.explain
        assert "asend()" in finding.fix

    def test_many_calls_are_one_finding(self, found: Found) -> None:
        async def view() -> None:
            signal_of(computes).send(sender=None)
            signal_of(computes).send(sender=None)

        finding = the("SB101", found_in(view, found))
        assert len(finding.spans) == 2
        assert "ran 2 times in" in finding.explain
        assert milliseconds("for up to", finding) >= 30

    def test_the_receiver_that_blocks_is_named_and_not_the_one_that_sent_to_it(self, found: Found) -> None:
        inner = signal_of(computes)

        def passes_on(**kwargs: Any) -> None:
            inner.send(sender=None)

        async def apasses_on(**kwargs: Any) -> None:
            inner.send(sender=None)

        async def view() -> None:
            signal_of(passes_on).send(sender=None)
            await signal_of(apasses_on).asend(sender=None)

        findings = found_in(view, found)
        assert codes(findings) == ["SB101"]
        assert findings[0].source == source(computes)

    def test_near_miss_a_quick_one(self, found: Found) -> None:
        async def view() -> None:
            signal_of(is_quick).send(sender=None)

        assert found_in(view, found) == []

    def test_near_miss_asend_takes_it_to_a_worker(self, found: Found) -> None:
        async def view() -> None:
            await signal_of(computes).asend(sender=None)

        assert "SB101" not in codes(found_in(view, found))


class TestAsyncReceiver:
    def test_it_blocks_the_loop_that_it_runs_on(self, found: Found) -> None:
        async def view() -> None:
            await signal_of(acomputes).asend(sender=None)

        findings = found_in(view, found)
        assert codes(findings) == ["SB102"]
        assert findings[0].source == source(acomputes)
        assert milliseconds("kept it for", findings[0]) >= 30

    def test_near_miss_one_that_awaits(self, found: Found) -> None:
        async def view() -> None:
            await signal_of(awaits).asend(sender=None)

        assert found_in(view, found) == []

    def test_near_miss_a_loop_that_was_made_for_it_serves_nobody_else(self, found: Found) -> None:
        with signalbox.caller("sync code"):
            signal_of(acomputes).send(sender=None)
        assert "SB102" not in codes(found())


def found_in(view: Any, found: Found) -> Any:
    run_async(view)
    return found()
