"""Receivers that take much of their caller's time, or are called again and again."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, outlived, source_of
from signalbox.findings.finding import Found, ids, times
from signalbox.findings.loop import blocks_its_loop
from signalbox.reasons import readable_duration

SLOW_NS = 500_000_000
SLOW_SHARE = 0.25
MANY_CALLS = 10


class Calls(NamedTuple):
    """The calls of one receiver within one request, or within one caller where no request was recorded."""

    frame: SpanDocument
    calls: list[SpanDocument]


def slow_receiver(evidence: Evidence) -> Iterator[Found]:
    for of_one in _by_receiver(evidence):
        slow = [each for each in (_waited_for(evidence, each) for each in of_one) if _is_slow(evidence, each)]
        if not slow:
            continue
        worst = max(slow, key=lambda each: _took_ns(evidence, each))
        took, whole, first = _took_ns(evidence, worst), _whole_ns(worst.frame), worst.calls[0]
        yield Found(
            "info",
            ids([*worst.calls, *(call for each in slow for call in each.calls)]),
            f"{first.name} ran{times(worst.calls)} for {readable_duration(took)} in"
            f" {evidence.run.thread_name(first)}: {min(took / whole, 1):.0%} of the {readable_duration(whole)} of"
            f" {worst.frame.name}, which waited for it.",
            "Hand the slow part to a task queue, started in transaction.on_commit(): no send method returns before its"
            " receivers do, async ones included.",
            source_of(worst.calls),
        )


def called_again_and_again(evidence: Evidence) -> Iterator[Found]:
    for of_one in _by_receiver(evidence):
        worst = max(of_one, key=lambda each: len(each.calls))
        if len(worst.calls) >= MANY_CALLS:
            yield Found(
                "info",
                ids(worst.calls),
                f"{worst.calls[0].name} was called {len(worst.calls)} times within {worst.frame.name}, for"
                f" {readable_duration(_took_ns(evidence, worst))} together.",
                "Write many rows with bulk_create() or update(), which send no signal, and do the receiver's work once"
                " for all of them; or collect in the receiver and work once in transaction.on_commit().",
                source_of(worst.calls),
            )


def _by_receiver(evidence: Evidence) -> list[list[Calls]]:
    frames: dict[int, SpanDocument] = {}
    calls: dict[str, dict[int, list[SpanDocument]]] = defaultdict(lambda: defaultdict(list))
    for receiver in evidence.receivers:
        frame = evidence.frame(receiver)
        if frame is not None:
            frames[frame.id] = frame
            calls[receiver.name][frame.id].append(receiver)
    return [[Calls(frames[number], of_one) for number, of_one in by_frame.items()] for by_frame in calls.values()]


def _waited_for(evidence: Evidence, each: Calls) -> Calls:
    """Less what nobody waited for, and what blocked its event loop: that is told as such, and with its time."""
    kept = (call for call in each.calls if not outlived(call, each.frame) and not blocks_its_loop(evidence, call))
    return Calls(each.frame, list(kept))


def _is_slow(evidence: Evidence, each: Calls) -> bool:
    whole_ns = _whole_ns(each.frame)  # 0 while it is under way
    return whole_ns > 0 and _took_ns(evidence, each) >= max(SLOW_NS, SLOW_SHARE * whole_ns)


def _took_ns(evidence: Evidence, each: Calls) -> int:
    return sum(map(evidence.own_ns, each.calls))


def _whole_ns(frame: SpanDocument) -> int:
    return 0 if frame.end_ns is None else frame.end_ns - frame.start_ns
