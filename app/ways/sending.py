"""Sending a signal of one's own, by each of the four send methods."""

from app.senders import Senders
from app.signals import siblings_asked, thread_asked


def send(models: Senders) -> None:
    thread_asked.send(sender=models.MyModel)


async def asend(models: Senders) -> None:
    await thread_asked.asend(sender=models.MyModel)


def send_robust(models: Senders) -> None:
    thread_asked.send_robust(sender=models.MyModel)


async def asend_robust(models: Senders) -> None:
    await thread_asked.asend_robust(sender=models.MyModel)


async def asend_siblings(models: Senders) -> None:
    await siblings_asked.asend(sender=models.MyModel)
