"""Receivers are resolved as Django resolves them, by whatever way."""

import gc
from typing import Any
from unittest import mock

import pytest
from django.dispatch import Signal

import signalbox
from signalbox import sources
from tests.signalbox.receivers import aanswer, answer


class Sender:
    pass


class Other:
    pass


class Listener:
    def hear(self, **kwargs: Any) -> str:
        return "heard"


@pytest.fixture
def bare(probe: None) -> None:
    signalbox.uninstall()


def bare_and_probed(signal: Signal, *senders: Any) -> tuple[list[Any], list[Any]]:
    """What each sender reaches without the probe and with it."""
    found = []
    for change in (signalbox.uninstall, signalbox.install):
        change()
        found.append([signal.send(sender) for sender in senders])
    return found[0], found[1]


@pytest.mark.parametrize("caching", [False, True])
def test_weak_and_strong_ones_for_one_sender_and_for_all(bare: None, caching: bool) -> None:
    signal, listener = Signal(use_caching=caching), Listener()
    signal.connect(answer)
    signal.connect(listener.hear)
    signal.connect(answer, sender=Sender, weak=False, dispatch_uid="for one")
    signal.connect(aanswer, sender=Sender)
    for change in (lambda: None, lambda: signal.disconnect(answer), lambda: signal.connect(answer)):
        change()
        expected, probed = bare_and_probed(signal, Sender, Other)
        assert probed == expected
        assert len(probed[0]) == len(probed[1]) + 2
    del listener, expected, probed
    gc.collect()
    expected, probed = bare_and_probed(signal, Sender, Other)
    assert probed == expected
    assert [len(responses) for responses in probed] == [3, 1]


def test_one_that_dies_between_two_sends_of_a_caching_signal(bare: None) -> None:
    signal, listener = Signal(use_caching=True), Listener()
    signal.connect(listener.hear)
    signal.connect(answer)
    signalbox.install()
    assert [response for _, response in signal.send(Sender)] == ["heard", "sync"]
    del listener
    gc.collect()
    assert [response for _, response in signal.send(Sender)] == ["sync"]


def test_a_caching_signal_is_asked_once_for_a_sender_that_reaches_nobody(bare: None) -> None:
    signal = Signal(use_caching=True)
    signal.connect(answer, sender=Other)
    signalbox.install()
    with mock.patch.object(signal, "lock", wraps=signal.lock) as lock:
        lock.__enter__, lock.__exit__ = mock.Mock(), mock.Mock(return_value=None)
        assert signal.send(Sender) == signal.send(Sender) == []
    assert lock.__enter__.call_count == 1


def test_a_sender_that_cannot_be_referred_to_weakly_meets_the_same_error(bare: None) -> None:
    signal = Signal(use_caching=True)
    signal.connect(answer)
    errors = []
    for change in (signalbox.uninstall, signalbox.install):
        change()
        with pytest.raises(TypeError) as raised:
            signal.send(5)
        errors.append((str(raised.value), raised.traceback[-1].name))
    assert errors[0] == errors[1]


@pytest.mark.parametrize("caching", [False, True])
def test_a_resolution_of_a_subclass_is_asked(probe: None, caching: bool) -> None:
    class Nobody(Signal):
        def _live_receivers(self, sender: Any) -> tuple[list[Any], list[Any]]:
            return [], []

    signal = Nobody(use_caching=caching)
    signal.connect(answer)
    assert signal.send(Sender) == []


def test_another_resolution_than_those_that_are_known_is_asked_for_each_dispatch(bare: None) -> None:
    signal = Signal()
    signal.connect(answer)
    with mock.patch.dict(sources.KNOWN, _live_receivers={}):
        signalbox.install()
    assert signal.send(Sender) == [(answer, "sync")]
    assert [span.kind for span in signalbox.buffer().drain()] == ["dispatch", "receiver"]
