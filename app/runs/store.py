"""Storing a run: on a thread and a connection of its own, after the experiment's last span, and not recorded."""

import concurrent.futures
import datetime
import logging

import msgspec
from django.conf import settings
from django.db import OperationalError

import signalbox
from app.models import Run
from app.runs.documents import RunDocument
from app.runs.under_way import BrokenOff

logger = logging.getLogger(__name__)

#: SQLite has one writer at a time, and an experiment may hold its transaction for ten seconds: fifty of them, for
#: minutes. Each attempt waits as long as the database's own timeout.
ATTEMPTS = 20

_waiting: set["concurrent.futures.Future[RunDocument]"] = set()
_thread = concurrent.futures.ThreadPoolExecutor(max_workers=1, thread_name_prefix="signalbox-store")


def store(document: RunDocument, result: "concurrent.futures.Future[RunDocument]") -> None:
    """Store the run soon; ``result`` gets the document once it can be found at its address, or what went wrong."""
    _waiting.add(result)
    result.add_done_callback(_waiting.discard)
    try:
        _thread.submit(_store, document, result)
    except RuntimeError:  # the interpreter is ending, and its pools take no more work
        result.set_exception(BrokenOff())


def finish_storing() -> None:
    """Wait until all that is to be stored has been; nothing is, from then on."""
    _thread.shutdown()


def waiting() -> int:
    """How many runs are not stored yet."""
    return len(_waiting)


def _store(document: RunDocument, result: "concurrent.futures.Future[RunDocument]") -> None:
    try:
        with signalbox.muted():
            _insert(document)
    except Exception as error:
        logger.exception("Run %s could not be stored", document.id)
        result.set_exception(error)
    else:
        result.set_result(document)


def _insert(document: RunDocument) -> None:
    run = Run(
        id=document.id,
        started_at=datetime.datetime.fromisoformat(document.started_at),
        caller=document.experiment.caller,
        way=document.experiment.way,
        receivers=document.experiment.receivers,
        error=document.verdict.error or "",
        document=msgspec.to_builtins(document),
        map_id=settings.MEASURED_MAP,
    )
    for attempt in range(1, ATTEMPTS + 1):
        try:
            run.save(force_insert=True)
        except OperationalError:
            if attempt == ATTEMPTS:
                raise
        else:
            return
