"""SB501 to SB505: refused, swallowed, taken along, and never begun."""

import asyncio
import functools
from collections.abc import Callable
from typing import Any

import django
import pytest
from asgiref.sync import async_to_sync, markcoroutinefunction, sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.dispatch import Signal

import signalbox
from app.models import MyModel
from tests.signalbox.findings.parts import Found, codes, run_async, signal_of, source, the


def fails(**kwargs: Any) -> None:
    raise LookupError("no such order")


def counts(**kwargs: Any) -> None:
    MyModel.objects.count()


async def counts_as_if_sync(**kwargs: Any) -> None:
    MyModel.objects.count()


async def acounts(**kwargs: Any) -> None:
    await MyModel.objects.acount()


@pytest.mark.django_db(transaction=True)
class TestSynchronousOnly:
    def test_an_async_receiver_that_calls_the_orm(self, found: Found) -> None:
        with signalbox.caller("here"), pytest.raises(SynchronousOnlyOperation):
            signal_of(counts_as_if_sync).send(sender=None)
        finding = the("SB501", found())
        assert finding.severity == "error"
        assert finding.source == source(counts_as_if_sync)
        assert finding.fix.startswith("In an async receiver await")

    def test_a_sync_receiver_on_an_event_loop_is_told_once_though_it_fails_its_sender_too(self, found: Found) -> None:
        inner = signal_of(counts)

        def passes_on(**kwargs: Any) -> None:
            inner.send(sender=None)

        async def view() -> None:
            with pytest.raises(SynchronousOnlyOperation):
                signal_of(passes_on).send(sender=None)

        run_async(view)
        findings = found()
        assert codes(findings) == ["SB501"]
        assert findings[0].source == source(counts)
        assert findings[0].fix.startswith("Send with await asend()")

    def test_near_miss_the_async_method(self, found: Found) -> None:
        with signalbox.caller("here"):
            signal_of(acounts).send(sender=None)
        assert "SB501" not in codes(found())


def nothing() -> None:
    pass


def runs_a_loop_of_its_own(**kwargs: Any) -> None:
    asyncio.run(sync_to_async(nothing)())


def uses_async_to_sync(**kwargs: Any) -> None:
    async_to_sync(sync_to_async(nothing))()


class TestWouldDeadlock:
    def test_a_loop_of_ones_own_on_the_one_thread(self, found: Found) -> None:
        signal = signal_of(runs_a_loop_of_its_own)
        with pytest.raises(RuntimeError, match="would deadlock"):
            run_async(lambda: sync_to_async(signal.send)(sender=None))
        finding = the("SB502", found())
        assert finding.severity == "error"
        assert finding.source == source(runs_a_loop_of_its_own)
        assert f"sync_to_async({__name__}.nothing) was refused in ThreadPoolExecutor-" in finding.explain
        assert "The context was inherited from sync_to_async(Signal.send), which took its work to" in finding.explain

    def test_a_context_from_before_the_recording(self, found: Found) -> None:
        def consumer() -> None:
            with signalbox.caller("a consumer"):
                signal_of(runs_a_loop_of_its_own).send(sender=None)

        with pytest.raises(RuntimeError, match="would deadlock"):
            asyncio.run(sync_to_async(consumer)())
        assert "inherited from before this recording" in the("SB502", found()).explain

    def test_near_miss_async_to_sync(self, found: Found) -> None:
        signal = signal_of(uses_async_to_sync)
        run_async(lambda: sync_to_async(signal.send)(sender=None))
        assert "SB502" not in codes(found())


class TestSwallowed:
    def test_by_a_robust_send(self, found: Found) -> None:
        with signalbox.caller("here"):
            signal_of(fails).send_robust(sender=None)
        findings = found()
        assert codes(findings) == ["SB503"]
        assert findings[0].severity == "warning"
        assert findings[0].source == source(fails)
        assert "raised LookupError: no such order, and send_robust() gave it back" in findings[0].explain

    def test_by_a_robust_send_that_was_refused_itself(self, found: Found) -> None:
        async def view() -> None:
            with pytest.raises(RuntimeError, match="You cannot use AsyncToSync"):
                signal_of(fails, acounts).send_robust(sender=None)

        run_async(view)
        explain = the("SB503", found()).explain
        assert "no such order, which nobody got: send_robust() itself raised RuntimeError: You cannot" in explain

    def test_near_miss_a_send_that_raises(self, found: Found) -> None:
        with signalbox.caller("here"), pytest.raises(LookupError):
            signal_of(fails).send(sender=None)
        assert found() == []


