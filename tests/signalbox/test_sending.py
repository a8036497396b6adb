"""The own version of `Signal.send` stands behind a check of the source that it equals."""

from typing import Any
from unittest import mock

import pytest
from django.dispatch import Signal

import signalbox
from signalbox import sources


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


def test_another_send_is_recorded_the_general_way(bare: None) -> None:
    with mock.patch.object(sources, "KNOWN", {}):
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


def test_an_awaitable_that_a_sync_receiver_returned_is_told(probe: None) -> None:
    async def never() -> None: ...

    signal = Signal()
    signal.connect(lambda **kwargs: never(), weak=False)
    ((_, coroutine),) = signal.send(sender=None)
    coroutine.close()
    _, receiver = map(signalbox.span_document, signalbox.buffer().drain())
    assert receiver.attributes["returned"] == "builtins.coroutine"
