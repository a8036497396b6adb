"""What is stored of maps: the newest whole one and its runs; a part of one, until there is a newer part or a whole."""

import datetime
from collections.abc import Callable
from typing import TypeVar

import msgspec
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connections
from django.utils import timezone

import signalbox
from app.map.documents import MapDocument
from app.models import Map

Result = TypeVar("Result")

#: A map that is still not finished after so long never will be.
ABANDONED = datetime.timedelta(hours=1)


def newest_map() -> Map | None:
    """The newest whole map; None where none has been measured."""
    return Map.objects.filter(is_whole=True).first()


async def begin() -> Map:
    """A map to measure for. Its runs are stored by processes that have `environment_for()` it."""
    return await _off_the_loop(Map.objects.create)


async def finish(unfinished: Map, document: MapDocument) -> None:
    """Store the map, and let go of those before it."""

    def store() -> None:
        unfinished.document = msgspec.to_builtins(document)
        unfinished.is_whole = document.measured.whole
        unfinished.save()
        earlier = Map.objects.filter(started_at__lt=unfinished.started_at)
        finished = earlier.filter(document__isnull=False)
        (finished if unfinished.is_whole else finished.filter(is_whole=False)).delete()
        earlier.filter(document__isnull=True, started_at__lt=timezone.now() - ABANDONED).delete()

    await _off_the_loop(store)


async def discard(unfinished: Map) -> None:
    """Let go of a map that was broken off, and of its runs."""
    await _off_the_loop(unfinished.delete)


def environment_for(unfinished: Map) -> dict[str, str]:
    """What a process is started with whose runs are those of the map: the same database, and open on this machine."""
    database = connections["default"].settings_dict
    return {
        "SIGNALBOX_MAP": str(unfinished.pk),
        **({"SQLITE_PATH": str(database["NAME"])} if database["ENGINE"].endswith("sqlite3") else {}),
        # Nobody signs in there, and nobody outside this machine finds it. What it would show, it shows without source.
        "DJANGO_DEBUG": "1",
        "DJANGO_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
        "SIGNALBOX_SHOW_SOURCE": "0",
    }


async def _off_the_loop(work: Callable[[], Result]) -> Result:
    """Ask the database in a thread of its own, unrecorded: the map may be measured from a server that records."""

    def unrecorded() -> Result:
        with signalbox.muted():
            return work()

    result: Result = await database_sync_to_async(unrecorded, thread_sensitive=False)()
    return result
