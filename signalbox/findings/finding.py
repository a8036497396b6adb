"""What a finding is."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from signalbox.documents import SpanDocument

Severity = Literal["error", "warning", "info"]
#: From the gravest on.
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
#: A finding about a thousand calls points at the first of them.
MOST_EVIDENCE = 100


class Found(msgspec.Struct):
    """What a rule has to say. ``source`` is where the receiver stands, as ``path:line``."""

    severity: Severity
    spans: list[int]
    explain: str
    fix: str
    source: str | None = None


class Finding(msgspec.Struct):
    """A hazard, with the spans that show it, as it stands in a run's document."""

    code: str
    title: str
    severity: Severity
    spans: list[int]
    explain: str
    fix: str
    source: str | None


def ids(spans: Iterable[SpanDocument]) -> list[int]:
    """The spans as evidence, in the order in which they were given, each once."""
    return list(dict.fromkeys(span.id for span in spans))[:MOST_EVIDENCE]


def times(calls: Sequence[object]) -> str:
    """``""`` for one call, else ``" 3 times"``."""
    return "" if len(calls) == 1 else f" {len(calls)} times"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 async receiver``, ``2 async receivers``."""
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"
