"""A map as tables in a terminal."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from app.map.words import legend, sections, title


def tables(document: dict[str, Any]) -> Iterator[RenderableType]:
    """The title, a table for each caller, and what the signs mean."""
    yield Text(title(document), style="bold")
    for caller, rows, kinds in sections(document):
        table = Table(title=caller, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
        table.add_column("way", no_wrap=True)
        for kind in kinds:
            table.add_column(kind)
        for way, texts in rows:
            table.add_row(way, *map(_coloured, texts))
        yield Text()
        yield table
    signs = Table.grid(padding=(0, 2))
    for sign, meaning in legend(document):
        signs.add_row(_coloured(sign), meaning)
    yield Text()
    yield signs


def _coloured(words: str) -> Text:
    """Colour goes along with the words, and says nothing that they don't."""
    text = Text(words)
    text.highlight_regex(r"✗\d*", "red")
    text.highlight_regex(r"[⇢!…≠∉]", "bold yellow")
    text.highlight_regex(r"\b(new )?loop\b", "cyan")
    text.highlight_regex(r"\bworker\b|\bcaller\b", "magenta")
    return text
