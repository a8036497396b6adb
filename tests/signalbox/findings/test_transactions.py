"""SB201 and SB202: receivers outside of a transaction that was open around them."""

import asyncio
import contextvars
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections, transaction

import signalbox
from app.models import MyModel
from app.work import Work, ordered
from tests.signalbox.findings.parts import Found, codes, signal_of, source, the

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_work() -> Iterator[None]:
    token = ordered.set(Work(seconds=0))
    yield
    ordered.reset(token)


def heard(**kwargs: Any) -> None:
    pass


def query_and_send() -> None:
    """Use the database of this thread, and send a signal, by which the probe sees its connection."""
    MyModel.objects.count()
    signal_of(heard).send(sender=None)


def query_elsewhere() -> None:
    query_and_send()
    connections.close_all()  # nobody else would


async def asks_nothing(**kwargs: Any) -> None:
    pass


async def asks_the_orm(**kwargs: Any) -> None:
    assert await MyModel.objects.filter(name="uncommitted").acount() == 1
    await sync_to_async(query_and_send)()


async def goes_elsewhere(**kwargs: Any) -> None:
    await sync_to_async(query_elsewhere, thread_sensitive=False)()


async def counts_what_it_sees(**kwargs: Any) -> int:
    return await MyModel.objects.filter(name="uncommitted").acount()


class TestDispatchInATransaction:
    def test_a_receiver_that_works_with_another_connection(self, found: Found) -> None:
        with signalbox.caller("here"), transaction.atomic():
            signal_of(goes_elsewhere).send(sender=None)
        finding = the("SB201", found())
        assert finding.severity == "warning"
        assert finding.source == source(goes_elsewhere)
        assert "outside of the transaction that was open on connection" in finding.explain
        assert "they don't see the transaction's uncommitted rows" in finding.explain

    def test_an_async_receiver_is_outside_but_its_orm_hops_back_in(self, found: Found) -> None:
        with signalbox.caller("here"), transaction.atomic():
            MyModel.objects.bulk_create([MyModel(name="uncommitted")])
            signal_of(asks_the_orm).send(sender=None)
        finding = the("SB201", found())
        assert finding.severity == "info"
        assert "hops back into that thread and transaction" in finding.explain

    def test_near_miss_a_sync_receiver_is_inside(self, found: Found) -> None:
        with signalbox.caller("here"), transaction.atomic():
            signal_of(heard).send(sender=None)
        assert found() == []

    def test_near_miss_without_a_transaction(self, found: Found) -> None:
        with signalbox.caller("here"):
            MyModel.objects.count()
            signal_of(goes_elsewhere).send(sender=None)
        assert not {"SB201", "SB202"} & set(codes(found()))


class TestCallerInATransaction:
    def test_a_send_from_another_thread(self, found: Found) -> None:
        with transaction.atomic(), signalbox.caller("the order"):
            async_to_sync(sync_to_async(query_elsewhere, thread_sensitive=False))()
        finding = the("SB202", found())
        assert finding.severity == "warning"
        assert finding.source == source(heard)
        assert "in MainThread, where async_to_sync(SyncToAsync) began." in finding.explain

    def test_near_miss_a_save_that_comes_back_to_the_callers_thread(self, found: Found) -> None:
        with transaction.atomic(), signalbox.caller("the order"):
            async_to_sync(MyModel(name="here").asave)()
        assert not {"SB201", "SB202"} & set(codes(found()))

    def test_an_async_receiver_below_a_loop_that_the_transactions_thread_runs_itself(self, found: Found) -> None:
        """Nothing waits in that thread to be hopped back to: what the receiver awaits from the ORM goes elsewhere."""
        signal = signal_of(counts_what_it_sees)
        with transaction.atomic(), signalbox.caller("the order"):
            MyModel.objects.bulk_create([MyModel(name="uncommitted")])
            ((_, seen),) = asyncio.run(signal.asend(sender=None))
        assert seen == 0
        assert the("SB202", found()).severity == "warning"

    def test_near_miss_work_that_was_begun_in_the_transaction_and_is_done_after_it(self, found: Found) -> None:
        committed = threading.Event()

        def send_later() -> None:
            committed.wait()
            signal_of(heard).send(sender=None)

        with transaction.atomic(), signalbox.caller("the order"):
            thread = threading.Thread(target=contextvars.copy_context().run, args=(send_later,))
            thread.start()
        committed.set()
        thread.join()
        findings = found()
        assert "SB701" in codes(findings), "it does belong to that caller"
        assert not {"SB201", "SB202"} & set(codes(findings))

    def test_an_async_receiver_of_asend(self, found: Found) -> None:
        with transaction.atomic(), signalbox.caller("the order"):
            async_to_sync(signal_of(asks_nothing).asend)(sender=None)
        assert the("SB202", found()).severity == "info"
