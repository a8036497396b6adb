"""One sample: the workloads under one instrument, in a fresh process, as JSON on stdout.

python -m benchmarks.sample <instrument>
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.db.models.signals import post_save
from django.dispatch import Signal

from benchmarks.instruments import INSTRUMENTS

ROUNDS = 40
CALLS = {"send, 1 receiver": 400, "send, 5 receivers": 200, "asend, 1 receiver": 100, "save()": 60, "one hop": 60}


def set_up() -> None:
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=["django.contrib.contenttypes"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    django.setup()


def receiver(**kwargs: Any) -> None:
    """A receiver that does nothing, so that nothing hides the cost of recording it."""


async def async_receiver(**kwargs: Any) -> None:
    """The same as a coroutine."""


def workloads(wrap: Callable[[Any], Any]) -> dict[str, Callable[[int], Any]]:
    """Each workload does its work so many times."""
    works = (
        sending(signal_of(1, wrap(receiver))),
        sending(signal_of(5, wrap(receiver))),
        asending(signal_of(1, wrap(async_receiver))),
        saving(wrap(receiver)),
        hopping(),
    )
    return dict(zip(CALLS, works, strict=True))


def signal_of(count: int, function: Any) -> Signal:
    signal = Signal()
    for number in range(count):
        signal.connect(function, weak=False, dispatch_uid=str(number))
    return signal


def sending(signal: Signal) -> Callable[[int], None]:
    def work(times: int) -> None:
        for _ in range(times):
            signal.send(None)

    return work


def asending(signal: Signal) -> Callable[[int], Any]:
    async def work(times: int) -> None:
        for _ in range(times):
            await signal.asend(None)

    return work


def saving(function: Any) -> Callable[[int], None]:
    from django.contrib.contenttypes.models import ContentType

    with connection.schema_editor() as editor:
        editor.create_model(ContentType)
    post_save.connect(function, sender=ContentType, weak=False)
    instance = ContentType(app_label="benchmarks", model="sample")
    instance.save()

    def work(times: int) -> None:
        for _ in range(times):
            instance.save()

    return work


def hopping() -> Callable[[int], Any]:
    crossing = sync_to_async(receiver)

    async def work(times: int) -> None:
        for _ in range(times):
            await crossing()

    return work


def measure(work: Callable[[int], Any], calls: int, settle: Callable[[], None]) -> float:
    """Nanoseconds per call: the fastest of many short rounds, which other work on the machine disturbs least."""
    best = float("inf")
    for _ in range(ROUNDS):
        if asyncio.iscoroutinefunction(work):
            spent = asyncio.run(_timed(work, calls))
        else:
            began = time.perf_counter_ns()
            work(calls)
            spent = time.perf_counter_ns() - began
        best = min(best, spent / calls)
        settle()
    return best


async def _timed(work: Callable[[int], Any], calls: int) -> int:
    began = time.perf_counter_ns()
    await work(calls)
    return time.perf_counter_ns() - began


def main(name: str) -> None:
    set_up()
    with INSTRUMENTS[name]() as instrument:
        works = workloads(instrument.wrap)
        figures = {work: measure(works[work], calls, instrument.settle) for work, calls in CALLS.items()}
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
