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
    same_thread_as_caller: bool | None
    caller_waited: bool | None
    same_connection: bool | None
    same_transaction: bool | None
    event_loop_free: bool | None


class Glance(msgspec.Struct, frozen=True):
    """What a table has room for. ``error`` is the type of what Django raised; no mark and no error: no signal."""

    error: str | None
    marks: tuple[Mark, ...]
    side_by_side: bool  #: whether sync and async receivers ran at the same time


def glance(cell: dict[str, Any]) -> Glance:
    """The cell in short; calls of the same kind that went alike are one mark."""
    error = cell["verdict"]["error"]
    marks = sorted({mark: None for mark, _ in marked(cell)}, key=lambda mark: mark.kind, reverse=True)
    side_by_side = any(len(set(group)) > 1 for group in cell["order"])
    return Glance(None if error is None else error.partition(":")[0], tuple(marks), side_by_side)


def marked(cell: dict[str, Any]) -> Iterator[tuple[Mark, dict[str, Any]]]:
    """Each receiver call's mark, and its verdict."""
    for receiver, place in zip(cell["verdict"]["receivers"], cell["places"], strict=True):
        answers = {name: receiver[name] for name in Mark.__struct_fields__[2:]}
        yield Mark("async" if receiver["is_async"] else "sync", place, **answers), receiver
