"""A map in words and signs, one table for each caller: what the terminal and Markdown show alike."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple, get_args

from app.map.glance import Mark, glance
from app.senders import Receivers

PLACES = {
    "sender": "sender",
    "caller": "caller",
    "event-loop": "loop",
    "new-loop": "new loop",
    "worker": "worker",
}
SIGNS = (
    ("sender", "in the thread that sent the signal"),
    ("caller", "in the caller's thread, which is not the sender's"),
    ("loop", "on an event loop that was running already, in its thread"),
    ("new loop", "on a new event loop, in a new thread"),
    ("worker", "in another thread"),
    ("a + b", "the sync receiver in a, the async one in b"),
    ("a ∥ b", "the same, side by side"),
    ("!", "the event loop was held meanwhile"),
    ("…", "the caller did not wait"),
    ("≠", "not on the sender's database connection"),
    ("∉", "not in the transaction that the signal was sent in"),
    ("–", "no signal is sent"),
    ("a / b", "a without, b with transaction.atomic() around"),
)


class Row(NamedTuple):
    """One way from one caller, with a text for each kind of receivers."""

    way: str
    texts: list[str]


class Section(NamedTuple):
    caller: str
    rows: list[Row]
    kinds: list[str]


def sections(document: dict[str, Any]) -> Iterator[Section]:
    """The map's tables, of those receivers that it has."""
    signs = {error: sign for sign, error in _errors(document).items()}
    present = {cell["receivers"] for cell in document["cells"]}
    kinds = [kind for kind in get_args(Receivers) if kind in present]
    for caller, cells in groupby(document["cells"], key=lambda cell: str(cell["caller"])):
        rows = [
            Row(way, [_texts([cell for cell in of_way if cell["receivers"] == kind], signs) for kind in kinds])
            for way, of_way in ((way, list(group)) for way, group in groupby(cells, key=lambda cell: str(cell["way"])))
        ]
        yield Section(caller, rows, kinds)


def title(document: dict[str, Any]) -> str:
    """What it was measured on."""
    return " · ".join(f"{name} {value}" for name, value in document["environment"].items())


def legend(document: dict[str, Any]) -> list[tuple[str, str]]:
    """What the signs of this map's tables mean, its errors among them."""
    return [*SIGNS, *_errors(document).items()]


def _errors(document: dict[str, Any]) -> dict[str, str]:
    """A sign for each error that stands in a cell."""
    errors = dict.fromkeys(cell["verdict"]["error"] for cell in document["cells"] if cell["verdict"]["error"])
    return {f"✗{number}": error for number, error in enumerate(errors, 1)}


def _texts(cells: list[dict[str, Any]], signs: dict[str, str]) -> str:
    """Without and with a transaction; once where both are alike."""
    return " / ".join(dict.fromkeys(_text(cell, signs) for cell in cells))


def _text(cell: dict[str, Any], signs: dict[str, str]) -> str:
    seen, order, error = glance(cell), cell["order"], cell["verdict"]["error"]
    side_by_side = any(len(set(group)) > 1 for group in order)
    called = (" ∥ " if side_by_side else " + ").join(map(_mark, seen.marks))
    return " ".join(filter(None, [called, signs.get(error)])) or "–"


def _mark(mark: Mark) -> str:
    signs = {
        "!": mark.event_loop_free is False,
        "…": mark.caller_waited is False,
        "≠": mark.same_connection is False,
        "∉": mark.same_transaction is False,
    }
    return PLACES[mark.place] + "".join(sign for sign, holds in signs.items() if holds)
