"""SB601: tasks that a receiver started and that were left behind."""

import asyncio
import gc
import threading
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async

import signalbox
from signalbox.findings import Finding
from tests.signalbox.findings.parts import Found, codes, run_async, signal_of, source, the


def nothing() -> None:
    pass


class Starter:
    """A receiver that starts a task, which waits until it may go on and then needs a thread."""

    def __init__(self) -> None:
        self.may_go_on = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    async def later(self) -> None:
        await self.may_go_on.wait()
        await sync_to_async(nothing)()

    async def starts(self, **kwargs: Any) -> None:
        self.tasks.append(asyncio.create_task(self.later()))

    async def starts_and_waits(self, **kwargs: Any) -> None:
        self.may_go_on.set()
        await asyncio.create_task(self.later())


def test_a_task_that_goes_on(found: Found) -> None:
    async def view() -> None:
        starter = Starter()
        await signal_of(starter.starts).asend(sender=None)
        starter.may_go_on.set()
        await asyncio.gather(*starter.tasks)

    run_async(view)
    finding = the("SB601", found())
    assert finding.severity == "info"
    assert len(finding.spans) == 2
    assert "Starter.starts started a task (Starter.later) that was still pending" in finding.explain
    assert "its sync_to_async(nothing) ended" in finding.explain


def test_a_task_that_dies_as_the_thread_that_it_counts_on_has_gone(found: Found) -> None:
    async def view() -> None:
        starter = Starter()
        signal = signal_of(starter.starts)
        await sync_to_async(signal.send)(sender=None)
        starter.may_go_on.set()
        with pytest.raises(RuntimeError, match="CurrentThreadExecutor already quit or is broken"):
            await asyncio.gather(*starter.tasks)

    run_async(view)
    finding = the("SB601", found())
    assert finding.severity == "warning"
    assert "it died, RuntimeError: CurrentThreadExecutor already quit" in finding.explain


def test_a_recording_that_ends_before_the_task_does(found: Found) -> None:
    works, may_end = threading.Event(), threading.Event()

    def work() -> None:
        works.set()
        may_end.wait()

    async def view() -> Finding:
        tasks = []

        async def starts(**kwargs: Any) -> None:
            tasks.append(asyncio.create_task(sync_to_async(work)()))

        await signal_of(starts).asend(sender=None)
        await asyncio.to_thread(works.wait)
        finding = the("SB601", found())
        may_end.set()
        await asyncio.gather(*tasks)
        return finding

    assert "its sync_to_async(work) had not ended when the recording did" in run_async(view).explain


def test_near_miss_a_task_that_the_receiver_waits_for(found: Found) -> None:
    async def view() -> None:
        await signal_of(Starter().starts_and_waits).asend(sender=None)

    run_async(view)
    assert "SB601" not in codes(found())


async def wait_for_ever() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise LookupError("no such order")


async def succeed() -> None:
    await asyncio.sleep(0)


tasks: list[asyncio.Task[None]] = []


async def starts_one_for_ever(**kwargs: Any) -> None:
    tasks.append(asyncio.create_task(wait_for_ever()))


def starts_one_from_sync_code(**kwargs: Any) -> None:
    tasks.append(asyncio.create_task(wait_for_ever()))


async def forgets_one(**kwargs: Any) -> None:
    asyncio.create_task(wait_for_ever())  # noqa: RUF006


