"""Saving from async code through a hop of one's own; a transaction, if asked for, is opened where the save runs."""

from contextlib import AbstractContextManager
from typing import Protocol

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async as channels_database_sync_to_async

from app.senders import Senders


class Transaction(Protocol):
    """`transaction.atomic`, or something that opens none."""

    def __call__(self) -> AbstractContextManager[None]: ...


async def sync_to_async_save(models: Senders, transaction: Transaction) -> None:
    thing = models.MyModel(name="Test")

    def save() -> None:
        with transaction():
            thing.save()

    await sync_to_async(save)()


async def sync_to_async_insensitive(models: Senders, transaction: Transaction) -> None:
    thing = models.MyModel(name="Test")

    def save() -> None:
        with transaction():
            thing.save()

    await sync_to_async(save, thread_sensitive=False)()


async def database_sync_to_async(models: Senders, transaction: Transaction) -> None:
    thing = models.MyModel(name="Test")

    def save() -> None:
        with transaction():
            thing.save()

    await channels_database_sync_to_async(save)()
