"""The own version of `Signal.send` stands behind a check of the source that it equals."""

from typing import Any
from unittest import mock

import pytest
from django.dispatch import Signal

import signalbox
from signalbox import sending


@pytest.fixture
def bare(probe: None) -> None:
    signalbox.uninstall()


def heard(**kwargs: Any) -> str:
    return "heard"


def kinds_recorded() -> list[str]:
    signal = Signal()
    signal.connect(heard)
    assert signal.send(sender=None) == [(heard, "heard")]
    return [span.kind for span in signalbox.buffer().drain()]


def test_this_djangos_send_is_one_that_it_equals(bare: None) -> None:
    assert sending.fingerprint(Signal.send) in sending.EQUALS.values()


def test_the_fingerprint_is_that_of_what_is_done_not_of_how_it_is_written() -> None:
    def one(self: Any, sender: Any) -> Any:
        """Documented so."""
        return [sender]  # said so

    def two(self: Any, sender: Any) -> Any:
        """Documented otherwise."""
        return [
            sender,
        ]

    def three(self: Any, sender: Any) -> Any:
        """Documented so."""
        return [self]

    assert sending.fingerprint(one) == sending.fingerprint(two) != sending.fingerprint(three)


def test_a_method_without_source_has_none() -> None:
    assert sending.fingerprint(len) == ""


def test_another_send_is_recorded_the_general_way(bare: None) -> None:
    with mock.patch.object(sending, "EQUALS", {}):
        signalbox.install()
    assert kinds_recorded() == ["dispatch", "receiver"]


def test_a_hook_that_was_there_before_is_kept(bare: None) -> None:
    calls: list[Any] = []
    original = Signal.send

    def send(self: Any, sender: Any, **named: Any) -> Any:
        calls.append(sender)
        return original(self, sender, **named)

    with mock.patch.object(Signal, "send", send):
        signalbox.install()
        assert kinds_recorded() == ["dispatch", "receiver"]
        signalbox.uninstall()
    assert calls == [None]


def test_a_resolution_of_a_subclass_is_asked(probe: None) -> None:
    class Nobody(Signal):
        def _live_receivers(self, sender: Any) -> tuple[list[Any], list[Any]]:
            return [], []

    signal = Nobody()
    signal.connect(heard)
    assert signal.send(sender=None) == []


def test_this_djangos_resolution_is_one_that_it_equals(bare: None) -> None:
    assert sending.fingerprint(Signal._live_receivers) in sending.RESOLVES.values()


class Listener:
    def heard(self, **kwargs: Any) -> str:
        return "heard"


def test_receivers_are_resolved_as_django_does(bare: None) -> None:
    """Weak and strong, dying between two sends, for one sender and for all, disconnected and connected again."""
    signal, listener, sender = Signal(), Listener(), object()
    signal.connect(heard)
    signal.connect(listener.heard)
    signal.connect(heard, sender=sender, weak=False, dispatch_uid="for one")
    seen = []
    for change in (lambda: None, lambda: signal.disconnect(heard), lambda: signal.connect(heard)):
        change()
        expected = [signal.send(sender=one) for one in (None, sender, listener)]
        signalbox.install()
        seen.append([signal.send(sender=one) for one in (None, sender, listener)] == expected)
        signalbox.uninstall()
    del listener, expected
    expected = signal.send(sender=None)
    signalbox.install()
    assert seen == [True] * 3
    assert signal.send(sender=None) == expected == [(heard, "heard")]


def test_another_resolution_is_asked_for_each_dispatch(bare: None) -> None:
    with mock.patch.object(sending, "RESOLVES", {}):
        signalbox.install()
    assert kinds_recorded() == ["dispatch", "receiver"]


def test_an_awaitable_that_a_sync_receiver_returned_is_told(probe: None) -> None:
    async def never() -> None: ...

    signal = Signal()
    signal.connect(lambda **kwargs: never(), weak=False)
    ((_, coroutine),) = signal.send(sender=None)
    coroutine.close()
    _, receiver = map(signalbox.span_document, signalbox.buffer().drain())
    assert receiver.attributes["returned"] == "builtins.coroutine"
