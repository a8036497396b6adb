"""A cell as the page has it: its glance, and the sentences that say at length what the glance says in a word."""

from typing import Any

import msgspec

from app.map.glance import Glance, Mark, glance, marked


class ShownCell(msgspec.Struct):
    """``whys`` has a sentence for each mark of the glance: why the receiver ran there."""

    caller: str
    way: str
    receivers: str
    atomic: bool
    run: str | None
    glance: Glance
    whys: list[str]
    error: str | None
    notes: list[str]


def shown(cell: dict[str, Any]) -> ShownCell:
    """The cell, from its document as decoded JSON."""
    whys: dict[Mark, str] = {}
    for mark, receiver in marked(cell):
        whys.setdefault(mark, receiver["why"])
    seen = glance(cell)
    return ShownCell(
        cell["caller"],
        cell["way"],
        cell["receivers"],
        cell["atomic"],
        cell["run"],
        seen,
        [whys[mark] for mark in seen.marks],
        cell["verdict"]["error"],
        cell["verdict"]["notes"],
    )
