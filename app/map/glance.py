"""A cell at a glance: a pure function of its document, as decoded JSON."""

from collections.abc import Iterator
from typing import Any

import msgspec

from app.map.documents import Place
from app.work import ReceiverKind


class Mark(msgspec.Struct, frozen=True):
    """One kind of receiver in a cell; an answer that cannot be known is None."""

    kind: ReceiverKind
    place: Place
    caller_waited: bool | None
    same_connection: bool | None
    same_transaction: bool | None
    event_loop_free: bool | None


class Glance(msgspec.Struct, frozen=True):
    """What a table has room for. ``error`` is the type of what Django raised; no mark and no error: no signal."""

    error: str | None
    marks: tuple[Mark, ...]


def glance(cell: dict[str, Any]) -> Glance:
    """The cell in short; calls of the same kind that went alike are one mark."""
    error = cell["verdict"]["error"]
    marks = sorted(dict.fromkeys(_marks(cell)), key=lambda mark: mark.kind, reverse=True)
    return Glance(None if error is None else error.partition(":")[0], tuple(marks))


def _marks(cell: dict[str, Any]) -> Iterator[Mark]:
    for receiver, place in zip(cell["verdict"]["receivers"], cell["places"], strict=True):
        yield Mark(
            "async" if receiver["is_async"] else "sync",
            place,
            receiver["caller_waited"],
            receiver["same_connection"],
            receiver["same_transaction"],
            receiver["event_loop_free"],
        )
