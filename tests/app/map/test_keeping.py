"""What is stored of maps: the newest whole one with its runs, and a part until there is something newer."""

import datetime
import uuid
from typing import Any

import msgspec
import pytest
from asgiref.sync import async_to_sync
from django.db import connections
from django.utils import timezone

from app.map import keeping
from app.map.documents import MapDocument
from app.models import Map, Run
from tests.app.map.parts import cell, map_of

pytestmark = pytest.mark.django_db(transaction=True)


def measured(*, whole: bool = True, way: str = "save", django: str = "5.2.19") -> Map:
    """A map that was measured to its end: of one cell, with its run."""
    unfinished = async_to_sync(keeping.begin)()
    document = map_of(cell(way=way, run=str(run(unfinished).pk)), django=django)
    document["measured"]["whole"] = whole
    async_to_sync(keeping.finish)(unfinished, msgspec.convert(document, MapDocument))
    return unfinished


def run(of: Map | None) -> Run:
    return Run.objects.create(started_at=timezone.now(), document={}, map=of)


def stored() -> list[Map]:
    return list(Map.objects.order_by("started_at"))


def test_a_whole_map_lets_go_of_those_before_it_and_their_runs() -> None:
    run(None)
    measured()
    measured(whole=False, django="6.1.3")
    newest = measured()
    assert stored() == [newest]
    assert keeping.newest_map() == newest
    assert [one.map for one in Run.objects.order_by("started_at")] == [None, newest]


def test_a_part_goes_into_the_map_of_its_environment_and_its_run_with_it() -> None:
    newest = measured()
    measured(whole=False, way="asave")
    measured(whole=False)
    assert stored() == [newest]
    newest.refresh_from_db()
    cells = newest.document["cells"]
    assert [each["way"] for each in cells] == ["save", "asave"]
    assert {each["run"] for each in cells} == {str(each.pk) for each in Run.objects.filter(map=newest)}
    assert Run.objects.count() == 2  # that of the cell which was measured again is gone


def test_a_part_of_another_environment_lets_go_of_parts_and_is_not_the_newest_map() -> None:
    assert keeping.newest_map() is None
    whole, _, part = measured(), measured(whole=False, django="6.0.2"), measured(whole=False, django="6.1.3")
    assert stored() == [whole, part]
    assert keeping.newest_map() == whole


def test_one_that_is_under_way_stays_and_one_that_was_abandoned_goes() -> None:
    under_way, abandoned = (async_to_sync(keeping.begin)() for _ in range(2))
    longest_ago = timezone.now() - keeping.ABANDONED - datetime.timedelta(seconds=1)
    Map.objects.filter(pk=abandoned.pk).update(started_at=longest_ago)
    newest = measured()
    assert stored() == [under_way, newest]


def test_one_that_was_broken_off_goes_with_its_runs() -> None:
    unfinished = async_to_sync(keeping.begin)()
    run(unfinished)
    async_to_sync(keeping.discard)(unfinished)
    assert (stored(), list(Run.objects.all())) == ([], [])


def test_its_server_has_the_same_database_and_is_open_on_this_machine(settings: Any) -> None:
    settings.DEBUG = False
    variables = keeping.environment_for(Map(pk=uuid.UUID(int=1)))
    assert variables == {
        "SIGNALBOX_MAP": "00000000-0000-0000-0000-000000000001",
        "SQLITE_PATH": connections["default"].settings_dict["NAME"],
        "DJANGO_DEBUG": "1",
        "DJANGO_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
        "SIGNALBOX_SHOW_SOURCE": "0",
    }
