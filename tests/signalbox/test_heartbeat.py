"""The heartbeat notices by how long an event loop was held, and nothing else notices the heartbeat."""

import asyncio
import time

import pytest

import signalbox
from signalbox.heartbeat import INTERVAL_S, LATE_NS, Heartbeat

HELD_S = 0.1


@pytest.fixture(autouse=True)
def no_pauses() -> None:
    signalbox.buffer().drain_pauses()


async def beat(heartbeat: Heartbeat) -> None:
    """Wait for the next beat."""
    before = heartbeat.beaten_ns
    while heartbeat.beaten_ns == before:  # noqa: ASYNC110 (a heartbeat tells nobody that it beats)
        await asyncio.sleep(INTERVAL_S / 10)


async def test_a_held_loop_is_a_pause_as_long_as_it_was_held() -> None:
    heartbeat = Heartbeat(asyncio.get_running_loop())
    heartbeat.hold()
    await beat(heartbeat)
    begun = time.monotonic_ns()
    while time.monotonic_ns() < begun + HELD_S * 1e9:
        pass
    await beat(heartbeat)
    heartbeat.release()

    pauses = [pause for pause in signalbox.buffer().drain_pauses() if pause.end_ns > begun + LATE_NS]
    assert len(pauses) == 1
    assert pauses[0].thread.event_loop
    assert begun <= pauses[0].start_ns <= begun + INTERVAL_S * 1e9
    assert pauses[0].end_ns >= begun + HELD_S * 1e9


async def test_it_is_no_task() -> None:
    before = asyncio.all_tasks()
    heartbeat = Heartbeat(asyncio.get_running_loop())
    heartbeat.hold()
    await beat(heartbeat)
    assert asyncio.all_tasks() == before
    heartbeat.release()


async def test_released_by_all_it_beats_no_more() -> None:
    heartbeat = Heartbeat(asyncio.get_running_loop())
    heartbeat.hold()
    heartbeat.hold()
    heartbeat.release()
    await beat(heartbeat)
    heartbeat.release()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not [handle for handle in vars(heartbeat).values() if isinstance(handle, asyncio.TimerHandle)]


async def test_another_thread_may_hold_and_release_it() -> None:
    heartbeat = Heartbeat(asyncio.get_running_loop())
    await asyncio.to_thread(heartbeat.hold)
    await beat(heartbeat)
    await asyncio.to_thread(heartbeat.release)
