"""Two maps side by side: which cells differ, and in what. Pure functions on documents as decoded JSON.

Compared is what happened, not in which words it is told: an error by its type, a receiver by its answers.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

ANSWERS = (
    "caller_waited",
    "same_thread_as_sender",
    "same_thread_as_caller",
    "same_connection",
    "same_transaction",
    "event_loop_free",
    "contextvar_visible",
    "threadlocal_visible",
)
#: Of the second receiver of a kind, and those after it: a group of differences has them with the first.
_NUMBER = re.compile(r" \d+(?=\.)")
Cell = dict[str, Any]
Key = tuple[str, str, str, bool]


class Difference(NamedTuple):
    """One thing that is otherwise in the second map."""

    caller: str
    way: str
    receivers: str
    atomic: bool
    what: str  #: an answer of one of the receivers, as ``sync.caller_waited``, or ``error``, ``order`` and so on
    before: str
    after: str

    @property
    def cell(self) -> Key:
        return self[:4]


def compare(one: dict[str, Any], other: dict[str, Any]) -> list[Difference]:
    """What differs, in the order of the cells of the first map; cells that only the second has come last."""
    before, after = _by_key(one), _by_key(other)
    return [
        difference
        for key in dict.fromkeys([*before, *after])
        for difference in _compare_cells(key, before.get(key), after.get(key))
    ]


def grouped(differences: Iterable[Difference]) -> dict[tuple[str, str, str], list[Difference]]:
    """Those that are the same thing, together: by what differs, and how it is in the one map and in the other."""
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for difference in differences:
        what = _NUMBER.sub("", difference.what)
        groups.setdefault((what, difference.before, difference.after), []).append(difference)
    return groups


def _by_key(document: dict[str, Any]) -> dict[Key, Cell]:
    cells = [*document["cells"], *document.get("beside", [])]
    return {(cell["caller"], cell["way"], cell["receivers"], cell["atomic"]): cell for cell in cells}


def _compare_cells(key: Key, one: Cell | None, other: Cell | None) -> Iterator[Difference]:
    if one is None or other is None:
        there = ["there" if cell else "not there" for cell in (one, other)]
        yield Difference(*key, "cell", *there)
        return
    before, after = facts(one), facts(other)
    for what in before:  # what only one of them has, a receiver that only one called, is told by `calls`
        if what in after and before[what] != after[what]:
            yield Difference(*key, what, before[what], after[what])


def facts(cell: Cell) -> dict[str, str]:
    """Everything about a cell that is compared, each in a word or two."""
    error = cell["verdict"]["error"]
    found = {
        "error": "none" if error is None else error.partition(":")[0],
        "calls": ", ".join("async" if receiver["is_async"] else "sync" for receiver, *_ in _calls(cell)) or "none",
        "order": ", then ".join(" and ".join(group) for group in cell.get("order", [])) or "none",
    }
    for kind, kept in cell.get("contextvars_kept", {}).items():
        found[f"{kind}.contextvar_comes_back"] = _word(kept)
    seen: dict[str, int] = {}
    for receiver, place, outcome in _calls(cell):
        kind = "async" if receiver["is_async"] else "sync"
        seen[kind] = seen.get(kind, 0) + 1
        name = kind if seen[kind] == 1 else f"{kind} {seen[kind]}"
        found[f"{name}.place"], found[f"{name}.outcome"] = place or "–", outcome or "–"
        found |= {f"{name}.{answer}": _word(receiver[answer]) for answer in ANSWERS}
    return found


def _calls(cell: Cell) -> list[tuple[Any, Any, Any]]:
    """Receiver, place and outcome, dispatch by dispatch, sync before async: who began first may be chance."""
    calls = zip_longest(cell["verdict"]["receivers"], cell.get("places", []), cell.get("outcomes", []))
    return sorted(calls, key=lambda call: (call[0].get("dispatch", 0), call[0]["is_async"], call[0]["name"]))


def _word(answer: bool | None) -> str:
    return "unknown" if answer is None else "yes" if answer else "no"
