"""SB301 to SB303: what dispatches paid, or could not have, for crossing between sync and async code."""

import asyncio
import concurrent.futures
from typing import Any

import pytest
from asgiref.sync import sync_to_async

import signalbox
from signalbox.requests import Request
from signalbox.scopes import request
from tests.signalbox.findings.parts import Found, codes, run_async, signal_of, source, the


def heard(**kwargs: Any) -> None:
    pass


async def aheard(**kwargs: Any) -> None:
    await asyncio.sleep(0)


async def aheard_too(**kwargs: Any) -> None:
    await asyncio.sleep(0)


class TestSendOnAnEventLoop:
    @pytest.mark.parametrize("method", ["send", "send_robust"])
    def test_async_receivers_are_refused(self, found: Found, method: str) -> None:
        async def view() -> None:
            with pytest.raises(RuntimeError, match="You cannot use AsyncToSync"):
                getattr(signal_of(heard, aheard), method)(sender="shop")

        run_async(view)
        findings = found()
        assert codes(findings) == ["SB301"]
        assert findings[0].severity == "error"
        assert f".{method}() with sender shop was called in MainThread" in findings[0].explain
        assert f"with 1 async receiver: {__name__}.aheard." in findings[0].explain
        assert findings[0].source == source(aheard)
        assert "after its 1 sync receiver had run" in findings[0].explain
        assert findings[0].fix.startswith(f"Await a{method}()")

    def test_near_miss_asend(self, found: Found) -> None:
        async def view() -> None:
            await signal_of(heard, aheard).asend(sender="shop")

        run_async(view)
        assert "SB301" not in codes(found())

    def test_near_miss_sync_receivers_alone(self, found: Found) -> None:
        async def view() -> None:
            signal_of(heard).send(sender="shop")

        run_async(view)
        assert found() == []


class TestNewLoop:
    def test_one_for_each_dispatch(self, found: Found) -> None:
        signal = signal_of(aheard, aheard_too)
        with signalbox.caller("a command"):
            signal.send(sender=None)
            signal.send(sender=None)
        finding = the("SB302", found())
        assert finding.severity == "info"
        assert len(finding.spans) == 2
        assert finding.source == source(aheard)
        assert finding.explain.startswith(
            f"{__name__}.aheard and {__name__}.aheard_too: for 2 dispatches in MainThread, which works for no event"
            " loop, send() made a new event loop in a new thread each"
        )

    def test_near_miss_in_a_thread_that_works_for_a_loop(self, found: Found) -> None:
        run_async(sync_to_async(lambda: signal_of(aheard).send(sender=None)))
        assert "SB302" not in codes(found())


class TestHistory:
    async def send_from_a_pool_thread(self, *, marked: bool) -> None:
        """There is one thread in the pool, so that both calls come to the same."""
        asyncio.get_running_loop().set_default_executor(concurrent.futures.ThreadPoolExecutor(1, "Pool"))
        if marked:
            await sync_to_async(heard, thread_sensitive=False)()
        await asyncio.to_thread(signal_of(aheard).send, sender=None)

    def test_a_fresh_thread_makes_a_loop(self, found: Found) -> None:
        run_async(lambda: self.send_from_a_pool_thread(marked=False))
        findings = found()
        finding = the("SB303", findings)
        assert finding.source == source(aheard)
        assert "Pool_0 had never worked for asgiref, so they ran on a new event loop" in finding.explain
        assert "SB302" not in codes(findings), "the same hop is told once"

    def test_a_thread_that_asgiref_has_used_goes_to_that_loop(self, found: Found) -> None:
        run_async(lambda: self.send_from_a_pool_thread(marked=True))
        finding = the("SB303", found())
        assert "Pool_0 had worked for asgiref before" in finding.explain

    def test_near_miss_by_sync_to_async_the_thread_is_marked_now(self, found: Found) -> None:
        signal = signal_of(aheard)
        run_async(lambda: sync_to_async(signal.send, thread_sensitive=False)(sender=None))
        assert "SB303" not in codes(found())

    def test_near_miss_the_callers_own_thread_however_it_came_there(self, found: Found) -> None:
        """Of a request that nothing but its callers is recorded of, the hop to the view is missing."""

        async def handle() -> None:
            await asyncio.to_thread(view)

        def view() -> None:
            with signalbox.caller("the view"):
                signal_of(aheard).send(sender=None)

        with signalbox.muted():
            asyncio.run(request(Request("http", "/orders/", "POST")).around(handle()))
        assert "SB303" not in codes(found())
