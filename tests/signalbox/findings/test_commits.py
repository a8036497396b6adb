"""SB203: receivers that call on_commit() where the transaction is not."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.dispatch import Signal

import signalbox
from app.models import MyModel
from tests.signalbox.findings.parts import Found, codes, signal_of, source, the

pytestmark = pytest.mark.django_db(transaction=True)

done: list[str] = []


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    done.clear()


def mail() -> None:
    done.append("mailed")


def register() -> None:
    transaction.on_commit(mail)


def register_elsewhere() -> None:
    register()
    connections.close_all()  # nobody else would


def register_in_a_transaction_elsewhere() -> None:
    connection.ensure_connection()
    connections["default"].transaction_mode = "DEFERRED"  # SQLite has room for another transaction that writes nothing
    with transaction.atomic():
        register()
    connections.close_all()


async def goes_elsewhere(**kwargs: Any) -> None:
    await sync_to_async(register_elsewhere, thread_sensitive=False)()


async def has_its_own(**kwargs: Any) -> None:
    await sync_to_async(register_in_a_transaction_elsewhere, thread_sensitive=False)()


async def comes_back(**kwargs: Any) -> None:
    await sync_to_async(register)()


def asks(**kwargs: Any) -> None:
    register()


def send_and_roll_back(signal: Signal) -> None:
    with signalbox.caller("the order"), transaction.atomic():
        signal.send(sender=None)
        transaction.set_rollback(True)


class TestElsewhere:
    def test_it_is_done_at_once_though_the_transaction_rolls_back(self, found: Found) -> None:
        send_and_roll_back(signal_of(goes_elsewhere))
        assert done == ["mailed"]
        finding = the("SB203", found())
        assert finding.severity == "warning"
        assert finding.source == source(goes_elsewhere)
        assert f"goes_elsewhere called transaction.on_commit({__name__}.mail) on a connection of" in finding.explain
        assert "mail was called at once" in finding.explain

    def test_a_transaction_of_its_own_is_waited_for(self, found: Found) -> None:
        send_and_roll_back(signal_of(has_its_own))
        assert done == ["mailed"]
        assert "It waits for the commit of that connection's own transaction" in the("SB203", found()).explain

    def test_many_calls_are_one_finding(self, found: Found) -> None:
        signal = signal_of(goes_elsewhere)
        with signalbox.caller("the order"), transaction.atomic():
            signal.send(sender=None)
            signal.send(sender=None)
        assert ".mail) 2 times on " in the("SB203", found()).explain


class TestNearMisses:
    @pytest.mark.parametrize("receiver", [asks, comes_back])
    def test_in_the_thread_of_the_transaction(self, found: Found, receiver: Any) -> None:
        send_and_roll_back(signal_of(receiver))
        assert done == []
        assert "SB203" not in codes(found())

    def test_without_a_transaction(self, found: Found) -> None:
        with signalbox.caller("the order"):
            MyModel.objects.count()
            signal_of(goes_elsewhere).send(sender=None)
        assert done == ["mailed"]
        assert "SB203" not in codes(found())
