"""A map as a document: docs/protocol.md, section "A map", describes it."""

from typing import Any, Literal

import msgspec

from app.senders import Receivers
from app.work import ReceiverKind

SCHEMA = 1

#: Where a receiver ran: in the thread where the signal was sent, in the caller's, on an event loop that was there, on a
#: new loop in a new thread, or in some other thread.
Place = Literal["sender", "caller", "event-loop", "new-loop", "worker"]


class CellDocument(msgspec.Struct):
    """One cell, and what came of it. The lists have one entry for each receiver call of the verdict, in its order."""

    caller: str
    way: str
    receivers: Receivers
    atomic: bool
    run: str | None  #: the id of the run that it was measured from; None where the server can't have this caller
    verdict: dict[str, Any]
    places: list[Place]
    outcomes: list[str]
    #: The kinds of the first dispatch's receivers in the order in which they began; those of a group ran side by side.
    order: list[list[ReceiverKind]]
    contextvars_kept: dict[ReceiverKind, bool]


class Measured(msgspec.Struct):
    """When and how a map came about."""

    at: str
    seconds: float
    whole: bool  #: whether it has every cell


class MapDocument(msgspec.Struct, kw_only=True):
    """All cells of one environment."""

    schema: int = SCHEMA
    environment: dict[str, str]
    measured: Measured
    cells: list[CellDocument]
    #: What the grid has no cell for, once for each caller.
    beside: list[CellDocument]
