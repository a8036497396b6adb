"""The probe goes in and out while signals are being sent on many threads and a loop: nobody notices."""

import asyncio
import queue
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import AsyncToSync, SyncToAsync, async_to_sync, sync_to_async
from django.dispatch import Signal

import signalbox
from tests.signalbox.receivers import aanswer, answer, signal_with

THREADS = 4
ROUNDS = 30
HOOKED = {
    Signal: ("send", "asend", "send_robust", "asend_robust", "_live_receivers", "_log_robust_failure"),
    SyncToAsync: ("__call__",),
    AsyncToSync: ("__call__",),
}


def hooked() -> dict[tuple[type, str], Any]:
    return {(owner, name): owner.__dict__[name] for owner, names in HOOKED.items() for name in names}


def send_in_every_way(signal: Signal) -> list[Any]:
    seen: list[Any] = [signal.send(None), signal.send_robust(None), async_to_sync(signal.asend)(None)]
    return [*seen, asyncio.run(sync_to_async(signal.send)(None)), asyncio.run(signal.asend_robust(None))]


def test_installing_and_uninstalling_under_traffic_loses_nothing_and_leaves_no_wrapper(probe: None) -> None:
    signalbox.uninstall()
    before = hooked()
    signals = [signal_with(answer), signal_with(answer, aanswer)]
    expected = [send_in_every_way(signal) for signal in signals]
    ready: queue.SimpleQueue[None] = queue.SimpleQueue()

    def traffic() -> list[Any]:
        seen = []
        with signalbox.caller("traffic"):
            for signal in signals * ROUNDS:
                ready.put(None)
                seen.append(send_in_every_way(signal))
        return seen

    with ThreadPoolExecutor(THREADS) as pool:
        senders = [pool.submit(traffic) for _ in range(THREADS)]
        for _ in range(THREADS * ROUNDS):  # one change in the middle of about every other round of sends
            for change in (signalbox.install, signalbox.uninstall):
                ready.get()
                change()
        seen = [sender.result() for sender in senders]
    signalbox.uninstall()

    assert seen == [expected * ROUNDS] * THREADS
    assert hooked() == before
    spans = signalbox.buffer().drain()
    assert {span.kind for span in spans} == {"caller", "hop", "dispatch", "receiver"}
    assert all(span.end_ns is not None for span in spans)
