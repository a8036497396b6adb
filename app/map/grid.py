"""The cells of a map, from the catalogue, and the restriction of a map to some of them."""

from collections.abc import Iterable, Mapping
from typing import get_args

import msgspec

from app.callers.registry import CALLERS
from app.experiments import Experiment
from app.senders import Receivers
from app.ways import BESIDE, WAYS, way_of

#: How long a receiver works in a cell whose answers depend on it; in all others it is done at once. It is long beside
#: what a thread or a task waits for its turn while other cells are measured.
DELAY_MS = 100

CHOICES: dict[str, tuple[str, ...]] = {
    "caller": tuple(CALLERS),
    "way": tuple(WAYS),
    "receivers": get_args(Receivers),
    "atomic": ("off", "on"),
}
Only = Mapping[str, frozenset[str]]
EVERYTHING: Only = {}


class Cell(msgspec.Struct, frozen=True, order=True):
    """One combination."""

    caller: str
    way: str
    receivers: Receivers
    atomic: bool

    def experiment(self) -> Experiment:
        """What is run for it."""
        return Experiment(
            caller=self.caller,
            way=self.way,
            receivers=self.receivers,
            atomic=self.atomic,
            delay_ms=DELAY_MS if self._takes_time else 0,
            fail=None,
            concurrency=1,
        )

    @property
    def _takes_time(self) -> bool:
        """Whether an answer depends on how long a receiver works: whether it is waited for, and what runs meanwhile."""
        way = way_of(self.way)
        sends_at_once = way.is_async and not way.uses_database and (self.receivers == "both" or self.way in BESIDE)
        return sends_at_once or not CALLERS[self.caller].waits

    def matches(self, only: Only) -> bool:
        """Whether the restriction leaves it in."""
        own = {"caller": self.caller, "way": self.way, "receivers": self.receivers, "atomic": _word(self.atomic)}
        return all(own[key] in words for key, words in only.items())


def grid(only: Only = EVERYTHING) -> list[Cell]:
    """Callers × ways × receivers × transaction, in the catalogue's order."""
    return [cell for cell in _cells(WAYS) if cell.matches(only)]


def beside(only: Only = EVERYTHING) -> list[Cell]:
    """For each caller, what no cell of the grid can tell; left out where a map is restricted to some ways or kinds."""
    if set(only) - {"caller"}:
        return []
    return [cell for cell in _cells(BESIDE) if cell.receivers == "async" and not cell.atomic and cell.matches(only)]


def read_only(texts: Iterable[str]) -> Only:
    """The restriction that a person wrote, such as ``caller=sync-view,way=save,way=asave``. Raises ValueError."""
    only: dict[str, set[str]] = {}
    for part in (part.strip() for text in texts for part in text.split(",")):
        key, _, word = part.partition("=")
        if key not in CHOICES or not word:
            raise ValueError(f"expected caller=…, way=…, receivers=… or atomic=…, with commas between; got {part!r}.")
        _check_word(key, word)
        only.setdefault(key, set()).add(word)
    return {key: frozenset(words) for key, words in only.items()}


def check_only(given: Mapping[str, Iterable[str]]) -> Only:
    """The same from keys and words, as they came. Raises ValueError."""
    for key, words in given.items():
        if key not in CHOICES:
            raise ValueError(f"expected the keys {', '.join(CHOICES)}; got {key[:60]!r}.")
        for word in words:
            _check_word(key, word)
    return {key: frozenset(words) for key, words in given.items()}


def _check_word(key: str, word: str) -> None:
    if word not in CHOICES[key]:
        raise ValueError(f"{key}: expected one of {', '.join(CHOICES[key])}; got {word[:60]!r}.")


def _cells(ways: Iterable[str]) -> Iterable[Cell]:
    return (
        Cell(caller, way, receivers, atomic)
        for caller in CALLERS
        for way in ways
        for receivers in get_args(Receivers)
        for atomic in (False, True)
    )


def _word(atomic: bool) -> str:
    return "on" if atomic else "off"
