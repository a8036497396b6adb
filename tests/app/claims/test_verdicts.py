"""Each claim, decided by running Django: what it is here, and that another run would have decided otherwise."""

import re
from typing import Any

import django
import pytest
from django.dispatch import Signal

from app.claims.claim import agreed
from app.claims.evidence import Evidence
from app.claims.judging import decide
from app.claims.registry import CLAIMS, SUBJECTS
from tests.app.claims.running import Runs

#: The answer, and what the sentence with what was seen says.
EXPECTED = {
    "senders-thread": (
        "depends",
        r"ran in its sender's .*, the async one in another .* asend\(\), the sync one in another",
    ),
    "sender-waits": ("holds", r"^4 of 4 receivers had ended"),
    "async-parameter": ("false", r"async=True\): SyntaxError: .*\): TypeError: .* argument 'async'\.$"),
    "separate-thread": ("false", r"in another thread .* waited for .*in its sender's thread .* waited for"),
    "in-the-background": ("false", r"in ThreadPoolExecutor-\S+, the caller's own thread; the caller waited"),
    "async-handler-returns-at-once": ("false", r"in MainThread, not the caller's thread; the caller waited"),
    "on-commit-in-the-background": ("false", r"the caller's own thread; the caller waited"),
    "blocks-the-event-loop": ("depends", r"loop was free; .* in MainThread .* loop was blocked"),
    "thread-per-call": ("false", r"^3 calls ran in 1 thread \(ThreadPoolExecutor-\S+\)"),
    "gather-saves-in-parallel": ("false", r"^3 handlers of .*: one after the other\.$"),
    "asave-is-native": ("false", r"with send\(\) in the thread ThreadPoolExecutor-\S+, a worker's"),
    "thread-per-consumer": ("false", r"consumers, 4 calls ran in 1 thread .* requests, 4 calls ran in 4 threads\.$"),
    "new-thread-then-closed": ("false", r"in asyncio_\d+, a thread of the event loop's pool; .* open( there)?\.$"),
    "equal-idents": ("false", r"^5 threads had [1-4] idents?: \d+ was that of [2-5]\.$"),
    "thread-locals-arrive": ("depends", r"sync view had set could be read in .* could not be read in"),
    "exception-rolls-back": ("depends", r"outside of atomic\(\), and .* found the row; .*1 deep .* the row was gone"),
    "before-the-commit": ("depends", r"outside of atomic\(\), so .* 1 deep in atomic\(\)"),
    "bulk-sends": ("false", r"bulk_create\(\) sent no signal, update\(\) no signal"),
    "async-receiver-same-transaction": ("false", r"connection \d+, 1 deep in atomic\(\); .* with no connection open"),
    "atomic-in-async-view": ("false", r"SynchronousOnlyOperation"),
    "robust-never-raises": ("false", r"^1 of 2 receivers were called, and the caller got RuntimeError"),
    "sync-receivers-first": ("false", r"at the same time"),
    "contextvar-is-lost": ("holds", r"was not there"),
}
FROM_6_1 = {
    "sync-receivers-first": ("holds", r"The sync receiver had ended when the async one began"),
    "contextvar-is-lost": ("false", r"was there"),
}
HERE = EXPECTED | (FROM_6_1 if django.VERSION >= (6, 1) else {})

