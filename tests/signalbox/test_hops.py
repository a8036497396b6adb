"""A hop knows where its work went, how asgiref chose that place, and how long the work waited for it."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import AsyncToSync, SyncToAsync, ThreadSensitiveContext, async_to_sync, sync_to_async

import signalbox
from signalbox.documents import SpanDocument

Recorded = Callable[[], list[SpanDocument]]


def work(result: Any = "done") -> Any:
    return result


async def awork(result: Any = "done") -> Any:
    await asyncio.sleep(0)
    return result


def hops_of(spans: list[SpanDocument]) -> list[dict[str, Any]]:
    return [span.attributes for span in spans if span.kind == "hop"]


def from_async(crossing: Callable[[], Any]) -> Any:
    """Await a crossing below a caller, on an event loop of its own."""
    return asyncio.run(signalbox.caller("here").around(crossing()))


class TestWhere:
    def test_outside_of_a_request_the_one_thread_of_the_process(self, recorded: Recorded) -> None:
        assert from_async(lambda: sync_to_async(work)("result")) == "result"
        (hop,) = hops_of(recorded())
        assert hop["executor"] == "process-single-thread"
        assert hop["function"] == f"{__name__}.work"
        assert hop["to_thread"] != hop["from_thread"]
        assert hop["queued_ns"] > 0
        assert hop["ran_ns"] > 0

    def test_in_a_request_the_requests_thread(self, recorded: Recorded) -> None:
        async def request() -> None:
            async with ThreadSensitiveContext():
                await sync_to_async(work)()
                await sync_to_async(work)()

        from_async(request)
        first, second = hops_of(recorded())
        assert first["executor"] == second["executor"] == "request-context"
        assert first["to_thread"] == second["to_thread"]

    def test_without_thread_sensitivity_the_pool(self, recorded: Recorded) -> None:
        from_async(sync_to_async(work, thread_sensitive=False))
        assert [hop["executor"] for hop in hops_of(recorded())] == ["loop-default-pool"]

    def test_a_given_executor(self, recorded: Recorded) -> None:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            from_async(sync_to_async(work, thread_sensitive=False, executor=pool))
        assert [hop["executor"] for hop in hops_of(recorded())] == ["given-executor"]

    def test_from_plain_sync_code_a_new_loop_and_back_to_the_thread_that_waits(self, recorded: Recorded) -> None:
        with signalbox.caller("here"):
            async_to_sync(sync_to_async(work))()
        there, back = hops_of(recorded())
        assert (there["executor"], back["executor"]) == ("new-loop", "current-thread")
        assert back["to_thread"] == there["from_thread"]
        assert back["from_thread"] == there["to_thread"]

    def test_from_a_thread_that_works_for_a_loop_that_loop(self, recorded: Recorded) -> None:
        from_async(sync_to_async(async_to_sync(awork)))
        there, back = hops_of(recorded())
        assert back["executor"] == "main-loop"
        assert back["to_thread"] == there["from_thread"]

    def test_work_that_waits_for_its_thread_is_queued_meanwhile(self, recorded: Recorded) -> None:
        """Two callers share one thread: the second one's work waits for as long as the first one's runs."""
        first_runs, second_asked = threading.Event(), threading.Event()

        def first() -> None:
            first_runs.set()
            second_asked.wait()

        async def both() -> None:
            one = asyncio.create_task(sync_to_async(first)())
            await asyncio.to_thread(first_runs.wait)
            two = asyncio.create_task(asyncio.wait_for(sync_to_async(work)(), 10))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            asyncio.get_running_loop().call_soon(second_asked.set)
            await asyncio.gather(one, two)

        async def in_a_request() -> None:
            async with ThreadSensitiveContext():
                await both()

        from_async(in_a_request)
        held, waited = [span for span in recorded() if span.kind == "hop"]
        assert held.attributes["to_thread"] == waited.attributes["to_thread"]
        left = held.start_ns + held.attributes["queued_ns"] + held.attributes["ran_ns"]
        arrived = waited.start_ns + waited.attributes["queued_ns"]
        assert waited.start_ns < left <= arrived

    def test_a_refused_crossing_is_recorded_as_refused(self, recorded: Recorded) -> None:
        async def refused() -> None:
            async_to_sync(awork)()

        with pytest.raises(RuntimeError, match="You cannot use AsyncToSync in the same thread"):
            from_async(refused)
        (hop,) = [span for span in recorded() if span.kind == "hop"]
        assert hop.outcome == "error"
        assert hop.attributes["to_thread"] is None


class TestTransparency:
    def test_outside_of_what_is_recorded_a_hop_is_nobodys_business(self, recorded: Recorded) -> None:
        assert asyncio.run(sync_to_async(work)()) == "done"
        assert async_to_sync(awork)() == "done"
        with signalbox.muted():
            assert async_to_sync(awork)() == "done"
        assert recorded() == []

    def test_results_and_errors_come_through(self, probe: None) -> None:
        def fails() -> None:
            raise LookupError("no")

        async def afails() -> None:
            raise LookupError("no")

        with signalbox.caller("here"):
            assert async_to_sync(awork)(5) == 5
            with pytest.raises(LookupError):
                async_to_sync(afails)()
        with pytest.raises(LookupError):
            from_async(sync_to_async(fails))

    def test_one_object_serves_many_calls_at_once(self, recorded: Recorded) -> None:
        crossing = sync_to_async(work, thread_sensitive=False)

        async def many() -> list[Any]:
            return await asyncio.gather(*(crossing(number) for number in range(20)))

        assert from_async(many) == list(range(20))
        assert len(hops_of(recorded())) == 20
        assert crossing.func is work

    def test_methods_and_subclasses(self, recorded: Recorded) -> None:
        class Loud(SyncToAsync[Any, Any]):
            def thread_handler(self, loop: Any, *args: Any, **kwargs: Any) -> Any:
                return super().thread_handler(loop, *args, **kwargs), "loud"

        class Worker:
            @sync_to_async
            def work(self) -> Any:
                return self

        worker = Worker()
        assert from_async(Loud(work)) == ("done", "loud")
        assert from_async(worker.work) is worker
        assert len(hops_of(recorded())) == 2

    def test_what_a_subclass_writes_to_itself_stays(self, probe: None) -> None:
        class CountsThere(SyncToAsync[Any, Any]):
            count = 0

            def thread_handler(self, loop: Any, *args: Any, **kwargs: Any) -> Any:
                self.count += 1
                return super().thread_handler(loop, *args, **kwargs)

        class CountsBack(AsyncToSync[Any, Any]):
            count = 0

            async def main_wrap(self, *args: Any, **kwargs: Any) -> Any:
                self.count += 1
                return await super().main_wrap(*args, **kwargs)

        there, back = CountsThere(work), CountsBack(awork)
        assert from_async(there) == "done"
        with signalbox.caller("here"):
            assert back() == "done"
        assert (there.count, back.count) == (1, 1)

    def test_the_thread_gets_the_function_itself(self, probe: None) -> None:
        """Tools that watch threads look for it there, as asgiref's own tests do."""
        seen: list[Any] = []

        class Looks(SyncToAsync[Any, Any]):
            def thread_handler(self, loop: Any, exc_info: Any, task_context: Any, func: Any, child: Any) -> Any:
                seen.append(child.func)
                return super().thread_handler(loop, exc_info, task_context, func, child)

        from_async(Looks(work))
        assert seen == [work]

    def test_asgiref_is_as_it_was_after_uninstalling(self, probe: None) -> None:
        signalbox.uninstall()
        bare = [dict(SyncToAsync.__dict__), dict(AsyncToSync.__dict__)]
        signalbox.install()
        assert [dict(SyncToAsync.__dict__), dict(AsyncToSync.__dict__)] != bare
        with signalbox.caller("here"):
            async_to_sync(sync_to_async(work))()
        signalbox.uninstall()
        assert [dict(SyncToAsync.__dict__), dict(AsyncToSync.__dict__)] == bare
