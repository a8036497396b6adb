"""A claim as a document: docs/protocol.md, section "Claims", describes it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, get_args

import msgspec

from app.claims.claim import Answer, Source
from app.experiments import Experiment

#: Of a claim that has no verdict yet.
NOT_RUN = "not_run"


class RunLink(msgspec.Struct):
    """A run that a verdict was computed from."""

    id: str
    url: str
    started_at: str


class VerdictDocument(msgspec.Struct):
    """A verdict, the runs that it was computed from, and what they were run on."""

    answer: Answer
    because: str
    environment: dict[str, str]
    runs: list[RunLink]  #: one for each experiment of the claim, in their order


class ClaimDocument(msgspec.Struct):
    """A claim; ``verdict`` is None until its experiments have been run on what this server runs on."""

    slug: str
    subject: str
    claim: str
    said_at: list[Source]
    experiments: list[Experiment]
    truth: str
    versions: str | None
    verdict: VerdictDocument | None


def summary(claims: Iterable[ClaimDocument]) -> dict[str, Any]:
    """How many claims have which answer: `{"claims": 23, "holds": 2, "false": 17, …, "not_run": 0}`."""
    answers = Counter(NOT_RUN if claim.verdict is None else claim.verdict.answer for claim in claims)
    return {"claims": answers.total(), **{answer: answers[answer] for answer in (*get_args(Answer), NOT_RUN)}}
