"""From the documents of runs to a claim's verdict: pure functions."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from app.claims.claim import Claim, Verdict
from app.claims.documents import ClaimDocument, RunLink, VerdictDocument
from app.claims.evidence import Evidence, Untold
from app.claims.registry import SUBJECTS
from app.experiments import Refused
from app.report import headline

#: A run's document, as decoded JSON.
Run = dict[str, Any]


def decide(claim: Claim, runs: Sequence[Run]) -> Verdict:
    """The verdict of the claim's runs, which are in the order of its experiments."""
    try:
        return claim.decide(*map(Evidence, runs))
    except Untold as untold:
        return Verdict("open", str(untold))


def in_order(claim: Claim, runs: Sequence[Run]) -> list[Run]:
    """The runs in the order of the claim's experiments. Raises Refused where one has none."""
    rest = list(runs)
    found = []
    for experiment in claim.experiments:
        matching = [run for run in rest if run["experiment"] == msgspec.to_builtins(experiment)]
        if not matching:
            raise Refused(400, f"run: expected {_wanted(claim)}; got {_came(runs)}.")
        found.append(matching[0])
        rest.remove(matching[0])
    return found


def document(claim: Claim, runs: Sequence[Run] | None) -> ClaimDocument:
    """The claim, with the verdict of these runs if there are any."""
    return ClaimDocument(
        slug=claim.slug,
        subject=next(subject.title for subject in SUBJECTS if claim in subject.claims),
        claim=claim.claim,
        said_at=list(claim.said_at),
        experiments=list(claim.experiments),
        truth=claim.truth,
        versions=claim.versions,
        verdict=None if runs is None else _verdict(claim, runs),
    )


def _verdict(claim: Claim, runs: Sequence[Run]) -> VerdictDocument:
    verdict = decide(claim, runs)
    links = [RunLink(run["id"], run["url"], run["started_at"]) for run in runs]
    return VerdictDocument(verdict.answer, verdict.because, runs[0]["environment"], links)


def _wanted(claim: Claim) -> str:
    return f"one run of each of {_listed(map(msgspec.to_builtins, claim.experiments))}"


def _came(runs: Sequence[Run]) -> str:
    return _listed(run["experiment"] for run in runs) or "none"


def _listed(experiments: Iterable[dict[str, Any]]) -> str:
    return "; ".join(map(headline, experiments))
