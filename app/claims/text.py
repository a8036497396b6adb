"""Claims and their verdicts in a terminal."""

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from app.claims.documents import ClaimDocument, summary

#: Colour goes along with the word, and says nothing that it doesn't.
_WORDS = {
    "holds": ("holds", "bold green"),
    "false": ("false", "bold red"),
    "depends": ("depends", "bold yellow"),
    "open": ("can't tell", "bold"),
}


def told(claims: Iterable[ClaimDocument]) -> Iterator[RenderableType]:
    """Each claim with its verdict, the truth and what was seen; and how many there are of each."""
    claims = list(claims)
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for claim in claims:
        if claim.verdict is not None:
            table.add_row(Text(*_WORDS[claim.verdict.answer]), _text(claim, claim.verdict.because))
            table.add_row()
    yield table
    yield Text(_in_all(claims))


def _text(claim: ClaimDocument, because: str) -> Text:
    versions = f"\nDepends on the version. {claim.versions}" if claim.versions else ""
    return Text.assemble((claim.claim, "bold"), f"\n{claim.truth}\n", (because, "dim"), versions)


def _in_all(claims: list[ClaimDocument]) -> str:
    counts = summary(claims)
    parts = [f"{counts[answer]} {word}" for answer, (word, _) in _WORDS.items() if counts[answer]]
    environments = [claim.verdict.environment for claim in claims if claim.verdict is not None]
    where = f" on Python {environments[0]['python']}, Django {environments[0]['django']}" if environments else ""
    return f"{counts['claims']} claims{where}: {', '.join(parts)}."
