"""SB601: tasks that a receiver started and that were left behind."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from signalbox.findings import Finding
from tests.signalbox.findings.parts import Found, codes, run_async, signal_of, the


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
    assert "Starter.starts started a task that was still pending" in finding.explain
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
    assert "died: error RuntimeError: CurrentThreadExecutor already quit" in finding.explain


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
