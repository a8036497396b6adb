"""A heartbeat notices by how long its event loop was held, and nothing notices the heartbeat."""

import asyncio
import contextvars
import gc
import subprocess
import sys
import textwrap
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async

import signalbox
from signalbox.documents import PauseDocument, pause_document, span_document
from signalbox.heartbeat import INTERVAL_S, QUIET_BEATS, Heartbeat
from signalbox.recording import Recording
from signalbox.spans import Span, heartbeats
from tests.signalbox.receivers import aanswer, answer, signal_with

HELD_S = 0.1
#: Later than any beat here, however busy the machine.
NEVER_NS = 60 * 10**9
PATIENCE_S = 10


@pytest.fixture(autouse=True)
def installed(probe: None) -> Iterator[None]:
    heartbeats.start()
    signalbox.buffer().drain_pauses()
    yield
    heartbeats.start()
    signalbox.buffer().drain_pauses()


def hold(**kwargs: Any) -> None:
    """Keep the thread busy."""
    until = time.monotonic() + HELD_S
    while time.monotonic() < until:
        pass


async def ahold(**kwargs: Any) -> None:
    await asyncio.sleep(0)
    hold()


def run_in_a_thread(program: Callable[[], Coroutine[Any, Any, Any]], *, debug: bool = False) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, program(), debug=debug).result(PATIENCE_S)


def recording() -> tuple[Recording, list[Span]]:
    spans = signalbox.buffer().drain()
    pauses = [pause_document(pause) for pause in signalbox.buffer().drain_pauses()]
    return Recording([span_document(span) for span in spans], [], pauses), spans


def pause_before(run: Recording, end_ns: int) -> PauseDocument:
    """That of a loop that was held up to a moment: a busy machine makes others, before and after."""
    (pause,) = (pause for pause in run.pauses if pause.start_ns < end_ns - HELD_S / 2 * 1e9 < pause.end_ns)
    return pause


