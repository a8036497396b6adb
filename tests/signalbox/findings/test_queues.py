"""SB401 to SB403: thread-sensitive work that waited for its one thread. Each wait is told once."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.testing import WebsocketCommunicator
from django.db import connections

import signalbox
from app.models import MyModel
from app.work import Work, ordered
from signalbox.requests import Request
from signalbox.scopes import request
from tests.signalbox.findings.parts import Found, codes, compute, run_async, signal_of, source, the

QUEUES = {"SB401", "SB402", "SB403"}


class FirstAndSecond:
    """Two pieces of work: the first has its thread before the second asks for it, and for so long after that."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.first_runs = threading.Event()
        self.second_is_asked_for = threading.Event()

    def first(self) -> None:
        self.first_runs.set()
        self.second_is_asked_for.wait()
        compute(self.seconds)

    def second(self) -> None:
        pass

    async def both(self) -> None:
        one = asyncio.create_task(sync_to_async(self.first)())
        await asyncio.to_thread(self.first_runs.wait)
        await asyncio.gather(one, self.ask_for_second())

    async def ask_for_second(self) -> None:
        second = asyncio.create_task(sync_to_async(self.second)())
        await asyncio.sleep(0)  # it runs up to where it waits
        self.second_is_asked_for.set()
        await second


class TestWaiting:
    def test_behind_other_work_of_the_request(self, found: Found) -> None:
        async def request() -> None:
            async with ThreadSensitiveContext():
                await FirstAndSecond(0.06).both()

        run_async(request)
        findings = found()
        finding = the("SB401", findings)
        assert len(QUEUES & set(codes(findings))) == 1
        assert f"{__name__}.FirstAndSecond.second waited" in finding.explain
        assert f"Before it on that thread: {__name__}.FirstAndSecond.first, which ran for" in finding.explain

    def test_near_miss_one_after_the_other(self, found: Found) -> None:
        async def request() -> None:
            async with ThreadSensitiveContext():
                await sync_to_async(compute)(0.06)
                await sync_to_async(compute)(0)

        run_async(request)
        assert not QUEUES & set(codes(found()))


class TestCallers:
    async def at_once(self, work: Callable[[], object], *, requests: bool) -> None:
        """Two callers, as two consumers are; or as two requests are."""

        async def call() -> None:
            if requests:
                async with ThreadSensitiveContext():
                    await sync_to_async(work)()
            else:
                await sync_to_async(work)()

        await asyncio.gather(*(signalbox.caller(name).around(call()) for name in ("one", "other")))

    def test_they_share_the_one_thread_of_the_process(self, found: Found) -> None:
        asyncio.run(self.at_once(lambda: compute(0.06), requests=False))
        findings = found()
        finding = the("SB402", findings)
        assert len(QUEUES & set(codes(findings))) == 1
        assert len(finding.spans) == 2
        assert finding.explain.startswith("2 callers shared ")

    def test_connections_without_callers(self, found: Found) -> None:
        async def connect(path: str) -> None:
            with request(Request("websocket", path)):
                await sync_to_async(compute)(0.06)

        async def both() -> None:
            await asyncio.gather(connect("/ws/one/"), connect("/ws/other/"))

        asyncio.run(both())
        assert the("SB402", found()).explain.startswith("2 callers shared ")

    def test_whole_callers_that_say_when_they_were_asked_for(self, found: Found) -> None:
        asked_ns = time.monotonic_ns()
        for name in ("first", "second"):
            with signalbox.caller(name, asked_ns=asked_ns):
                compute(0.06)
        finding = the("SB402", found())
        assert finding.explain.startswith(f"2 callers shared {threading.current_thread().name}")
        assert "second waited" in finding.explain
        assert "before it: first, which ran for" in finding.explain

    def test_near_miss_a_caller_that_waited_for_a_thread_of_its_own(self, found: Found) -> None:
        with signalbox.caller("here", asked_ns=time.monotonic_ns() - 60_000_000):
            pass
        assert found() == []

    def test_near_miss_requests_have_a_thread_each(self, found: Found) -> None:
        asyncio.run(self.at_once(threading.Barrier(2).wait, requests=True))
        assert not QUEUES & set(codes(found()))

    def test_others_that_were_not_recorded(self, found: Found) -> None:
        async def stranger_and_caller() -> None:
            works = FirstAndSecond(0.1)
            with signalbox.muted():
                stranger = asyncio.create_task(sync_to_async(works.first)())
            await asyncio.to_thread(works.first_runs.wait)
            await signalbox.caller("mine").around(works.ask_for_second())
            await stranger

        asyncio.run(stranger_and_caller())
        finding = the("SB402", found())
        assert finding.explain.startswith("This caller shared with others ")
        assert "before it: work that is not part of this recording" in finding.explain


