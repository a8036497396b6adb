"""Tasks that receivers start are looked at, and live and die as they would."""

import asyncio
import gc
import weakref
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from asgiref.sync import async_to_sync

import signalbox
from signalbox import tasks
from signalbox.documents import SpanDocument
from tests.signalbox.receivers import signal_with

Recorded = Callable[[], list[SpanDocument]]


async def succeed() -> str:
    return "done"


async def fail() -> None:
    raise LookupError("no")


async def wait_for_ever() -> None:
    await asyncio.Event().wait()


def left(spans: list[SpanDocument]) -> list[dict[str, Any]]:
    return [task for span in spans for task in span.attributes.get("tasks", ())]


def starts(make: Callable[[], Coroutine[Any, Any, Any]]) -> tuple[Any, list["weakref.ref[Any]"]]:
    """A receiver that starts a task, and what refers to it weakly."""
    started: list[weakref.ref[Any]] = []

    async def receiver(**kwargs: Any) -> None:
        started.append(weakref.ref(asyncio.create_task(make())))

    return receiver, started


def test_what_is_left_pending_is_recorded(recorded: Recorded) -> None:
    async def program() -> list[dict[str, Any]]:
        receiver, _ = starts(wait_for_ever)
        await signal_with(receiver).asend(None)
        return left(recorded())

    (task,) = asyncio.run(program())
    assert (task["function"], task["pending"], task["outcome"]) == ("wait_for_ever", True, None)


def test_a_task_that_nothing_refers_to_dies_with_what_it_waits_for(recorded: Recorded) -> None:
    async def program() -> bool:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        receiver, started = starts(wait_for_ever)
        await signal_with(receiver).asend(None)
        await asyncio.sleep(0)
        gc.collect()
        return started[0]() is None

    assert asyncio.run(program())
    assert [task["outcome"] for task in left(recorded())] == ["destroyed"]


def test_a_task_that_has_ended_is_freed_at_once(recorded: Recorded) -> None:
    async def program() -> bool:
        receiver, started = starts(succeed)
        await signal_with(receiver).asend(None)
        for _ in range(3):
            await asyncio.sleep(0)
        return started[0]() is None

    gc.disable()
    try:
        assert asyncio.run(program())
    finally:
        gc.enable()


def test_an_error_counts_as_seen_only_when_the_program_asks_for_it(recorded: Recorded) -> None:
    told: list[str] = []

    async def program() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context["message"]))
        kept: list[asyncio.Task[None]] = []

        async def receiver(**kwargs: Any) -> None:
            kept.append(asyncio.create_task(fail()))

        await signal_with(receiver).asend(None)
        await asyncio.sleep(0)
        assert [task["outcome"] for task in left(recorded())] == ["error"], "looked at before it is freed"
        kept.clear()

    asyncio.run(program())
    assert told == ["Task exception was never retrieved"]


def test_in_debug_mode_a_task_remembers_the_line_that_made_it(probe: None) -> None:
    async def program() -> str:
        task = asyncio.create_task(succeed())
        remembered: str = task._source_traceback[-2].line  # type: ignore[attr-defined]
        await task
        return remembered

    # The last frame is asyncio.create_task() itself, which calls the method of the loop.
    assert asyncio.run(program(), debug=True) == "task = asyncio.create_task(succeed())"


def test_arguments_of_create_task_reach_asyncio(probe: None) -> None:
    async def program() -> str:
        task = asyncio.create_task(succeed(), name="named")
        await task
        return task.get_name()

    assert asyncio.run(program()) == "named"


def test_tasks_of_somebody_elses_making_are_let_be(recorded: Recorded) -> None:
    """A factory may make anything that is awaitable."""

    class Own(asyncio.Future[Any]):
        def set_name(self, name: str) -> None:
            """asyncio of Python 3.13 names what a factory has made."""

    async def program() -> None:
        loop = asyncio.get_running_loop()

        async def receiver(**kwargs: Any) -> None:
            loop.set_task_factory(make)  # type: ignore[arg-type]
            own = loop.create_task(coroutine)
            loop.set_task_factory(None)
            assert type(own) is Own

        def make(loop: asyncio.AbstractEventLoop, coroutine: Any, **kwargs: Any) -> Own:
            return Own(loop=loop)

        coroutine = wait_for_ever()
        await signal_with(receiver).asend(None)
        coroutine.close()

    asyncio.run(program())
    assert signalbox.installed()
    assert left(recorded()) == []


def test_the_task_by_which_asgiref_takes_work_to_a_loop_is_nobodys(probe: None) -> None:
    """It may end a moment after the thread that waits for the work has gone on."""

    def crosses(**kwargs: Any) -> None:
        async_to_sync(succeed)()

    asyncio.run(signal_with(crosses).asend(None))
    spans = signalbox.buffer().drain()
    assert [span.kind for span in spans] == ["dispatch", "hop", "receiver", "hop"]
    assert [span.tasks for span in spans] == [None] * 4


def test_what_is_kept_of_tasks_is_bounded(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "KNOWN_BEFORE_FORGETTING", 10)
    monkeypatch.setattr(tasks, "MOST_OF_A_DISPATCH", 5)

    async def receiver(**kwargs: Any) -> None:
        for _ in range(7):
            await asyncio.create_task(succeed())

    async def program() -> int:
        for _ in range(20):
            await signal_with(receiver).asend(None)
        return len(tasks._known)

    assert asyncio.run(program()) <= 10


def test_asyncio_is_as_it_was_after_uninstalling(probe: None) -> None:
    signalbox.uninstall()
    bare = dict(asyncio.BaseEventLoop.__dict__)
    signalbox.install()
    assert dict(asyncio.BaseEventLoop.__dict__) != bare
    signalbox.uninstall()
    assert dict(asyncio.BaseEventLoop.__dict__) == bare
