"""A map as text: a line of JSON for each cell, tables of Markdown, a sentence for each difference."""

import io
import json

from rich.console import Console

from app.map.comparing import Difference
from app.map.table import tables
from app.map.text import as_json, as_markdown, as_sentences
from app.map.words import SIGNS
from tests.app.map.parts import cell, map_of, receiver

SYNC, ASYNC = receiver("sync"), receiver("async", same_connection=False)
#: One caller; a way with and one without a transaction that makes a difference, and one that is refused.
MAP = map_of(
    cell(SYNC, receivers="sync"),
    cell(SYNC, receivers="sync", atomic=True),
    cell(SYNC, ASYNC, places=["worker", "event-loop"]),
    cell(SYNC, {**ASYNC, "same_transaction": False}, places=["worker", "event-loop"], atomic=True),
    cell(way="send", receivers="sync"),
    cell(SYNC, way="send", error="RuntimeError: You cannot", order=[["sync"]]),
)
TABLE = """\
python 3.11.7 · django 5.2.19 · server daphne 4.2.3

## sync-view

| way | sync | both |
| --- | --- | --- |
| `save` | sender | worker + loop≠ / worker + loop≠∉ |
| `send` | – | sender ✗1 |

## Signs

| sign |  |
| --- | --- |
"""


def test_json_has_a_line_for_each_cell() -> None:
    text = as_json(MAP)
    assert json.loads(text) == MAP
    assert len(text.splitlines()) == len(MAP["cells"]) + 8  # braces, brackets, and four parts of one line each


def test_markdown_has_a_table_for_each_caller_and_what_its_signs_mean() -> None:
    table, _, signs = as_markdown(MAP).partition("| --- | --- |\n| sender |")
    assert table + "| --- | --- |\n" == TABLE
    rows = ("| sender |" + signs).splitlines()
    assert rows == [f"| {sign} | {meaning} |" for sign, meaning in [*SIGNS, ("✗1", "RuntimeError: You cannot")]]


def test_the_terminal_says_the_same() -> None:
    console = Console(file=io.StringIO(), width=120)
    with console.capture() as capture:
        console.print(*tables(MAP), sep="\n")
    said = [" ".join(line.split()) for line in capture.get().splitlines()]
    assert said[:3] == ["python 3.11.7 · django 5.2.19 · server daphne 4.2.3", "", "sync-view"]
    assert "save │ sender │ worker + loop≠ / worker + loop≠∉" in said
    assert "✗1 RuntimeError: You cannot" in said


def test_differences_stand_below_their_cell() -> None:
    save = "sync-view", "save", "sync"
    differences = [
        Difference(*save, False, "sync.caller_waited", "yes", "no"),
        Difference(*save, False, "order", "sync", "none"),
        Difference(*save, True, "error", "none", "RuntimeError"),
    ]
    assert list(as_sentences(differences)) == [
        "sync-view · save · sync",
        "    sync.caller_waited: yes → no",
        "    order: sync → none",
        "sync-view · save · sync · in a transaction",
        "    error: none → RuntimeError",
    ]