THREAD = ("sync-view-thread", "save")
#: Runs of something else, by which the claim would be what it is not.
OTHERWISE: dict[str, tuple[str, list[tuple[tuple[str, ...], dict[str, Any]]]]] = {
    "sender-waits": ("false", [(("sync-view-thread", "send", "both"), {"delay_ms": 50})] * 2),
    "async-parameter": ("holds", [(("sync-view", "save"), {})] * 2),
    "separate-thread": ("holds", [(("sync-view-thread", "send", "async"), {"delay_ms": 50})] * 2),
    "in-the-background": ("holds", [(THREAD, {"delay_ms": 50})]),
    "async-handler-returns-at-once": ("holds", [((*THREAD, "async"), {"delay_ms": 50})]),
    "on-commit-in-the-background": ("holds", [(THREAD, {"delay_ms": 50})]),
    "blocks-the-event-loop": ("holds", [(("async-view", "send"), {"delay_ms": 100})] * 2),
    "thread-per-call": ("holds", [(("sync-view", "save"), {"concurrency": 4, "delay_ms": 20})]),
    "gather-saves-in-parallel": ("holds", [(("sync-view", "send"), {"concurrency": 3, "delay_ms": 200})]),
    "asave-is-native": ("holds", [(("async-view", "asend", "async"), {})]),
    "thread-per-consumer": ("holds", [(("sync-view", "save"), {"concurrency": 4, "delay_ms": 20})] * 2),
    "new-thread-then-closed": ("holds", [(("async-view", "sync_to_async"), {})]),
    "equal-idents": ("open", [(("sync-view", "save"), {})]),
    "thread-locals-arrive": ("holds", [(("sync-view", "save"), {})] * 2),
    "exception-rolls-back": ("holds", [(("sync-view", "atomic_save_and_look_again"), {"fail": "sync"})] * 2),
    "before-the-commit": ("holds", [(("sync-view", "save"), {"atomic": True})] * 2),
    "bulk-sends": ("holds", [(("sync-view", "save"), {})] * 2),
    "async-receiver-same-transaction": ("open", [(("sync-view", "save", "async"), {})]),
    "atomic-in-async-view": ("holds", [(("sync-view", "save"), {"atomic": True})]),
    "robust-never-raises": ("holds", [(("async-view", "asend_robust", "both"), {})]),
    "contextvar-is-lost": ("open", [(("sync-view", "save"), {})]),
}
if django.VERSION < (6, 1):
    OTHERWISE["sync-receivers-first"] = ("holds", [(("sync-view", "send", "both"), {"delay_ms": 20})])


@pytest.mark.parametrize("slug", CLAIMS)
def test_the_verdict_here(runs: Runs, slug: str) -> None:
    answer, because = HERE[slug]
    verdict = decide(CLAIMS[slug], runs.of(CLAIMS[slug]))
    assert verdict.answer == answer, verdict.because
    assert re.search(because, verdict.because), verdict.because
    assert verdict.because.endswith(".")
    assert "\n" not in verdict.because


@pytest.mark.parametrize("slug", OTHERWISE)
def test_other_runs_decide_otherwise(runs: Runs, slug: str) -> None:
    expected, experiments = OTHERWISE[slug]
    documents = [runs.asked(*arguments, **options) for arguments, options in experiments]
    verdict = decide(CLAIMS[slug], documents)
    assert verdict.answer == expected, verdict.because
    assert expected != HERE[slug][0]


@pytest.mark.parametrize("slug", CLAIMS)
def test_runs_that_called_nobody_decide_nothing(runs: Runs, slug: str) -> None:
    """But for what Django refuses, and for the signals that are not sent: that is what nobody was called by."""
    refused = runs.asked("async-view", "save", "both")
    verdict = decide(CLAIMS[slug], [refused] * len(CLAIMS[slug].experiments))
    expected = "false" if slug in {"async-parameter", "atomic-in-async-view"} else "open"
    assert verdict.answer == expected, verdict.because


def test_the_senders_thread_is_what_the_run_says(runs: Runs) -> None:
    """No pair of runs makes the claim hold, so here each part is asked for."""
    claim = CLAIMS["senders-thread"]
    under_send, under_asend = runs.of(claim)
    name = Evidence(under_send).thread(Evidence(under_send).call("sync").span)
    assert f"ran in its sender's thread ({name}), the async one in another" in decide(claim, [under_send] * 2).because
    assert "the sync one in another thread" in decide(claim, [under_send, under_asend]).because


def test_the_sender_waits_under_robust_sends_too(runs: Runs) -> None:
    robust = [
        runs.asked("sync-view", "send_robust", "both", delay_ms=20),
        runs.asked("async-view", "asend_robust", "both", delay_ms=20),
    ]
    assert decide(CLAIMS["sender-waits"], robust).answer == "holds"


def test_what_there_is_instead_of_an_async_parameter() -> None:
    async def handler(**kwargs: Any) -> str:
        return "async"

    signal = Signal()
    signal.connect(handler)
    assert signal.send(sender=None) == [(handler, "async")]


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ([True], "holds"),
        ([False], "false"),
        ([True, True], "holds"),
        ([False, False], "false"),
        ([True, False], "depends"),
    ],
)
def test_facts_that_agree(facts: list[bool], answer: str) -> None:
    assert agreed(facts, "Because.").answer == answer


def test_every_claim_is_complete() -> None:
    assert sum(len(subject.claims) for subject in SUBJECTS) == len(CLAIMS) == len(EXPECTED)
    for claim in CLAIMS.values():
        assert claim.claim.endswith(".")
        assert claim.truth.endswith(".")
        assert (claim.versions is not None) == (claim.slug in FROM_6_1)
        assert claim.said_at
        assert all(source.url is None or source.url.startswith("https://") for source in claim.said_at)
