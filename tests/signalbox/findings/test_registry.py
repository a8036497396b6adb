"""The registry and the documentation say the same; the order of findings."""

import re
from pathlib import Path
from typing import Any

import pytest

import signalbox
from signalbox.findings import RULES, find
from signalbox.findings.finding import MOST_EVIDENCE, ids
from signalbox.recording import Recording
from tests.signalbox.findings.parts import Found, codes, compute, run_async, signal_of

DOCS = Path(__file__).parents[3] / "docs" / "findings.md"
ENTRY = re.compile(r"^### (SB\d{3}) · (.+)$", re.MULTILINE)
PARTS = ("```python", "**What happens.**", "**Since.**", "**What to do.**", "**Source.**")


def entries() -> dict[str, str]:
    """The text of each entry of the documentation, by its code."""
    pieces = ENTRY.split(DOCS.read_text())
    return {code: text for code, _, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True)}


def test_the_documentation_has_one_entry_for_each_rule_in_the_same_order() -> None:
    assert ENTRY.findall(DOCS.read_text()) == [(rule.code, rule.title) for rule in RULES]


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_an_entry_is_complete(code: str) -> None:
    text = entries()[code]
    places = [text.find(part) for part in PARTS]
    assert -1 not in places, f"{code} lacks one of {PARTS}"
    assert places == sorted(places)


def test_codes_and_titles_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.title for rule in RULES}) == len(RULES)


def test_nothing_recorded_nothing_found() -> None:
    assert find(Recording([], [])) == []


def test_the_gravest_come_first_and_then_those_that_showed_first(found: Found) -> None:
    def blocks(**kwargs: Any) -> None:
        compute(0.03)

    def fails(**kwargs: Any) -> None:
        raise LookupError

    async def aheard(**kwargs: Any) -> None:
        pass

    async def view() -> None:
        await signal_of(lambda **kwargs: None).asend(sender=None)
        signal_of(fails).send_robust(sender=None)
        signal_of(blocks).send(sender=None)
        with pytest.raises(RuntimeError):
            signal_of(aheard).send(sender=None)

    run_async(view)
    findings = found()
    assert codes(findings) == ["SB301", "SB503", "SB101", "SB701"]
    assert [finding.severity for finding in findings] == ["error", "warning", "warning", "info"]


def test_evidence_is_bounded(found: Found) -> None:
    def heard(**kwargs: Any) -> None:
        pass

    signal = signal_of(heard)
    with signalbox.caller("an import"):
        for _ in range(MOST_EVIDENCE + 1):
            signal.send(sender=None)
    (finding,) = found()
    assert len(finding.spans) == MOST_EVIDENCE
    assert f"called {MOST_EVIDENCE + 1} times" in finding.explain


def test_what_is_still_under_way_is_no_obstacle(found: Found) -> None:
    """A recording that is looked at from inside its receivers, when nothing in it has ended."""
    findings: list[list[str]] = []

    def looks(**kwargs: Any) -> None:
        findings.append(codes(found()))

    async def alooks(**kwargs: Any) -> None:
        looks()

    async def view() -> None:
        signal_of(looks).send(sender=None)
        await signal_of(looks, alooks).asend_robust(sender=None)

    with signalbox.caller("here"):
        signal_of(looks).send(sender=None)
        signal_of(alooks).send(sender=None)
    run_async(view)
    assert findings[0] == []
    assert len(findings) == 5


def test_evidence_names_a_span_once(probe: None) -> None:
    with signalbox.caller("here"):
        signal_of(lambda **kwargs: None).send(sender=None)
    span = signalbox.span_document(signalbox.buffer().drain()[0])
    assert ids([span, span]) == [span.id]
