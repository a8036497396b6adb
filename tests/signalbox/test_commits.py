"""What a receiver asks of `on_commit()` is recorded, and done as if nobody looked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

import signalbox
from signalbox.documents import SpanDocument
from tests.signalbox.receivers import signal_with

pytestmark = pytest.mark.django_db(transaction=True)

Recorded = Callable[[], list[SpanDocument]]
done: list[str] = []


def mail() -> None:
    done.append("mailed")


def asks_twice(**kwargs: Any) -> None:
    transaction.on_commit(mail)
    connection.on_commit(func=mail, robust=True)


def asks_wrongly(**kwargs: Any) -> None:
    transaction.on_commit("mail")  # type: ignore[arg-type]


def calls(spans: list[SpanDocument]) -> list[tuple[str, bool]]:
    return [(call["function"], call["at_once"]) for span in spans for call in span.attributes.get("on_commit", ())]


def test_each_call_of_a_receiver_is_recorded(recorded: Recorded) -> None:
    done.clear()
    with transaction.atomic():
        signal_with(asks_twice).send(None)
        assert done == []
    assert done == ["mailed", "mailed"]
    signal_with(asks_twice).send(None)
    assert done == ["mailed"] * 4
    assert calls(recorded()) == [(f"{__name__}.mail", at_once) for at_once in (False, False, True, True)]


def test_calls_of_others_are_nobodys_business(recorded: Recorded) -> None:
    with signalbox.caller("here"):
        asks_twice()
    assert calls(recorded()) == []


def test_what_django_refuses_is_refused_and_not_recorded(recorded: Recorded) -> None:
    with pytest.raises(TypeError, match="must be a callable"):
        signal_with(asks_wrongly).send(None)
    assert calls(recorded()) == []


def test_django_is_as_it_was_after_uninstalling(probe: None) -> None:
    signalbox.uninstall()
    bare = dict(BaseDatabaseWrapper.__dict__)
    signalbox.install()
    assert dict(BaseDatabaseWrapper.__dict__) != bare
    signalbox.uninstall()
    assert dict(BaseDatabaseWrapper.__dict__) == bare
