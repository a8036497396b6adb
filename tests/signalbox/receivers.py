"""Receivers that several tests connect, and signals with some of them."""

import asyncio
from typing import Any

from django.dispatch import Signal


class Refusal(Exception):
    """What a receiver raises that refuses."""


def answer(**kwargs: Any) -> str:
    return "sync"


async def aanswer(**kwargs: Any) -> str:
    await asyncio.sleep(0)
    return "async"


def refuse(**kwargs: Any) -> None:
    raise Refusal("no")


async def arefuse(**kwargs: Any) -> None:
    raise Refusal("no")


def signal_with(*receivers: Any) -> Signal:
    signal = Signal()
    for receiver in receivers:
        signal.connect(receiver, weak=False)
    return signal