async def forgets_one_that_fails(**kwargs: Any) -> None:
    asyncio.create_task(fail())  # noqa: RUF006
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class TestWithoutSpansOfItsOwn:
    """What asyncio does with a task that nobody awaits, as the loop and the garbage collector really do it."""

    @pytest.fixture(autouse=True)
    def no_tasks(self) -> None:
        tasks.clear()

    def test_one_that_is_pending_is_told_while_it_is(self, found: Found) -> None:
        async def view() -> Finding:
            await signal_of(starts_one_for_ever).asend(sender=None)
            finding = the("SB601", found())
            await stop(tasks.pop())
            return finding

        finding = run_async(view)
        assert finding.severity == "info"
        assert finding.source == source(starts_one_for_ever)
        assert finding.explain.endswith(".asend() had ended.")
        assert "starts_one_for_ever started a task (wait_for_ever) that was still pending when" in finding.explain

    def test_one_that_a_sync_receiver_starts_on_the_loop_of_its_send(self, found: Found) -> None:
        async def view() -> None:
            signal_of(starts_one_from_sync_code).send(sender=None)
            await stop(tasks[0])

        run_async(view)
        finding = the("SB601", found())
        assert finding.source == source(starts_one_from_sync_code)
        assert finding.explain.endswith("send() had ended: it was cancelled.")

    def test_one_that_a_sync_receiver_sends_to_the_loop_from_a_thread(self, found: Found) -> None:
        started = threading.Event()

        async def wait() -> None:
            started.set()
            await wait_for_ever()

        async def view() -> None:
            loop = asyncio.get_running_loop()

            def starts(**kwargs: Any) -> None:
                futures.append(asyncio.run_coroutine_threadsafe(wait(), loop))
                started.wait()

            futures: list[Any] = []
            await signal_of(starts).asend(sender=None)
            futures[0].cancel()

        run_async(view)
        assert "TestWithoutSpansOfItsOwn" in the("SB601", found()).explain

    def test_one_whose_loop_is_made_for_the_dispatch_is_cancelled_with_it(self, found: Found) -> None:
        signal = signal_of(forgets_one)
        with signalbox.caller("a command"):
            signal.send(sender=None)
            signal.send(sender=None)
        finding = the("SB601", found())
        assert finding.severity == "warning"
        assert "forgets_one started a task (wait_for_ever) 2 times that was dead when" in finding.explain
        assert "cancelled, as the event loop that was made for this dispatch was closed" in finding.explain

    def test_one_that_nothing_refers_to_is_destroyed(self, found: Found) -> None:
        told: list[str] = []

        async def view() -> None:
            asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
            await signal_of(forgets_one).asend(sender=None)
            await asyncio.sleep(0)  # it starts, and waits for what only it knows
            gc.collect()

        run_async(view)
        assert told == ["Task was destroyed but it is pending!"]
        finding = the("SB601", found())
        assert finding.severity == "warning"
        assert "still pending when" in finding.explain
        assert "it was destroyed while pending, as nothing referred to it any more" in finding.explain

    def test_one_that_fails_unseen(self, found: Found) -> None:
        told: list[str] = []

        async def view() -> None:
            asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
            await signal_of(forgets_one_that_fails).asend(sender=None)

        run_async(view)
        assert told == ["Task exception was never retrieved"], "as without the probe"
        finding = the("SB601", found())
        assert finding.severity == "warning"
        assert "(fail) that was dead when" in finding.explain
        assert "it died, LookupError: no such order" in finding.explain

    def test_one_that_is_left_in_a_hop_below_the_receiver(self, found: Found) -> None:
        helper = async_to_sync(starts_one_for_ever)

        async def hops(**kwargs: Any) -> None:
            await sync_to_async(helper)()

        async def view() -> None:
            await signal_of(hops).asend(sender=None)
            await stop(tasks[0])

        run_async(view)
        assert the("SB601", found()).source == source(hops)


async def waits_for_one(**kwargs: Any) -> None:
    await asyncio.gather(succeed(), succeed())


async def gives_one_up(**kwargs: Any) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(wait_for_ever(), 0.001)


async def sees_one_fail(**kwargs: Any) -> None:
    with pytest.raises(LookupError):
        await asyncio.create_task(fail())


async def lets_one_succeed(**kwargs: Any) -> None:
    tasks.append(asyncio.create_task(succeed()))
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("receiver", [waits_for_one, gives_one_up, sees_one_fail, lets_one_succeed])
@pytest.mark.parametrize("method", ["send", "asend"])
def test_near_miss_tasks_that_the_receiver_sees_to_their_end(found: Found, receiver: Any, method: str) -> None:
    tasks.clear()
    signal = signal_of(receiver)
    if method == "asend":
        run_async(lambda: signal.asend(sender=None))
    else:
        with signalbox.caller("a command"):
            signal.send(sender=None)
    assert "SB601" not in codes(found())


def test_near_miss_tasks_of_asgirefs_own(found: Found) -> None:
    """A sync receiver that awaits something on the loop that its thread works for."""

    def crosses(**kwargs: Any) -> None:
        async_to_sync(succeed)()

    run_async(lambda: signal_of(crosses).asend(sender=None))
    with signalbox.caller("a command"):
        signal_of(crosses).send(sender=None)
    assert "SB601" not in codes(found())
