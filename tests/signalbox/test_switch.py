"""An installed probe that rests records nothing new, and what is under way to its end."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

import signalbox
from tests.signalbox.receivers import aanswer, answer, signal_with


@pytest.fixture
def resting(probe: None) -> Any:
    signalbox.pause()
    yield
    signalbox.resume()


def everything() -> list[Any]:
    mixed = signal_with(answer, aanswer)
    seen = [mixed.send(None), signal_with(answer).send(None), asyncio.run(mixed.asend(None))]
    with signalbox.caller("here"), signalbox.step("there"):
        seen.append(signal_with(answer).send_robust(None))
    return [*seen, asyncio.run(signalbox.caller("inside").around(sync_to_async(answer)()))]


def test_nothing_is_recorded_and_nothing_else_changes(resting: None) -> None:
    while_resting = everything()
    assert signalbox.paused()
    assert signalbox.buffer().drain() == []
    signalbox.resume()
    assert everything() == while_resting
    assert {span.kind for span in signalbox.buffer().drain()} == {"caller", "step", "hop", "dispatch", "receiver"}


def test_what_is_under_way_is_recorded_to_its_end(probe: None) -> None:
    def pauses(**kwargs: Any) -> None:
        signalbox.pause()
        signal_with(answer).send(None)

    try:
        signal_with(pauses, answer).send(None)
    finally:
        signalbox.resume()
    dispatch, first, second = signalbox.buffer().drain()
    assert [span.kind for span in (dispatch, first, second)] == ["dispatch", "receiver", "receiver"]
    assert all(span.end_ns is not None for span in (dispatch, first, second))
