"""A map, and what differs between two, as text: JSON with a line for each cell, Markdown, sentences."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from app.map.comparing import Difference
from app.map.words import legend, sections, title


def as_json(document: dict[str, Any]) -> str:
    """The document with each cell on a line of its own, so that a change of one is a change of one line."""
    parts = {key: _lines(value) if isinstance(value, list) else _json(value) for key, value in document.items()}
    body = ",\n".join(f"{_json(key)}: {text}" for key, text in parts.items())
    return f"{{\n{body}\n}}\n"


def as_markdown(document: dict[str, Any]) -> str:
    """A heading and a table for each caller, and what the signs mean."""
    parts = [title(document)]
    for caller, rows, kinds in sections(document):
        head = [_row(["way", *kinds]), _row(["---"] * (len(kinds) + 1))]
        parts.append("\n".join([f"## {caller}\n", *head, *(_row([f"`{row.way}`", *row.texts]) for row in rows)]))
    parts.append("\n".join(["## Signs\n", _row(["sign", ""]), _row(["---", "---"]), *map(_row, legend(document))]))
    return "\n\n".join(parts) + "\n"


def as_sentences(differences: Iterable[Difference]) -> Iterable[str]:
    """Each difference in a line, below its cell."""
    cell = None
    for difference in differences:
        if difference.cell != cell:
            cell = difference.cell
            in_transaction = " · in a transaction" if difference.atomic else ""
            yield f"{difference.caller} · {difference.way} · {difference.receivers}{in_transaction}"
        yield f"    {difference.what}: {difference.before} → {difference.after}"


def _lines(cells: list[Any]) -> str:
    return "[\n" + ",\n".join(map(_json, cells)) + "\n]" if cells else "[]"


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _row(texts: Sequence[str]) -> str:
    return "| " + " | ".join(texts) + " |"