class TestSiblings:
    """One receiver fails while the other is in the middle of its work."""

    def receivers(self) -> tuple[Signal, asyncio.Event, asyncio.Event]:
        sibling_runs, may_go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def afails(**kwargs: Any) -> None:
            await sibling_runs.wait()
            raise LookupError("no such order")

        async def sibling(**kwargs: Any) -> None:
            sibling_runs.set()
            try:
                await may_go_on.wait()
            finally:
                ended.set()

        return signal_of(afails, sibling), may_go_on, ended

    def test_they_are_orphaned_or_cancelled(self, found: Found) -> None:
        async def view() -> None:
            signal, may_go_on, ended = self.receivers()
            with pytest.raises(LookupError):
                await signal.asend(sender=None)
            may_go_on.set()
            await ended.wait()

        run_async(view)
        finding = the("SB504", found())
        fate = "sibling was cancelled" if django.VERSION >= (6, 1) else "sibling ran on, with nobody to wait for it"
        assert fate in finding.explain
        assert "afails raised LookupError: no such order" in finding.explain
        assert len(finding.spans) == 2

    def test_a_loop_that_was_made_for_the_dispatch_cancels_them_as_it_ends(self, found: Found) -> None:
        """In all versions: the receivers' events belong to that loop, so they are made in there."""

        async def afails(**kwargs: Any) -> None:
            await asyncio.sleep(0)
            raise LookupError("no such order")

        async def sibling(**kwargs: Any) -> None:
            await asyncio.Event().wait()

        signal = signal_of(afails, sibling)
        with signalbox.caller("here"):
            for _ in range(2):
                with pytest.raises(LookupError):
                    signal.send(sender=None)
        finding = the("SB504", found())
        assert "afails raised LookupError: no such order in" in finding.explain
        assert "() 2 times: " in finding.explain
        assert "sibling was cancelled in the middle" in finding.explain
        assert len(finding.spans) == 4

    def test_near_miss_a_robust_send_waits_for_all(self, found: Found) -> None:
        async def view() -> None:
            signal, may_go_on, ended = self.receivers()
            may_go_on.set()
            await signal.asend_robust(sender=None)
            assert ended.is_set()

        run_async(view)
        assert codes(found()) == ["SB503"]


class AsyncObject:
    async def __call__(self, **kwargs: Any) -> None:
        done.append("object")


def logged(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(**kwargs: Any) -> Any:
        return function(**kwargs)

    return wrapper


async def works(**kwargs: Any) -> None:
    done.append("function")


done: list[str] = []
OF_A_LAMBDA: Callable[..., Any] = lambda **kwargs: works(by="lambda", **kwargs)  # noqa: E731


class TestNeverAwaited:
    @pytest.mark.parametrize("receiver", [AsyncObject(), logged(works), OF_A_LAMBDA], ids=["object", "wraps", "lambda"])
    @pytest.mark.parametrize("method", ["send", "send_robust", "asend"])
    def test_a_receiver_that_django_does_not_take_for_async(self, found: Found, receiver: Any, method: str) -> None:
        done.clear()
        signal = signal_of(receiver)
        if method == "asend":
            responses = run_async(lambda: signal.asend(sender=None))
        else:
            with signalbox.caller("here"):
                responses = getattr(signal, method)(sender=None)
        responses[0][1].close()
        assert done == []
        finding = the("SB505", found())
        assert finding.severity == "error"
        assert finding.source is not None
        assert finding.source.startswith("tests/signalbox/findings/test_errors.py:")
        assert "as a sync receiver and returned builtins.coroutine, which nobody awaits" in finding.explain

    def test_near_miss_a_marked_one(self, found: Found) -> None:
        done.clear()
        with signalbox.caller("here"):
            signal_of(markcoroutinefunction(logged(works))).send(sender=None)
        assert done == ["function"]
        assert "SB505" not in codes(found())

    def test_near_miss_a_task_goes_on_by_itself(self, found: Found) -> None:
        done.clear()

        def starts(**kwargs: Any) -> Any:
            return asyncio.create_task(works())

        async def view() -> None:
            ((_, task),) = signal_of(starts).send(sender=None)
            await task

        run_async(view)
        assert done == ["function"]
        assert "SB505" not in codes(found())
