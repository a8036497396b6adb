"""What is run for a claim that no way of the table can decide."""

import contextlib
import contextvars
import threading
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from app.senders import Senders
from app.signals import thread_asked
from app.work import ToldToFail


def async_keyword(models: Senders) -> None:
    compile("@receiver(post_save, async=True)\ndef handler(sender, **kwargs): ...", "receivers.py", "exec")


def async_parameter(models: Senders) -> None:
    def handler(sender: Any, **kwargs: Any) -> None: ...

    receiver(thread_asked, sender=models.MyModel, **{"async": True})(handler)


def save_and_look_again(models: Senders) -> None:
    thing = models.MyModel(name="Test")
    with contextlib.suppress(ToldToFail):
        thing.save()
    thing.refresh_from_db()  # DoesNotExist, if the row has gone with the exception


def atomic_save_and_look_again(models: Senders) -> None:
    thing = models.MyModel(name="Test")
    with contextlib.suppress(ToldToFail), transaction.atomic():
        thing.save()
    thing.refresh_from_db()


def send_from_threads(models: Senders) -> None:
    for _ in range(5):
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(thread_asked.send, models.MyModel))
        thread.start()
        thread.join()
