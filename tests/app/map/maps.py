"""The committed maps, and the map that the rules derive for the same server and version."""

import functools
from typing import Any

import msgspec

from app.map.comparing import Difference, compare
from app.servers import SERVERS
from scripts.maps_page import FOLDER
from tests.app import rules

Document = dict[str, Any]
VERSIONS = ("python-3.11-django-5.2", "python-3.13-django-6.1")
NAMES = [f"{version}-{server}" for version in VERSIONS for server in SERVERS]


@functools.cache
def committed(name: str) -> Document:
    """One of docs/maps/, as decoded JSON, which nobody may change."""
    document: Document = msgspec.json.decode((FOLDER / f"{name}.json").read_bytes())
    return document


def protocol_of(name: str) -> str:
    """What the server of a committed map speaks to Django."""
    version = next(version for version in VERSIONS if name.startswith(version))
    return SERVERS[name.removeprefix(f"{version}-")].protocol


def derived(name: str) -> Document:
    """The map that has the committed one's cells, and in them what follows from the rules."""
    document = committed(name)
    major, minor = document["environment"]["django"].split(".")[:2]
    circumstances = rules.Circumstances((int(major), int(minor)), protocol_of(name))
    return {
        part: [derived_cell(cell, circumstances._replace(atomic=cell["atomic"])) for cell in document[part]]
        for part in ("cells", "beside")
    }


@functools.cache
def deviations(name: str) -> list[Difference]:
    """Where a committed map is otherwise than the rules say."""
    return compare(derived(name), committed(name))


def derived_cell(cell: Document, circumstances: rules.Circumstances) -> Document:
    key = {part: cell[part] for part in ("caller", "way", "receivers", "atomic")}
    what = rules.derive(key["caller"], key["way"], key["receivers"], circumstances)
    calls = [(number, call) for number, dispatch in enumerate(what.dispatches, 1) for call in dispatch]
    receivers = [{"dispatch": number, "name": "", **call.answers._asdict()} for number, call in calls]
    return {
        **key,
        "verdict": {"error": what.error, "receivers": receivers},
        "places": [call.place for _, call in calls],
        "outcomes": [call.outcome for _, call in calls],
        "order": what.order,
        "contextvars_kept": what.kept,
    }
