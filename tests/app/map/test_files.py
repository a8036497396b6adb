"""A map that somebody has in a file is compared, or refused in one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.map.comparing import compare
from app.map.files import decode_map, read_map
from tests.app.map.parts import cell, map_of, receiver
from tests.app.sentences import check_sentence


def as_text(document: Any) -> bytes:
    return json.dumps(document).encode()


def test_what_the_contract_says_is_enough_to_be_compared() -> None:
    whole = cell(receiver())
    part = {key: whole[key] for key in ("caller", "way", "receivers", "atomic", "run", "verdict")}
    bare = {"schema": 1, "environment": {}, "cells": [part]}
    read = decode_map(as_text(bare), "it")
    assert read == bare
    assert compare(read, map_of(whole)) == []


WRONG = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "too deep": b"[" * 100_000,
    "not text": b'{"schema": "\xff"}',
    "another schema": as_text({**map_of(), "schema": 2}),
    "no cells": as_text({"schema": 1, "environment": {}}),
    "an answer": as_text(map_of(cell({**receiver(), "caller_waited": "yes"}))),
    "places": as_text(map_of(cell(receiver(), places=["sender", "worker"]))),
    "outcomes": as_text(map_of(cell(receiver(), outcomes=["ok", "ok"]))),
    "order": as_text(map_of(cell(receiver(), order=5))),
    "context variables": as_text(map_of(cell(receiver(), contextvars_kept={"sync": "no"}))),
    "dispatch": as_text(map_of(cell({**receiver(), "dispatch": "first"}))),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_anything_else_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="xpected") as refused:
        decode_map(text, "this file")
    check_sentence(str(refused.value), "this file", "manage.py map --json")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_map(tmp_path / "nowhere.json")
