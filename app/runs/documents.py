"""A run as a document: the contract of docs/protocol.md, section "A run"."""

from collections import Counter
from typing import Any

import msgspec

from app.experiments import Experiment
from app.work import ReceiverKind
from signalbox.documents import PauseDocument, SpanDocument, ThreadDocument
from signalbox.verdict import Verdict

SCHEMA = 1


class RunDocument(msgspec.Struct, kw_only=True):
    """Everything about one execution of an experiment."""

    schema: int = SCHEMA
    id: str
    url: str
    started_at: str
    experiment: Experiment
    environment: dict[str, str]
    threads: list[ThreadDocument]
    spans: list[SpanDocument]
    pauses: list[PauseDocument]
    verdict: Verdict
    contextvars_kept: dict[ReceiverKind, bool] = {}
    findings: list[Any] = []


def summary(run: dict[str, Any]) -> dict[str, Any]:
    """What a list of runs shows of one, from its document as decoded JSON."""
    callers = [span for span in run["spans"] if span["kind"] == "caller"]
    duration_ns = None
    if callers and all(span["end_ns"] for span in callers):
        duration_ns = max(span["end_ns"] for span in callers) - min(span["start_ns"] for span in callers)
    answers = ("name", "is_async", "caller_waited", "same_thread_as_sender", "same_thread_as_caller", "event_loop_free")
    return {
        **{key: run[key] for key in ("id", "url", "started_at", "experiment")},
        "error": run["verdict"]["error"],
        "duration_ms": None if duration_ns is None else round(duration_ns / 1e6, 1),
        "receivers": [{key: receiver[key] for key in answers} for receiver in run["verdict"]["receivers"]],
    }


def alike(receivers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The receivers of a summary, those that were answered alike as one, with ``times``."""
    calls = Counter(tuple(receiver.items()) for receiver in receivers)
    return [{**dict(receiver), "times": times} for receiver, times in calls.items()]
