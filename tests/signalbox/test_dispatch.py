"""The probe writes down what Django did, and changes nothing of it."""

import asyncio
import contextvars
import functools
import gc
import subprocess
import sys
import threading
import traceback
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import markcoroutinefunction, sync_to_async
from django.dispatch import Signal

import signalbox
from signalbox.documents import SpanDocument
from signalbox.spans import MOST_RUNNING_INTERVALS, longest_running_ns, note_running
from tests.signalbox.receivers import Refusal, aanswer, answer, refuse, signal_with

Recorded = Callable[[], list[SpanDocument]]

HOOKED = ("send", "send_robust", "asend", "asend_robust", "_live_receivers")


class Listener:
    def hear(self, **kwargs: Any) -> str:
        return "method"

    def __call__(self, **kwargs: Any) -> str:
        return "object"


def shape(spans: list[SpanDocument]) -> list[tuple[str, str, int | None]]:
    """Kind, name and the position of the parent in the list."""
    positions = {span.id: position for position, span in enumerate(spans)}
    return [(span.kind, span.name, None if span.parent is None else positions[span.parent]) for span in spans]


class TestRecording:
    def test_a_dispatch_and_its_receivers_in_the_order_in_which_they_began(self, recorded: Recorded) -> None:
        signal = signal_with(answer, refuse)
        signal.send_robust(sender=None)

        assert shape(recorded()) == [
            ("dispatch", "an unnamed signal.send_robust", None),
            ("receiver", f"{answer.__module__}.answer", 0),
            ("receiver", f"{refuse.__module__}.refuse", 0),
        ]

    def test_everything_that_is_known_of_a_receiver(self, recorded: Recorded) -> None:
        signal = signal_with(answer)
        signal.send(sender=Listener)

        dispatch, receiver = recorded()
        assert dispatch.attributes == {
            "is_async": False,
            "signal": "an unnamed signal",
            "method": "send",
            "sender": f"{__name__}.Listener",
            "receivers": {"sync": 1, "async": 0},
        }
        assert receiver.attributes == {
            "is_async": False,
            "signal": "an unnamed signal",
            "source": f"tests/signalbox/receivers.py:{answer.__code__.co_firstlineno}",
            "contextvar_visible": None,
            "threadlocal_visible": None,
        }
        assert (receiver.outcome, receiver.error, receiver.connection) == ("ok", None, None)
        assert dispatch.start_ns <= receiver.start_ns <= receiver.end_ns <= dispatch.end_ns  # type: ignore[operator]

    def test_what_a_receiver_sends_is_inside_of_it(self, recorded: Recorded) -> None:
        inner = signal_with(answer)
        outer = signal_with(functools.partial(lambda **kwargs: inner.send(sender=None)))
        outer.send(sender=None)

        kinds = [(kind, parent) for kind, _, parent in shape(recorded())]
        assert kinds == [("dispatch", None), ("receiver", 0), ("dispatch", 1), ("receiver", 2)]

    def test_a_receiver_that_runs_on_another_thread_knows_its_dispatch(self, recorded: Recorded) -> None:
        asyncio.run(signal_with(answer, aanswer).asend(sender=None))

        spans = recorded()
        dispatch, receivers = (
            spans[0],
            {span.name.rpartition(".")[2]: span for span in spans if span.kind == "receiver"},
        )
        (hop,) = [span for span in spans if span.kind == "hop"]
        assert hop.parent == dispatch.id
        assert receivers["answer"].parent == hop.id
        assert receivers["aanswer"].parent == dispatch.id
        assert hop.attributes["executor"] == "process-single-thread"
        assert hop.attributes["to_thread"] == receivers["answer"].thread
        assert receivers["aanswer"].thread == dispatch.thread
        assert receivers["answer"].thread != dispatch.thread
        assert receivers["aanswer"].task not in {None, dispatch.task}
        assert receivers["aanswer"].loop == dispatch.loop is not None
        assert receivers["answer"].loop is None

    def test_the_times_in_which_a_coroutine_ran_leave_out_its_awaits(self, recorded: Recorded) -> None:
        async def run() -> None:
            gate = asyncio.Event()

            async def waits(**kwargs: Any) -> None:
                await gate.wait()

            async def opens(**kwargs: Any) -> None:
                await asyncio.sleep(0)
                gate.set()

            await signal_with(waits, opens).asend(sender=None)

        asyncio.run(run())
        waits, opens = recorded()[1:]
        (begun, suspended), (resumed, ended) = waits.attributes["running"]
        assert waits.start_ns <= begun <= suspended <= resumed <= ended <= waits.end_ns  # type: ignore[operator]
        opened = opens.attributes["running"][-1]
        assert suspended <= opened[0] <= opened[1] <= resumed

    def test_the_longest_time_that_a_coroutine_ran_is_kept_however_often_it_was_resumed(self) -> None:
        running: list[tuple[int, int]] = []
        for number in range(MOST_RUNNING_INTERVALS):
            note_running(running, number * 10, number * 10 + 1)
        note_running(running, 20_000, 20_009)
        note_running(running, 30_000, 30_003)
        assert len(running) == MOST_RUNNING_INTERVALS
        assert running[-1] == (20_000, 20_009)
        assert longest_running_ns(running) == 9

    def test_a_dispatch_that_reaches_nobody_is_no_span(self, recorded: Recorded) -> None:
        class Other:
            pass

        signal = Signal(use_caching=True)
        signal.connect(answer, sender=Listener, weak=False)
        assert signal.send(sender=Other) == []
        assert Signal().send(sender=None) == []
        assert recorded() == []

    def test_an_error_is_recorded_and_goes_on_its_way(self, recorded: Recorded) -> None:
        with pytest.raises(Refusal) as raised:
            signal_with(refuse).send(sender=None)

        assert traceback.extract_tb(raised.tb)[-1].name == "refuse"
        assert [(span.outcome, span.error) for span in recorded()] == [("error", "Refusal: no")] * 2

    def test_an_error_that_cannot_be_printed_is_recorded_all_the_same(self, recorded: Recorded) -> None:
        class Unprintable(Exception):
            def __str__(self) -> str:
                raise ValueError

        def fail(**kwargs: Any) -> None:
            raise Unprintable

        with pytest.raises(Unprintable):
            signal_with(fail).send(sender=None)
        assert recorded()[1].error == "Unprintable: (its message cannot be printed)"

    def test_a_cancelled_receiver_is_cancelled_not_failed(self, recorded: Recorded) -> None:
        async def run() -> None:
            async def waits(**kwargs: Any) -> None:
                started.set()
                await asyncio.Event().wait()

            started = asyncio.Event()
            sending = asyncio.create_task(signal_with(waits).asend(sender=None))
            await started.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending

        asyncio.run(run())
        assert [span.outcome for span in recorded()] == ["cancelled", "cancelled"]

    def test_nothing_is_recorded_where_it_is_muted_on_any_thread(self, recorded: Recorded) -> None:
        signal = signal_with(answer, aanswer)

        async def run() -> None:
            await signal.asend(sender=None)
            await sync_to_async(signal.send)(sender=None)

        with signalbox.muted():
            asyncio.run(run())
        assert recorded() == []

    def test_a_caller_is_recorded_inside_a_muted_context(self, recorded: Recorded) -> None:
        signal = signal_with(answer)
        with signalbox.muted(), signalbox.caller("here", run="1"):
            signal.send(sender=None)

        spans = recorded()
        assert shape(spans)[:2] == [("caller", "here", None), ("dispatch", "an unnamed signal.send", 0)]
        assert spans[2].attributes["caller"] == spans[0].id

    def test_asend_inside_a_coroutine_that_is_recorded(self, recorded: Recorded) -> None:
        """From Django 6.1 on the async receivers begin after a suspension, at which the outer coroutine is left."""
        signal = signal_with(answer, aanswer)
        asyncio.run(signalbox.caller("here").around(signal.asend(sender=None)))
        spans = recorded()
        (dispatch,) = (span for span in spans if span.kind == "dispatch")
        (receiver,) = (span for span in spans if span.kind == "receiver" and span.attributes["is_async"])
        assert receiver.parent == dispatch.id


