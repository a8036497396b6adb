"""A map in words and signs: what the terminal, Markdown and the page say alike; one table for each caller."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple, get_args

from app.map.documents import Place
from app.map.glance import Mark, glance
from app.senders import Receivers


class PlaceWords(NamedTuple):
    """A place, for a cell and for a sentence."""

    word: str
    meaning: str


class AnswerWords(NamedTuple):
    """What is said of a receiver by one answer of its `Mark`; ``sign`` stands for no."""

    name: str
    sign: str
    yes: str
    no: str
    unknown: str


PLACES: dict[Place, PlaceWords] = {
    "sender": PlaceWords("sender", "in the thread that sent the signal"),
    "caller": PlaceWords("caller", "in the caller's thread, which is not the sender's"),
    "event-loop": PlaceWords("loop", "on an event loop that was running already, in its thread"),
    "new-loop": PlaceWords("new loop", "on a new event loop, in a new thread"),
    "worker": PlaceWords("worker", "in another thread"),
}
ANSWERS = (
    AnswerWords(
        "same_thread_as_caller",
        "⇢",
        "in the caller's thread",
        "not in the caller's thread",
        "not known whether in the caller's thread",
    ),
    AnswerWords(
        "caller_waited", "…", "the caller waited", "the caller did not wait", "not known whether the caller waited"
    ),
    AnswerWords(
        "same_connection",
        "≠",
        "on the sender's database connection",
        "not on the sender's database connection",
        "no database connection to compare",
    ),
    AnswerWords(
        "same_transaction",
        "∉",
        "in the transaction that the signal was sent in",
        "not in the transaction that the signal was sent in",
        "no transaction to be in",
    ),
    AnswerWords(
        "event_loop_free",
        "!",
        "the event loop was free meanwhile",
        "the event loop was held meanwhile",
        "no event loop to be held",
    ),
)
SIGNS = (
    *PLACES.values(),
    ("a + b", "the sync receiver in a, the async one in b"),
    ("a ∥ b", "the same, side by side"),
    *((answer.sign, answer.no) for answer in ANSWERS),
    ("–", "no signal is sent"),
    ("a / b", "a without, b with transaction.atomic() around"),
)
#: What two maps can differ in, by the names that `app.map.comparing` has for it.
COMPARED = {
    "cell": "the cell",
    "error": "what Django raises",
    "calls": "receivers that are called",
    "order": "order of the receivers",
    "contextvar_comes_back": "its context variables come back to the caller",
    "place": "where it runs",
    "outcome": "how it ends",
    "caller_waited": "the caller waits for it",
    "same_thread_as_sender": "in the sender's thread",
    "same_thread_as_caller": "in the caller's thread",
    "same_connection": "on the sender's database connection",
    "same_transaction": "in the sender's transaction",
    "event_loop_free": "the event loop is free meanwhile",
    "contextvar_visible": "it sees the caller's context variables",
    "threadlocal_visible": "it sees the caller's threading.local",
}


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


def compared(what: str) -> str:
    """What differs between two maps, such as ``async.caller_waited``, in words."""
    kind, _, fact = what.rpartition(".")
    return f"{kind} receiver: {COMPARED[fact]}" if kind else COMPARED[fact]


def _errors(document: dict[str, Any]) -> dict[str, str]:
    """A sign for each error that stands in a cell."""
    errors = dict.fromkeys(cell["verdict"]["error"] for cell in document["cells"] if cell["verdict"]["error"])
    return {f"✗{number}": error for number, error in enumerate(errors, 1)}


def _texts(cells: list[dict[str, Any]], signs: dict[str, str]) -> str:
    """Without and with a transaction; once where both are alike."""
    return " / ".join(dict.fromkeys(_text(cell, signs) for cell in cells))


def _text(cell: dict[str, Any], signs: dict[str, str]) -> str:
    seen = glance(cell)
    called = (" ∥ " if seen.side_by_side else " + ").join(map(_mark, seen.marks))
    return " ".join(filter(None, [called, signs.get(cell["verdict"]["error"])])) or "–"


def _mark(mark: Mark) -> str:
    signs = (answer.sign for answer in ANSWERS if getattr(mark, answer.name) is False)
    return PLACES[mark.place].word + "".join(signs)
