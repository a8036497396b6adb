"""The maps that can be looked at: the one that was measured here, and those of docs/maps/, each by its name."""

import functools
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings

from app.experiments import Refused
from app.map.files import read_map
from app.map.keeping import newest_map
from app.servers import kind_of

HERE = "here"
FOLDER = settings.BASE_DIR / "docs" / "maps"


class Head(msgspec.Struct):
    """What is said of a map beside its cells; ``server`` is the slug of the kind of server."""

    name: str
    server: str
    environment: dict[str, str]
    measured: dict[str, Any]


def head(name: str, document: dict[str, Any]) -> Head:
    environment = document["environment"]
    return Head(name, kind_of(environment["server"]), environment, document["measured"])


@functools.cache
def committed() -> dict[str, Head]:
    """The heads of the maps in docs/maps/, by name."""
    return {path.stem: head(path.stem, read_map(path)) for path in sorted(FOLDER.glob("*.json"))}


def nearest(environment: dict[str, str]) -> str | None:
    """The committed map that tells most of an environment: by Django, then by Python, then by the server."""

    def likeness(one: Head) -> list[bool]:
        versions = [_roughly(one.environment[key]) == _roughly(environment[key]) for key in ("django", "python")]
        return [*versions, one.server == kind_of(environment["server"])]

    return max(committed().values(), key=likeness).name if committed() else None


def _roughly(version: str) -> list[str]:
    return version.split(".")[:2]


def document_of(name: str) -> dict[str, Any] | None:
    """The map with this name; None where none has been measured here. Raises Refused with 404."""
    if name == HERE:
        newest = newest_map()
        return None if newest is None else newest.document
    if name not in committed():
        raise Refused(404, f"map: expected {HERE} or one of {', '.join(committed())}; got {name[:60]}.")
    return read_map(_path(name))


def existing(name: str) -> dict[str, Any]:
    """The same, where there has to be one. Raises Refused with 404."""
    document = document_of(name)
    if document is None:
        raise Refused(404, "Expected a map that was measured here; none has been yet. Measure it at /map/.")
    return document


def _path(name: str) -> Path:
    path: Path = FOLDER / f"{name}.json"
    return path
