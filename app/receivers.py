"""The receivers whose thread is asked for. A sync one sleeps in its thread, an async one awaits."""

import asyncio
import time
from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from app.models import AsyncBasket, BothBasket, MyModel, MyModelAsync, MyModelBoth, SyncBasket
from app.signals import siblings_asked, thread_asked
from app.work import ToldToFail, delay, fail_if_told


@receiver(post_save, sender=MyModel, dispatch_uid="my_signal_handler")
@receiver(post_save, sender=MyModelBoth, dispatch_uid="my_signal_handler")
def my_signal_handler(sender: Any, instance: MyModel, **kwargs: Any) -> None:
    print(f"Signal received for: {instance.name}")
    time.sleep(delay())
    fail_if_told("sync")
    print("Signal handler finished")


@receiver(post_save, sender=MyModelAsync, dispatch_uid="my_async_signal_handler")
@receiver(post_save, sender=MyModelBoth, dispatch_uid="my_async_signal_handler")
async def my_async_signal_handler(sender: Any, instance: MyModel, **kwargs: Any) -> None:
    print(f"Signal received for: {instance.name}")
    await asyncio.sleep(delay())
    fail_if_told("async")
    print("Async signal handler finished")


@receiver(post_delete, sender=MyModel, dispatch_uid="on_delete")
@receiver(post_delete, sender=MyModelBoth, dispatch_uid="on_delete")
def on_delete(sender: Any, instance: MyModel, **kwargs: Any) -> None:
    time.sleep(delay())
    fail_if_told("sync")


@receiver(post_delete, sender=MyModelAsync, dispatch_uid="on_delete_async")
@receiver(post_delete, sender=MyModelBoth, dispatch_uid="on_delete_async")
async def on_delete_async(sender: Any, instance: MyModel, **kwargs: Any) -> None:
    await asyncio.sleep(delay())
    fail_if_told("async")


@receiver(m2m_changed, sender=SyncBasket.things.through, dispatch_uid="on_things_changed")
@receiver(m2m_changed, sender=BothBasket.things.through, dispatch_uid="on_things_changed")
def on_things_changed(sender: Any, action: str, **kwargs: Any) -> None:
    if action != "post_add":  # m2m_changed is sent before the rows are written, too
        return
    time.sleep(delay())
    fail_if_told("sync")


@receiver(m2m_changed, sender=AsyncBasket.things.through, dispatch_uid="on_things_changed_async")
@receiver(m2m_changed, sender=BothBasket.things.through, dispatch_uid="on_things_changed_async")
async def on_things_changed_async(sender: Any, action: str, **kwargs: Any) -> None:
    if action != "post_add":
        return
    await asyncio.sleep(delay())
    fail_if_told("async")


@receiver(thread_asked, sender=MyModel, dispatch_uid="on_thread_asked")
@receiver(thread_asked, sender=MyModelBoth, dispatch_uid="on_thread_asked")
def on_thread_asked(sender: Any, **kwargs: Any) -> None:
    time.sleep(delay())
    fail_if_told("sync")


@receiver(thread_asked, sender=MyModelAsync, dispatch_uid="on_thread_asked_async")
@receiver(thread_asked, sender=MyModelBoth, dispatch_uid="on_thread_asked_async")
async def on_thread_asked_async(sender: Any, **kwargs: Any) -> None:
    await asyncio.sleep(delay())
    fail_if_told("async")


@receiver(siblings_asked, sender=MyModelAsync, dispatch_uid="fails_at_once")
async def fails_at_once(sender: Any, **kwargs: Any) -> None:
    raise ToldToFail("the first of two siblings fails")


@receiver(siblings_asked, sender=MyModelAsync, dispatch_uid="works_on")
async def works_on(sender: Any, **kwargs: Any) -> None:
    await asyncio.sleep(delay())
    fail_if_told("async")