@pytest.mark.django_db(transaction=True)
class TestConsumers:
    """Several of Channels' consumers at once, in one recording, each with its application instance and its tasks."""

    ORDERS = 3

    async def at_once(self, consumer: type[AsyncWebsocketConsumer]) -> None:
        sockets = [WebsocketCommunicator(consumer.as_asgi(), "/") for _ in range(self.ORDERS)]
        for socket in sockets:
            await socket.connect()
        for socket in sockets:
            await socket.send_to(text_data="order")
        assert [await socket.receive_from(10) for socket in sockets] == ["done"] * self.ORDERS
        for socket in sockets:
            await socket.disconnect()

    def test_their_receivers_take_turns_on_the_one_thread(self, found: Found) -> None:
        asyncio.run(self.at_once(Shop))
        findings = found()
        finding = the("SB402", findings)
        assert QUEUES & set(codes(findings)) == {"SB402"}
        assert finding.explain.startswith(f"{self.ORDERS} callers shared ")
        assert f"before it: {__name__}.send_and_wait" in finding.explain
        assert finding.source == source(computes)

    def test_near_miss_a_context_for_each(self, found: Found) -> None:
        asyncio.run(self.at_once(ShopWithThreads))
        assert not QUEUES & set(codes(found()))


def computes(**kwargs: Any) -> None:
    compute(0.06)


order_placed = signal_of(computes)


def send_and_wait() -> None:
    order_placed.send(sender="shop")


class Shop(AsyncWebsocketConsumer):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await signalbox.caller("a consumer").around(sync_to_async(send_and_wait)())
        await self.send("done")


class ShopWithThreads(Shop):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        async with ThreadSensitiveContext():
            await super().receive(text_data, bytes_data)


@pytest.mark.django_db(transaction=True)
class TestGather:
    @pytest.fixture(autouse=True)
    def some_work(self) -> Iterator[None]:
        token = ordered.set(Work(seconds=0.03))
        yield
        ordered.reset(token)

    async def in_a_request(self, *, gathered: bool) -> None:
        saves: list[Any] = [MyModel(name=str(number)).asave for number in range(3)]
        async with ThreadSensitiveContext():
            if gathered:
                await asyncio.gather(*(save() for save in saves))
            else:
                for save in saves:
                    await save()
            await sync_to_async(connections.close_all)()

    def test_saves_run_one_after_the_other(self, found: Found) -> None:
        run_async(lambda: self.in_a_request(gathered=True))
        findings = found()
        finding = the("SB403", findings)
        assert QUEUES & set(codes(findings)) == {"SB403"}
        assert len(finding.spans) == 3
        assert "3 calls of django.db.models.base.Model.save were awaited at once" in finding.explain
        assert finding.source is not None
        assert finding.source.startswith("app/receivers.py:")

    def test_near_miss_awaited_in_turn(self, found: Found) -> None:
        run_async(lambda: self.in_a_request(gathered=False))
        assert not QUEUES & set(codes(found()))
