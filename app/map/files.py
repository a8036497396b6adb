"""Reading the map that somebody has in a file."""

from pathlib import Path
from typing import Any

import msgspec


class _Receiver(msgspec.Struct):
    """As much of the contract as a comparison needs."""

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


class _Verdict(msgspec.Struct):
    error: str | None
    receivers: list[_Receiver]


class _Cell(msgspec.Struct):
    caller: str
    way: str
    receivers: str
    atomic: bool
    verdict: _Verdict


class _Map(msgspec.Struct):
    schema: int
    environment: dict[str, str]
    cells: list[_Cell]
    beside: list[_Cell] = []


def read_map(path: Path) -> dict[str, Any]:
    """The map in a file, as decoded JSON. Raises ValueError with a sentence that says what was expected."""
    try:
        text = path.read_bytes()
        msgspec.json.decode(text, type=_Map)
        document: dict[str, Any] = msgspec.json.decode(text)
    except OSError as error:
        raise ValueError(f"Expected a file with a map; {path} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(
            f"Expected what `manage.py map --json` prints; {path} is something else: {str(error).rstrip('.')}."
        ) from error
    return document