class TestVisibility:
    def test_in_the_callers_thread_both_are_visible(self, recorded: Recorded) -> None:
        with signalbox.caller("here"):
            signal_with(answer).send(sender=None)
        receiver = recorded()[-1]
        assert receiver.attributes["contextvar_visible"] is receiver.attributes["threadlocal_visible"] is True

    def test_over_a_hop_the_context_goes_along_and_the_thread_local_does_not(self, recorded: Recorded) -> None:
        signal = signal_with(answer)

        async def run() -> None:
            await signalbox.caller("here").around(sync_to_async(signal.send)(sender=None))

        asyncio.run(run())
        receiver = recorded()[-1]
        assert receiver.attributes["contextvar_visible"] is True
        assert receiver.attributes["threadlocal_visible"] is False

    def test_in_a_thread_with_a_context_of_its_own_neither_is_visible(self, recorded: Recorded) -> None:
        signal = signal_with(answer)
        with signalbox.caller("here"):
            elsewhere = threading.Thread(target=contextvars.Context().run, args=(signal.send, None))
            elsewhere.start()
            elsewhere.join()
        dispatch, receiver = recorded()[1:]
        assert dispatch.parent is None
        assert receiver.attributes["contextvar_visible"] is receiver.attributes["threadlocal_visible"] is None
        assert "caller" not in receiver.attributes

    @pytest.mark.parametrize("method", ["send", "send_robust"])
    def test_continued_in_such_a_thread_all_is_the_callers_and_neither_is_visible(
        self, recorded: Recorded, method: str
    ) -> None:
        signal = signal_with(answer)
        scope = signalbox.caller("here")

        def work() -> None:
            with scope.continued():
                getattr(signal, method)(sender=None)

        with scope:
            elsewhere = threading.Thread(target=contextvars.Context().run, args=[work])
            elsewhere.start()
            elsewhere.join()
        caller, dispatch, receiver = recorded()
        assert dispatch.parent == dispatch.attributes["caller"] == receiver.attributes["caller"] == caller.id
        assert receiver.attributes["contextvar_visible"] is receiver.attributes["threadlocal_visible"] is False


