"""Only the outermost span of a task is driven; the times in which the spans inside of it ran are told, too."""

import asyncio
import contextlib
import gc
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any
from unittest import mock

import pytest
from asgiref.sync import sync_to_async

import signalbox
from signalbox import serials, sources
from signalbox.documents import SpanDocument
from tests.signalbox.receivers import aanswer, answer, signal_with

Recorded = Callable[[], list[SpanDocument]]
Intervals = list[tuple[int, int]]


def within(outer: Intervals, span: SpanDocument) -> Intervals:
    """The intervals of the outermost span, cut to the time of one inside of it."""
    assert span.end_ns is not None
    cut = [(max(start, span.start_ns), min(end, span.end_ns)) for start, end in outer]
    return [(start, end) for start, end in cut if start < end]


def by_name(spans: list[SpanDocument]) -> dict[str, SpanDocument]:
    return {span.name.rpartition(".")[2]: span for span in spans}


async def twice_suspended() -> None:
    await asyncio.sleep(0)
    await asyncio.sleep(0)


class TestTheTimesInWhichASpanRan:
    async def test_are_those_of_its_task_from_its_start_to_its_end(self, recorded: Recorded) -> None:
        async def outer() -> None:
            await asyncio.sleep(0)
            await signalbox.step("inner").around(inner())
            await asyncio.sleep(0)

        async def inner() -> None:
            await twice_suspended()
            await signalbox.step("innermost").around(twice_suspended())

        await signalbox.caller("outer").around(outer())
        spans = by_name(recorded())
        ran = spans["outer"].attributes["running"]
        assert len(ran) == 7
        for name, steps in (("inner", 5), ("innermost", 3)):
            expected = within(ran, spans[name])
            told = spans[name].attributes["running"]
            assert len(told) == len(expected) == steps
            assert [start for start, _ in told] == [start for start, _ in expected]
            assert [end for _, end in told[:-1]] == [end for _, end in expected[:-1]]
            assert expected[-1][0] <= told[-1][1] <= spans[name].end_ns  # type: ignore[operator]

    async def test_are_all_of_it_where_it_was_never_suspended(self, recorded: Recorded) -> None:
        async def goes_through() -> None: ...

        await signalbox.caller("outer").around(goes_through())
        (span,) = recorded()
        assert span.attributes["running"] == [(span.start_ns, span.end_ns)]

    async def test_are_told_of_hops_and_of_dispatches(self, recorded: Recorded) -> None:
        async def outer() -> None:
            await sync_to_async(answer)()
            await signal_with(aanswer).asend(sender=None)

        await signalbox.caller("outer").around(outer())
        spans = recorded()
        ran = spans[0].attributes["running"]
        assert [span.kind for span in spans] == ["caller", "hop", "dispatch", "receiver"]
        for span in spans[1:3]:
            (_, suspended), (resumed, _) = span.attributes["running"]
            assert suspended in {end for _, end in ran}
            assert resumed in {start for start, _ in ran}
            assert span.task == spans[0].task

    async def test_end_with_the_outermost_span(self, recorded: Recorded) -> None:
        """An async generator that was left in the middle goes on for nobody."""

        async def parts() -> AsyncIterator[None]:
            with signalbox.step("part"):
                await signalbox.step("in a part").around(twice_suspended())
                yield
                await signalbox.step("never").around(twice_suspended())

        left = parts()
        await signalbox.caller("first").around(anext(left))
        await signalbox.caller("second").around(signalbox.step("within").around(twice_suspended()))
        spans = by_name(recorded())
        assert len(spans["second"].attributes["running"]) == len(spans["within"].attributes["running"]) == 3
        await left.aclose()

    async def test_of_a_coroutine_that_is_closed_end_there(self, recorded: Recorded) -> None:
        async def waits() -> None:
            await asyncio.get_running_loop().create_future()

        async def outer() -> None:
            await signalbox.step("inner").around(waits())

        task = asyncio.create_task(signalbox.caller("outer").around(outer()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        outer_span, inner_span = recorded()
        assert outer_span.outcome == inner_span.outcome == "cancelled"
        assert len(outer_span.attributes["running"]) == len(inner_span.attributes["running"]) == 2


class TestTheCurrentSpan:
    async def test_is_the_innermost_one_again_after_each_suspension(self, recorded: Recorded) -> None:
        async def outer() -> None:
            await signalbox.step("inner").around(inner())
            await signal_with(aanswer).asend(sender="after")

        async def inner() -> None:
            await twice_suspended()
            await signal_with(aanswer).asend(sender="inside")

        both = [asyncio.create_task(signalbox.caller(name).around(outer())) for name in ("one", "two")]
        await asyncio.gather(*both)
        spans = {span.id: span for span in recorded()}
        dispatches = [span for span in spans.values() if span.kind == "dispatch"]
        assert len(dispatches) == 4
        for span in dispatches:
            assert span.parent is not None
            parent = spans[span.parent]
            assert parent.name == ("inner" if span.attributes["sender"] == "inside" else parent.name)
            assert (parent.kind == "caller") is (span.attributes["sender"] == "after")
            assert parent.task == span.task


class TestATaskThatIsCancelledBeforeItHasBegun:
    @pytest.mark.parametrize("known", [sources.KNOWN, {}], ids=["own versions", "stand-ins alone"])
    def test_warns_of_nothing_that_it_would_not_warn_of_by_itself(self, probe: None, known: dict[str, Any]) -> None:
        async def cancel() -> None:
            signal = signal_with(aanswer)
            task = asyncio.create_task(signal.asend(sender=None))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        def warned() -> list[str]:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                asyncio.run(cancel())
                gc.collect()
            return [str(warning.message) for warning in caught]

        signalbox.uninstall()
        bare = warned()
        with mock.patch.object(sources, "KNOWN", known):
            signalbox.install()
        assert warned() == bare


class TestTasksOfReceivers:
    async def test_are_told_apart_however_often_their_ids_come_again(self, recorded: Recorded) -> None:
        signal = signal_with(aanswer)
        for _ in range(200):
            await signal.asend(sender=None)
        tasks = [span.task for span in recorded() if span.kind == "receiver"]
        assert None not in tasks
        assert len(set(tasks)) == 200

    async def test_are_those_of_what_they_await(self, recorded: Recorded) -> None:
        async def asks(**kwargs: Any) -> None:
            await sync_to_async(answer)()

        await signal_with(asks).asend(sender=None)
        dispatch, receiver, hop = recorded()
        assert hop.task == receiver.task != dispatch.task

    def test_are_forgotten_with_them(self, recorded: Recorded) -> None:
        async def run() -> None:
            begun = asyncio.Event()

            async def waits(**kwargs: Any) -> None:
                begun.set()
                await asyncio.get_running_loop().create_future()

            task = asyncio.create_task(signal_with(waits).asend(sender=None))
            await begun.wait()
            assert len(serials._tasks_of_receivers) == 1
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

        asyncio.run(run())
        gc.collect()
        assert serials._tasks_of_receivers == {}

    async def test_are_not_kept_where_the_buffer_is_full(
        self, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(signalbox.buffer(), "capacity", 0)
        await signal_with(aanswer).asend(sender=None)
        assert serials._tasks_of_receivers == {}
