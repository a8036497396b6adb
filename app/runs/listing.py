"""Lists of stored runs, newest first."""

import datetime
import uuid
from typing import TYPE_CHECKING, Any

from app.experiments import Refused
from app.models import Run
from app.runs.documents import summary

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE = 50
LONGEST_PAGE = 200


def listed_runs() -> "QuerySet[Run]":
    """The runs that somebody asked for: those of a map, some 1,500 at once, are found from its cells."""
    return Run.objects.filter(map=None)


def newest_runs(limit: int = PAGE, before: datetime.datetime | None = None) -> list[dict[str, Any]]:
    """Summaries of at most ``limit`` runs that started before a moment."""
    runs = listed_runs() if before is None else listed_runs().filter(started_at__lt=before)
    return [summary(run.document) for run in runs[:limit]]


def stored_run(run_id: str) -> Run | None:
    """The run with this id; None when there is none, or when this is no id at all."""
    try:
        return Run.objects.filter(pk=uuid.UUID(run_id)).first()
    except ValueError:
        return None


def read_limit(text: str) -> int:
    """The number of runs that a list is asked for. Raises Refused."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LONGEST_PAGE):
        raise Refused(400, f"limit: expected a whole number from 1 to {LONGEST_PAGE}; got {text[:40]!r}.")
    return int(text)


def read_before(text: str) -> datetime.datetime | None:
    """The moment that a list is to lie before. Raises Refused."""
    if not text:
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
        in_utc = moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)
        return in_utc.astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(400, f"before: expected a time such as 2026-11-22T09:00:00Z; got {text[:40]!r}.") from error
