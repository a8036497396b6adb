"""A part of a map, measured again, goes into the map that is there: pure functions on documents as decoded JSON."""

from collections.abc import Iterable
from typing import Any

from app.map.grid import Cell, beside, grid

Document = dict[str, Any]
#: The server's name in the environment of a part that no server was needed for.
NO_SERVER = "none"


def is_of(part: Document, document: Document) -> bool:
    """Whether both were measured in the same environment. Cells of commands alone have met no server."""
    one, other = part["environment"], document["environment"]
    servers = {one["server"], other["server"]} - {NO_SERVER}
    return len(servers) <= 1 and {**one, "server": ""} == {**other, "server": ""}


def merged(document: Document, part: Document) -> Document:
    """The document with the part's cells in place of its own, in the grid's order."""
    environment = part["environment"] if part["environment"]["server"] != NO_SERVER else document["environment"]
    cells = _in_order(grid(), document["cells"], part["cells"])
    aside = _in_order(beside(), document["beside"], part["beside"])
    whole = len(cells) == len(grid()) and len(aside) == len(beside())
    measured = {**document["measured"], "whole": whole}
    return {**document, "environment": environment, "measured": measured, "cells": cells, "beside": aside}


def _in_order(order: Iterable[Cell], *lists: list[Document]) -> list[Document]:
    newest = {
        (cell["caller"], cell["way"], cell["receivers"], cell["atomic"]): cell for cells in lists for cell in cells
    }
    keys = [(cell.caller, cell.way, cell.receivers, cell.atomic) for cell in order]
    return [newest[key] for key in keys if key in newest]
