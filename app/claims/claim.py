"""What a claim is, and what can come of it."""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from app.experiments import Experiment, check_experiment

#: `open`: the runs do not tell.
Answer = Literal["holds", "false", "depends", "open"]


class Verdict(msgspec.Struct, frozen=True):
    """The answer, and a sentence with what was seen in the runs."""

    answer: Answer
    because: str


class Source(msgspec.Struct, frozen=True):
    """Where it is said, asked or contradicted; the question that this project started from has no address."""

    title: str
    url: str | None = None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One claim. ``decide`` takes the evidence of one run for each of ``experiments``, in their order."""

    slug: str
    claim: str
    said_at: tuple[Source, ...]
    experiments: tuple[Experiment, ...]
    decide: Callable[..., Verdict]
    truth: str
    #: What other versions do, in one sentence, where the answer depends on it.
    versions: str | None = None


THE_QUESTION = Source("the question that this project started from")


def asked(
    caller: str,
    way: str,
    receivers: str = "sync",
    *,
    atomic: bool = False,
    delay_ms: int = 0,
    fail: str | None = None,
    concurrency: int = 1,
) -> Experiment:
    """An experiment for a claim; its handlers are done at once, unless time is what it is about."""
    order = {"way": way, "receivers": receivers, "atomic": atomic, "delay_ms": delay_ms, "fail": fail}
    return check_experiment(caller, {**order, "concurrency": concurrency})


def agreed(facts: Iterable[bool], because: str) -> Verdict:
    """It holds where all facts speak for the claim, is false where none does, else depends on what tells them apart."""
    seen = set(facts)
    answer: Answer = "depends" if len(seen) > 1 else "holds" if seen == {True} else "false"
    return Verdict(answer, because)
