"""Reading the map that somebody has in a file."""

from pathlib import Path
from typing import Any, Literal

import msgspec


class _Receiver(msgspec.Struct):
    """As much of a map as a comparison needs; what has a default is in the maps of this project alone."""

    name: str
    is_async: bool
    caller_waited: bool | None
    same_thread_as_sender: bool | None
    same_thread_as_caller: bool | None
    same_connection: bool | None
    same_transaction: bool | None
    event_loop_free: bool | None
    contextvar_visible: bool | None
    threadlocal_visible: bool | None
    dispatch: int = 0


class _Verdict(msgspec.Struct):
    error: str | None
    receivers: list[_Receiver]


class _Cell(msgspec.Struct):
    caller: str
    way: str
    receivers: str
    atomic: bool
    verdict: _Verdict
    places: list[str] = []
    outcomes: list[str] = []
    order: list[list[str]] = []
    contextvars_kept: dict[str, bool] = {}

    def __post_init__(self) -> None:
        calls = len(self.verdict.receivers)
        for name in ("places", "outcomes"):
            if (found := len(getattr(self, name))) not in {0, calls}:
                raise ValueError(f"{name}: Expected an entry for each of {calls} receivers, got {found}")


class _Map(msgspec.Struct):
    schema: Literal[1]
    environment: dict[str, str]
    cells: list[_Cell]
    beside: list[_Cell] = []


def read_map(path: Path) -> dict[str, Any]:
    """The map in a file, as decoded JSON. Raises ValueError with a sentence that says what was expected."""
    try:
        return decode_map(path.read_bytes(), str(path))
    except OSError as error:
        raise ValueError(f"Expected a file with a map; {path} cannot be read: {error.strerror}.") from error


def decode_map(text: bytes, name: str) -> dict[str, Any]:
    """The same from a file's text; ``name`` is what the sentence calls it."""
    try:
        msgspec.json.decode(text, type=_Map)
        document: dict[str, Any] = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(
            f"Expected what `manage.py map --json` prints; {name} is something else: {str(error).rstrip('.')}."
        ) from error
    return document
