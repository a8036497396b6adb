"""What is stored of maps: the newest whole one and its runs, with the parts of it that were measured again in it.

A part that was measured in another environment is no part of it. It is kept beside it, until there is a newer one.
"""

import asyncio
import concurrent.futures
import datetime
from collections.abc import Callable
from typing import TypeVar

import msgspec
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

import signalbox
from app.map.documents import MapDocument
from app.map.merging import Document, is_of, merged
from app.models import Map, Run

Result = TypeVar("Result")

#: A map that is still not finished after so long never will be.
ABANDONED = datetime.timedelta(hours=1)

# Not a thread of the loop's pool: what such a thread has done before decides what an experiment finds in it.
_thread = concurrent.futures.ThreadPoolExecutor(max_workers=1, thread_name_prefix="signalbox-map")


def newest_map() -> Map | None:
    """The newest whole map, or else the newest part of one; None where nothing has been measured."""
    return Map.objects.filter(document__isnull=False).order_by("-is_whole", "-started_at").first()


async def begin() -> Map:
    """A map to measure for. Its runs are stored by processes that have `environment_for()` it."""
    return await _off_the_loop(Map.objects.create)


async def finish(unfinished: Map, document: MapDocument) -> None:
    """Store the map, and let go of those before it; or put the part into the map that it is one of."""

    def store() -> None:
        measured: Document = msgspec.to_builtins(document)
        with transaction.atomic():
            newest = newest_map()
            if newest is not None and not document.measured.whole and is_of(measured, newest.document):
                _put_into(newest, unfinished, measured)
            else:
                _replace_earlier(unfinished, measured)
            Map.objects.filter(document__isnull=True, started_at__lt=timezone.now() - ABANDONED).delete()

    await _off_the_loop(store)


def _replace_earlier(finished: Map, document: Document) -> None:
    finished.document = document
    finished.is_whole = document["measured"]["whole"]
    finished.save()
    earlier = Map.objects.filter(started_at__lt=finished.started_at, document__isnull=False)
    (earlier if finished.is_whole else earlier.filter(is_whole=False)).delete()


def _put_into(newest: Map, part: Map, measured: Document) -> None:
    """The part's cells and their runs take the place of those that are there."""
    document = merged(newest.document, measured)
    replaced = _runs_of(newest.document) - _runs_of(document)
    newest.document = document
    newest.is_whole = document["measured"]["whole"]
    newest.save()
    Run.objects.filter(map=part, pk__in=_runs_of(measured)).update(map=newest)
    Run.objects.filter(map=newest, pk__in=replaced).delete()
    part.delete()


def _runs_of(document: Document) -> set[str]:
    return {cell["run"] for cell in [*document["cells"], *document["beside"]]} - {None}


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
        try:
            with signalbox.muted():
                return work()
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_thread, unrecorded)
