"""SB204: connections that stay open in a pool's threads."""

import asyncio
import concurrent.futures
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db import connections

from app.models import MyModel
from tests.signalbox.findings.parts import Found, codes, run_async, signal_of, source, the

pytestmark = pytest.mark.django_db(transaction=True)


def count() -> int:
    return MyModel.objects.count()


def count_and_close() -> None:
    MyModel.objects.count()
    connections.close_all()


def counts(**kwargs: Any) -> None:
    MyModel.objects.count()


def asends(receiver: Callable[..., Any]) -> None:
    """Send on a loop whose pool has one thread."""

    async def view() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(1, "Pool"))
        await signal_of(receiver).asend(sender=None)
        await loop.run_in_executor(None, connections.close_all)  # nobody else would

    run_async(view)


class TestFromAReceiver:
    def test_in_the_loops_pool(self, found: Found) -> None:
        async def acounts(**kwargs: Any) -> None:
            await sync_to_async(count, thread_sensitive=False)()

        asends(acounts)
        finding = the("SB204", found())
        assert finding.severity == "warning"
        assert finding.source == source(acounts)
        assert "sync_to_async(count) opened 1 database connection in Pool_0, and left it open there" in finding.explain

    def test_in_a_given_executor(self, found: Found) -> None:
        async def acounts(**kwargs: Any) -> None:
            with concurrent.futures.ThreadPoolExecutor(1, "Given") as given:
                await sync_to_async(count, thread_sensitive=False, executor=given)()
                given.submit(connections.close_all).result()

        asends(acounts)
        assert "in Given_0, and" in the("SB204", found()).explain

    def test_one_that_was_open_before_is_told_once(self, found: Found) -> None:
        async def acounts(**kwargs: Any) -> None:
            for _ in range(2):
                await sync_to_async(count, thread_sensitive=False)()

        asends(acounts)
        assert len(the("SB204", found()).spans) == 1

    def test_near_miss_work_that_closes_what_it_opens(self, found: Found) -> None:
        async def acounts(**kwargs: Any) -> None:
            await sync_to_async(count_and_close, thread_sensitive=False)()

        asends(acounts)
        assert "SB204" not in codes(found())

    def test_near_miss_channels_closes_what_was_opened(self, found: Found) -> None:
        async def acounts(**kwargs: Any) -> None:
            await database_sync_to_async(count, thread_sensitive=False)()

        asends(acounts)
        assert "SB204" not in codes(found())


def test_by_a_receiver_of_a_signal_that_was_sent_there(found: Found) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        send = sync_to_async(signal_of(counts).send, thread_sensitive=False, executor=pool)
        run_async(lambda: send(sender=None))
        pool.submit(connections.close_all).result()
    assert the("SB204", found()).source == source(counts)
