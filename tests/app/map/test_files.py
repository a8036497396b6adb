"""A map in a file: what `map --json` prints is read, and anything else is refused with a sentence."""

from pathlib import Path

import pytest

from app.map.files import read_map
from app.map.text import as_json
from tests.app.map.parts import cell, map_of, receiver
from tests.app.sentences import check_sentence


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "map.json"


def test_what_was_printed_is_read_whole(file: Path) -> None:
    document = {"schema": 1, **map_of(cell(receiver("async")), beside=(cell(),), python="3.11.7")}
    file.write_text(as_json(document))
    assert read_map(file) == document


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "truncated"),
        (b"{", "truncated"),
        (b"\xff", "something else"),
        (b"[" * 100_000, "something else"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"schema": 1, "environment": {}}', "`cells`"),
        (b'{"schema": 1, "environment": {}, "cells": [{"caller": "sync-view"}]}', "$.cells[0]"),
        (b'{"schema": 1, "environment": {"python": 3}, "cells": []}', "$.environment[...]"),
    ],
)
def test_anything_else_is_told(file: Path, text: bytes, said: str) -> None:
    file.write_bytes(text)
    with pytest.raises(ValueError, match="Expected") as raised:
        read_map(file)
    check_sentence(str(raised.value), "manage.py map --json", str(file), said)


def test_a_file_that_is_not_there_is_told(file: Path) -> None:
    with pytest.raises(ValueError, match="Expected") as raised:
        read_map(file)
    check_sentence(str(raised.value), str(file), "No such file or directory")
