"""The connection that a span found, without a connection made, opened or touched for it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.db.models.signals import post_save
from django.dispatch import Signal

from app.models import MyModel
from app.work import Work, ordered
from signalbox.connections import open_connection
from signalbox.documents import SpanDocument
from signalbox.threads import current_thread

Recorded = Callable[[], list[SpanDocument]]


@pytest.fixture(autouse=True)
def no_work() -> Any:
    token = ordered.set(Work(seconds=0))
    yield
    ordered.reset(token)


def heard(**kwargs: Any) -> None:
    pass


def send() -> None:
    signal = Signal()
    signal.connect(heard)
    signal.send(sender=None)


@pytest.mark.django_db(transaction=True)
class TestOnAThread:
    def test_the_depth_of_the_transaction_and_the_same_serial(self, recorded: Recorded) -> None:
        MyModel.objects.count()  # opens the connection
        send()
        with transaction.atomic():
            send()
            with transaction.atomic():
                send()
        found = [span.connection for span in recorded() if span.kind == "receiver"]
        assert [each and each.atomic_depth for each in found] == [0, 1, 2]
        assert len({each.serial for each in found if each}) == 1

    def test_none_is_open_and_none_is_opened(self, recorded: Recorded) -> None:
        connection.close()
        send()
        assert connection.connection is None
        assert [span.connection for span in recorded()] == [None, None]

    def test_none_is_made_where_there_was_none(self, recorded: Recorded) -> None:
        async def run() -> Any:
            await sync_to_async(send, thread_sensitive=False)()
            return await sync_to_async(lambda: connections.all(initialized_only=True), thread_sensitive=False)()

        assert asyncio.run(run()) == []
        assert [span.connection for span in recorded()] == [None, None]

    def test_a_connection_that_was_opened_again_is_another_one(self, recorded: Recorded) -> None:
        MyModel.objects.count()
        send()
        connection.close()
        MyModel.objects.count()
        send()
        serials = [span.connection.serial for span in recorded() if span.kind == "receiver" and span.connection]
        assert len(serials) == 2
        assert serials[0] != serials[1]

    def test_a_model_signal_is_asked_for_the_database_that_it_is_sent_for(self, recorded: Recorded) -> None:
        MyModel.objects.create(name="Test")
        dispatch = next(span for span in recorded() if span.name == "post_save.send")
        assert dispatch.connection is not None
        assert dispatch.connection.alias == "default"
        assert dispatch.attributes["sender"] == "app.MyModel"
        assert post_save.has_listeners(MyModel)


@pytest.mark.django_db(transaction=True)
class TestOnAnEventLoop:
    async def test_none_is_open_on_the_loop_though_the_thread_that_saved_has_one(self, recorded: Recorded) -> None:
        await MyModel.objects.acreate(name="Test")
        assert open_connection(current_thread(), "default", on_loop=True) is None
        receiver = next(span for span in recorded() if span.kind == "receiver")
        assert receiver.connection is not None