class TestTransparency:
    @pytest.mark.parametrize("method", ["send", "send_robust"])
    def test_the_responses_have_the_callers_own_receivers(self, probe: None, method: str) -> None:
        listener = Listener()
        receivers = [answer, listener.hear, listener, functools.partial(answer), aanswer]
        responses = getattr(signal_with(*receivers), method)(sender=None)

        assert [receiver for receiver, _ in responses] == receivers
        assert all(receiver is given for (receiver, _), given in zip(responses, receivers, strict=True))
        assert [response for _, response in responses] == ["sync", "method", "object", "sync", "async"]

    @pytest.mark.parametrize("method", ["asend", "asend_robust"])
    async def test_the_responses_of_an_async_send_too(self, probe: None, method: str) -> None:
        responses = await getattr(signal_with(answer, aanswer), method)(sender=None)
        assert responses == [(answer, "sync"), (aanswer, "async")]
        assert all(type(pair) is tuple for pair in responses)

    def test_a_robust_send_gives_the_exception_and_logs_as_before(
        self, probe: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        ((receiver, response),) = signal_with(refuse).send_robust(sender=None)
        assert receiver is refuse
        assert isinstance(response, Refusal)
        assert "Error calling refuse in Signal.send_robust() (no)" in caplog.text

    def test_a_robust_send_of_a_failing_partial_fails_as_before(self, probe: None) -> None:
        signal = signal_with(functools.partial(refuse))
        with pytest.raises(AttributeError) as probed:
            signal.send_robust(sender=None)
        signalbox.uninstall()
        with pytest.raises(AttributeError) as bare:
            signal.send_robust(sender=None)
        assert str(probed.value) == str(bare.value)

    def test_disconnect_knows_the_receiver_that_a_response_names(self, probe: None) -> None:
        signal = signal_with(answer)
        ((receiver, _),) = signal.send(sender=None)
        assert signal.disconnect(receiver)

    def test_other_users_of_the_resolution_get_the_receivers_themselves(self, probe: None) -> None:
        seen: list[Any] = []
        signal = Signal()

        def looks(**kwargs: Any) -> None:
            seen.extend(signal._live_receivers(None)[0])
            assert signal.has_listeners()

        signal.connect(looks)
        signal.send(sender=None)
        assert seen == [looks]

    def test_a_receiver_dies_with_its_last_reference_while_its_span_waits(self, probe: None) -> None:
        signal, listener = Signal(), Listener()
        signal.connect(listener.hear)
        signal.send(sender=listener)
        gone = weakref.ref(listener)
        del listener
        gc.collect()
        assert gone() is None
        assert signal.send(sender=None) == []

    def test_a_receiver_that_returns_a_future_meets_what_it_met_before(self, probe: None) -> None:
        """Django 5.2 awaits the future; 6.1 wants to make a task of it, which takes coroutines alone."""

        async def run() -> Any:
            future = asyncio.get_running_loop().create_future()
            future.set_result("future")
            receiver = markcoroutinefunction(lambda **kwargs: future)
            try:
                return [response for _, response in await signal_with(receiver).asend(sender=None)]
            except TypeError as error:
                return type(error)

        probed = asyncio.run(run())
        signalbox.uninstall()
        assert asyncio.run(run()) == probed

    async def test_siblings_do_not_see_each_others_current_span(self, recorded: Recorded) -> None:
        inner = signal_with(aanswer)  # a sync one would deadlock on Django 6.1, whose async receivers share a context

        async def sends(**kwargs: Any) -> None:
            await asyncio.sleep(0)
            await inner.asend(sender=None)
            await asyncio.sleep(0)

        async def sends_too(**kwargs: Any) -> None:
            await sends()

        await signal_with(sends, sends_too).asend(sender=None)
        spans = recorded()
        senders = {span.id for span in spans if span.kind == "receiver" and "sends" in span.name}
        nested = [span for span in spans if span.kind == "dispatch" and span.parent is not None]
        assert {span.parent for span in nested} == senders


class TestInstalling:
    def test_uninstalling_leaves_django_as_it_was(self, probe: None) -> None:
        signalbox.uninstall()
        bare = dict(Signal.__dict__)
        signalbox.install()
        signalbox.install()
        assert all(Signal.__dict__[name] is not bare[name] for name in HOOKED)
        signalbox.uninstall()
        signalbox.uninstall()
        assert list(Signal.__dict__.items()) == list(bare.items())
        assert not signalbox.installed()

    def test_it_needs_no_settings(self) -> None:
        program = """
import signalbox
from django.dispatch import Signal
signalbox.install()
signal = Signal()
receiver = lambda **kwargs: 1
signal.connect(receiver)
assert signal.send(sender=None) == [(receiver, 1)]
assert [span.kind for span in signalbox.buffer().drain()] == ["dispatch", "receiver"]
signalbox.uninstall()
from django.conf import settings
assert not settings.configured
"""
        subprocess.run([sys.executable, "-c", program], check=True)

    def test_installed_in_the_middle_of_a_dispatch_it_leaves_no_stand_in_behind(self, probe: None) -> None:
        signalbox.uninstall()

        def installs(**kwargs: Any) -> None:
            signalbox.install()

        responses = signal_with(installs, answer).send(sender=None)
        assert [receiver for receiver, _ in responses] == [installs, answer]

    def test_uninstalled_in_the_middle_of_a_dispatch_it_leaves_no_stand_in_behind(self, probe: None) -> None:
        def uninstalls(**kwargs: Any) -> None:
            signalbox.uninstall()

        responses = signal_with(uninstalls, answer, aanswer).send(sender=None)
        assert responses == [(uninstalls, None), (answer, "sync"), (aanswer, "async")]

    def test_a_subclass_with_a_send_of_its_own_is_recorded_once(self, recorded: Recorded) -> None:
        class Loud(Signal):
            def send(self, sender: Any, **named: Any) -> Any:
                return super().send(sender, **named)

        signal = Loud()
        signal.connect(answer, weak=False)
        signal.send(sender=None)
        assert [span.kind for span in recorded()] == ["dispatch", "receiver"]
