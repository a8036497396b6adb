"""An ASGI project with one view, `await instance.asave()`, under the instrument that the environment names.

BENCHMARK_INSTRUMENT="Signalbox, recording" SQLITE_PATH=/tmp/new.sqlite3 daphne benchmarks.serving:application
"""

import os
import threading

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection
from django.db.models.signals import post_save
from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.instruments import INSTRUMENTS
from benchmarks.sample import receiver

#: How often what was recorded is taken away.
DRAIN_S = 0.01

instrument = INSTRUMENTS[os.environ["BENCHMARK_INSTRUMENT"]]()
instrument.set_up()
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["SQLITE_PATH"],
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"},
        }
    },
    INSTALLED_APPS=["django.contrib.contenttypes"],
    MIDDLEWARE=instrument.middleware,
)
django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402 (models need the set-up)


async def save(request: HttpRequest) -> HttpResponse:
    """One row saved, one receiver called."""
    await ContentType(pk=1, app_label="benchmarks", model="sample").asave(force_update=True)
    return HttpResponse("saved", headers={"Content-Length": "5"})  # or Daphne sends it in chunks


urlpatterns = [path("", save)]


def _drain_for_ever() -> None:
    while not _never.wait(DRAIN_S):
        instrument.drain()


_never = threading.Event()

with connection.schema_editor() as editor:
    editor.create_model(ContentType)
ContentType.objects.create(pk=1, app_label="benchmarks", model="sample")
post_save.connect(instrument.wrap(receiver), sender=ContentType, weak=False)
threading.Thread(target=_drain_for_ever, daemon=True).start()
application = get_asgi_application()