async def until(condition: Callable[[], bool]) -> None:
    """Wait, without a timer of its own."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0)


def timers() -> list[asyncio.TimerHandle]:
    """All that is scheduled on the running loop."""
    scheduled: list[asyncio.TimerHandle] = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
    return scheduled


def at_rest() -> bool:
    return not (timers() or heartbeats.beating)


class TestAPause:
    @pytest.mark.parametrize("debug", [False, True], ids=["loop", "loop in debug mode"])
    @pytest.mark.parametrize(
        ("receiver", "send"),
        [pytest.param(hold, "send", id="a sync receiver"), pytest.param(ahold, "asend", id="an async receiver")],
    )
    def test_is_as_long_as_the_loop_was_held_and_names_who_held_it(
        self, receiver: Callable[..., Any], send: str, debug: bool
    ) -> None:
        signal = signal_with(answer, aanswer, receiver) if send == "asend" else signal_with(answer, receiver)

        async def main() -> None:
            sent = getattr(signal, send)(None)
            if send == "asend":
                await sent

        run_in_a_thread(main, debug=debug)
        run, spans = recording()
        (held,) = (span for span in spans if span.kind == "receiver" and span.subject.short_name == receiver.__name__)
        assert held.end_ns is not None
        pause = pause_before(run, held.end_ns)
        assert pause.span == held.id
        assert pause.thread == held.thread.key
        assert pause.start_ns <= held.end_ns - HELD_S * 1e9 + 2 * INTERVAL_S * 1e9
        assert pause.end_ns >= held.end_ns

    def test_that_nothing_recorded_has_made_names_nobody(self) -> None:
        held_until_ns = []

        async def main() -> None:
            async def stranger() -> None:
                hold()
                held_until_ns.append(time.monotonic_ns())

            task = asyncio.create_task(stranger(), context=contextvars.Context())
            with signalbox.step("a block that awaits"):
                await signalbox.step("a coroutine that awaits").around(asyncio.wait_for(task, PATIENCE_S))

        run_in_a_thread(main)
        run, _ = recording()
        assert pause_before(run, *held_until_ns).span is None

    def test_is_none_where_no_beat_is_late(self) -> None:
        heartbeats.start(NEVER_NS)
        run_in_a_thread(lambda: signal_with(hold, aanswer).asend(None))
        assert recording()[0].pauses == []

    def test_begins_at_the_threshold(self) -> None:
        heartbeats.start(1_000_000)

        def hold_shortly(**kwargs: Any) -> None:
            time.sleep(1.5 * INTERVAL_S)  # by default that counts as nothing

        async def main() -> None:
            signal_with(hold_shortly).send(None)

        run_in_a_thread(main)
        run, spans = recording()
        assert spans[1].id in {pause.span for pause in run.pauses}

    def test_is_not_the_time_in_which_the_loop_was_stopped(self) -> None:
        heartbeats.start(int(HELD_S * 1e9 / 2))
        loop = asyncio.new_event_loop()
        signal = signal_with(aanswer)
        loop.run_until_complete(signal.asend(None))
        hold()
        (span, *_) = signalbox.buffer().drain()
        loop.run_until_complete(until(lambda: span.thread.beaten_ns > span.start_ns + HELD_S * 1e9))
        loop.close()
        assert signalbox.buffer().drain_pauses() == []


class TestAtRest:
    async def test_a_quiet_loop_has_no_timer_until_the_next_span(self) -> None:
        for _ in range(2):
            assert timers() == []
            await signal_with(aanswer).asend(None)
            assert len(timers()) == 1
            await until(at_rest)
        assert heartbeats.beating == {}

    async def test_it_beats_for_as_long_as_a_span_waits(self) -> None:
        waited = asyncio.Event()
        scope = signalbox.step("wait")
        task = asyncio.create_task(scope.around(waited.wait()))
        await until(lambda: scope.span is not None)
        span = scope.span
        assert span is not None
        await until(lambda: span.thread.beaten_ns > span.start_ns + 3 * QUIET_BEATS * INTERVAL_S * 1e9)
        assert len(timers()) == 1
        waited.set()
        await task
        await until(at_rest)

    async def test_a_tree_that_is_dropped_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def cross() -> None:
            monkeypatch.setattr(signalbox.buffer(), "capacity", 0)
            await sync_to_async(answer)()

        await signalbox.caller("crosses").around(cross())
        assert len(timers()) == 1
        await until(at_rest)

    async def test_it_is_no_task(self) -> None:
        before = asyncio.all_tasks()
        await signal_with(aanswer).asend(None)
        assert len(timers()) == 1
        assert asyncio.all_tasks() == before

    async def test_many_spans_have_one_timer(self) -> None:
        signal = signal_with(answer, aanswer)
        await asyncio.gather(*(signal.asend(None) for _ in range(20)))
        assert len(timers()) == 1


class TestLoopsComeAndGo:
    def test_a_closed_loop_takes_its_heartbeat_with_it(self) -> None:
        loop = asyncio.new_event_loop()
        loop.run_until_complete(signal_with(aanswer).asend(None))
        assert len(heartbeats.beating) == 1
        loop.close()
        assert heartbeats.beating == {}
        gone = weakref.ref(loop)
        del loop
        gc.collect()
        assert gone() is None

    def test_a_loop_that_nobody_closed_goes_too(self) -> None:
        loop = asyncio.new_event_loop()
        loop.run_until_complete(signal_with(aanswer).asend(None))
        gone = weakref.ref(loop)
        del loop
        with pytest.warns(ResourceWarning, match="unclosed event loop"):
            gc.collect()
        assert gone() is None
        assert heartbeats.beating == {}

    def test_many_short_ones_leave_nothing(self) -> None:
        signal = signal_with(answer, aanswer)
        for _ in range(300):
            signal.send(None)  # an async receiver gets a new loop each time
            asyncio.run(signal.asend(None))
        assert heartbeats.beating == {}
        gc.collect()
        assert [one for one in gc.get_objects() if type(one) is Heartbeat] == []

    def test_loops_side_by_side_have_one_each(self) -> None:
        together = threading.Barrier(3)

        async def main() -> None:
            async def meet(**kwargs: Any) -> None:
                together.wait(PATIENCE_S)
                hold()

            await signal_with(meet).asend(None)

        with ThreadPoolExecutor(3) as pool:
            for future in [pool.submit(asyncio.run, main()) for _ in range(3)]:
                future.result(PATIENCE_S)
        run, spans = recording()
        long = [pause for pause in run.pauses if pause.end_ns - pause.start_ns > HELD_S / 2 * 1e9]
        assert {pause.thread for pause in long} == {span.thread.key for span in spans}
        assert len({span.thread.key for span in spans}) == 3

    def test_a_fork_has_heartbeats_of_its_own(self) -> None:
        script = """
        import asyncio, os, sys, time
        import django
        from django.conf import settings
        settings.configure()
        django.setup()
        import signalbox
        signalbox.install()

        async def main():
            scope = signalbox.step("hold")
            await scope.around(asyncio.sleep(0))
            with signalbox.step("hold"):
                time.sleep(0.1)
            await asyncio.sleep(0)

        async def parent():
            await signalbox.step("parent").around(asyncio.sleep(0))
            if os.fork() == 0:
                asyncio.run(main())
                pause = max(signalbox.buffer().drain_pauses(), key=lambda pause: pause.end_ns - pause.start_ns)
                os._exit(0 if pause.thread.process == os.getpid() and pause.end_ns - pause.start_ns > 5e7 else 1)
            _, status = os.wait()
            sys.exit(os.waitstatus_to_exitcode(status))

        asyncio.run(parent())
        """
        done = subprocess.run(
            [sys.executable, "-W", "error::ResourceWarning", "-c", textwrap.dedent(script)],
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, b"")


class TestTheEnd:
    async def test_uninstalling_ends_all_and_none_begins(self) -> None:
        signal = signal_with(aanswer)
        await signal.asend(None)
        signalbox.uninstall()
        assert heartbeats.beating == {}
        await until(at_rest)
        with signalbox.caller("recorded on purpose"):
            assert timers() == []
        signalbox.install()
        await signal.asend(None)
        assert len(timers()) == 1

    def test_uninstalling_ends_those_of_other_threads(self) -> None:
        spanned, removed = threading.Event(), threading.Event()

        async def main() -> int:
            waited = asyncio.Event()
            task = asyncio.create_task(signalbox.step("wait").around(waited.wait()))
            await until(lambda: len(timers()) == 1)
            spanned.set()
            await asyncio.get_running_loop().run_in_executor(None, removed.wait, PATIENCE_S)
            await until(at_rest)
            waited.set()
            await task
            return len(timers())

        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(asyncio.run, main())
            assert spanned.wait(PATIENCE_S)
            signalbox.uninstall()
            removed.set()
            assert future.result(PATIENCE_S) == 0

    async def test_a_fault_removes_the_probe_and_nothing_else(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(pause: Any) -> None:
            raise RuntimeError("a fault of the probe")

        monkeypatch.setattr(heartbeats, "record", fail)
        monkeypatch.setattr(heartbeats, "late_ns", -NEVER_NS)
        ((_, answered),) = await signal_with(aanswer).asend(None)
        await until(at_rest)
        assert not signalbox.installed()
        assert [record.getMessage() for record in caplog.records] == [
            "Signalbox failed and has removed itself: a fault of the probe"
        ]
        assert answered == await aanswer()


class TestTransparency:
    async def test_no_context_is_kept(self) -> None:
        class Request:
            pass

        variable: contextvars.ContextVar[Request] = contextvars.ContextVar("request")

        def serve() -> "weakref.ref[Request]":
            request = Request()
            variable.set(request)
            with signalbox.step("view"):
                pass
            return weakref.ref(request)

        gone = contextvars.copy_context().run(serve)
        assert len(timers()) == 1
        gc.collect()
        assert gone() is None

    def test_asking_from_another_thread(self) -> None:
        class Listener:
            is_live = True

        listener, listening = Listener(), threading.Event()
        loop = asyncio.new_event_loop()

        async def main() -> None:
            await until(listening.is_set)
            await until(lambda: len(timers()) == 1)
            listener.is_live = False
            await until(at_rest)

        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(loop.run_until_complete, main())
            heartbeats.keep_beating_on(loop, listener)
            listening.set()
            future.result(PATIENCE_S)
        loop.close()
