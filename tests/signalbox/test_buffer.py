"""A full buffer drops whole trees, and says how many."""

from typing import Any

import pytest
from django.dispatch import Signal

import signalbox
from signalbox.buffer import Buffer, Statistics


@pytest.fixture
def small(probe: None, monkeypatch: pytest.MonkeyPatch) -> Buffer:
    """The process's buffer with room for six spans, and its counts begun anew."""
    buffer = signalbox.buffer()
    for name, value in {"capacity": 6, "_drained": 0, "_peak": 0, "_dropped": 0}.items():
        monkeypatch.setattr(buffer, name, value)
    return buffer


def heard(**kwargs: Any) -> str:
    return "heard"


def signal_of(count: int) -> Signal:
    signal = Signal()
    for number in range(count):
        signal.connect(heard, weak=False, dispatch_uid=str(number))
    return signal


def test_what_fits_is_held_until_it_is_drained(small: Buffer) -> None:
    signal_of(2).send(sender=None)
    assert small.statistics() == Statistics(capacity=6, held=3, peak=3, recorded=3, dropped=0)
    assert [span.kind for span in small.drain()] == ["dispatch", "receiver", "receiver"]
    assert small.statistics() == Statistics(capacity=6, held=0, peak=3, recorded=3, dropped=0)


def test_a_dispatch_that_does_not_fit_is_dropped_whole_and_the_program_sees_nothing_of_it(small: Buffer) -> None:
    signal_of(2).send(sender=None)
    responses = signal_of(3).send(sender=None)  # the last of its four spans does not fit

    assert responses == [(heard, "heard")] * 3
    assert small.statistics().dropped == 1
    assert [span.kind for span in small.drain()] == ["dispatch", "receiver", "receiver"]


def test_with_a_dispatch_goes_all_that_its_receivers_send(small: Buffer) -> None:
    inner = signal_of(4)
    outer = Signal()
    outer.connect(lambda **kwargs: inner.send(sender=None), weak=False)
    outer.send(sender=None)
    outer.send(sender=None)

    assert small.drain() == []
    assert small.statistics().dropped == 2


def test_after_draining_there_is_room_again(small: Buffer) -> None:
    signal_of(9).send(sender=None)
    small.drain()
    signal_of(1).send(sender=None)
    assert [span.kind for span in small.drain()] == ["dispatch", "receiver"]


def test_the_process_has_one_buffer() -> None:
    assert signalbox.buffer() is signalbox.buffer()
