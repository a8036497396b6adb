"""Thread-sensitive work that waited for its one thread: which was there first decides which finding it is.

Each hop that waited is told once: as one of many callers on the process-wide thread, as one of several calls that were
meant to run at once, or as one that waited for longer than it ran.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from signalbox.documents import SpanDocument
from signalbox.findings.evidence import Evidence, is_async, source_of
from signalbox.findings.finding import Found, counted, ids
from signalbox.reasons import readable_duration

PROCESS_WIDE = "process-single-thread"
THREAD_SENSITIVE = frozenset({"current-thread", "request-context", PROCESS_WIDE})
#: A wait that is worth telling is longer.
UNNOTICED_NS = 20_000_000
#: A wait that nothing recorded explains may be a busy machine's; only a long one says that somebody was there first.
UNEXPLAINED_NS = 50_000_000


class Work(NamedTuple):
    """What came to a thread-sensitive thread, by a hop; or a whole sync caller, brought there by a hop above it."""

    span: SpanDocument
    thread: int
    caller: int | None  #: the caller that it was brought for; the request or connection where there was none
    function: str
    process_wide: bool
    asked_ns: int
    arrived_ns: int
    left_ns: int

    @property
    def queued_ns(self) -> int:
        return self.arrived_ns - self.asked_ns

    @property
    def ran_ns(self) -> int:
        return self.left_ns - self.arrived_ns


class Wait(NamedTuple):
    """A piece of work that waited, and what was on its thread meanwhile, as far as it was recorded."""

    work: Work
    behind: list[Work]


def waited_longer_than_it_ran(evidence: Evidence) -> Iterator[Found]:
    told = _told_otherwise(evidence)
    by_function: dict[str, list[Wait]] = defaultdict(list)
    for wait in _waits(evidence):
        if wait.work.span.id not in told and wait.work.queued_ns > wait.work.ran_ns:
            by_function[wait.work.function].append(wait)
    for waits in by_function.values():
        worst = max(waits, key=lambda wait: wait.work.queued_ns)
        yield Found(
            "warning",
            _ids(waits),
            f"{worst.work.function} waited {readable_duration(worst.work.queued_ns)} for"
            f" {evidence.run.name_of_thread(worst.work.thread)} and ran for {readable_duration(worst.work.ran_ns)}."
            f" Before it on that thread: {_who(worst)}.",
            "Shorten what is before it; or, if it touches neither the database nor anything else that belongs to a"
            " thread, give it thread_sensitive=False.",
            _source(evidence, worst.behind),
        )


def callers_on_one_thread(evidence: Evidence) -> Iterator[Found]:
    by_thread: dict[int, list[Wait]] = defaultdict(list)
    for wait in _waits(evidence):
        if _is_behind_other_callers(wait):
            by_thread[wait.work.thread].append(wait)
    for thread, waits in by_thread.items():
        worst = max(waits, key=lambda wait: wait.work.queued_ns)
        works = [work for wait in waits for work in (wait.work, *wait.behind)]
        callers = len({work.caller for work in works})
        who = f"{callers} callers shared" if callers > 1 else "This caller shared with others"
        yield Found(
            "warning",
            _ids(waits),
            f"{who} {evidence.run.name_of_thread(thread)}, the one thread for all thread-sensitive work outside of HTTP"
            f" requests, that of websocket consumers above all. {worst.work.function} waited"
            f" {readable_duration(worst.work.queued_ns)} for its turn; before it: {_who(worst)}.",
            "Keep receivers that consumers reach short, or hand their work to a task queue. More processes give more"
            " such threads.",
            _source(evidence, worst.behind),
        )


def concurrent_calls_in_turn(evidence: Evidence) -> Iterator[Found]:
    by_function: dict[str, list[list[Work]]] = defaultdict(list)
    for waits in _in_turn(evidence).values():
        works = list({work.span.id: work for wait in waits for work in (*wait.behind, wait.work)}.values())
        works.sort(key=lambda work: work.arrived_ns)
        by_function[works[0].function].append(works)
    for function, groups in by_function.items():
        works = max(groups, key=_whole_ns)
        yield Found(
            "warning",
            ids(work.span for work in (*works, *(work for group in groups for work in group))),
            f"{counted(len(works), 'call')} of {function} were awaited at once and ran one after the other in"
            f" {evidence.run.name_of_thread(works[0].thread)}, for"
            f" {readable_duration(_whole_ns(works))} together; the last one waited"
            f" {readable_duration(works[-1].queued_ns)}. Thread-sensitive work of one request, or of one caller, has"
            " one thread.",
            "Don't count on gather() for the ORM: make it one call of sync_to_async() around all of them, or one"
            " bulk_create(). Work without the database can have thread_sensitive=False.",
            _source(evidence, works),
        )


def _whole_ns(works: list[Work]) -> int:
    return works[-1].left_ns - works[0].arrived_ns


def _told_otherwise(evidence: Evidence) -> set[int]:
    in_turn = {wait.work.span.id for waits in _in_turn(evidence).values() for wait in waits}
    return in_turn | {wait.work.span.id for wait in _waits(evidence) if _is_behind_other_callers(wait)}


def _in_turn(evidence: Evidence) -> dict[tuple[Any, ...], list[Wait]]:
    """The waits behind another task's call of the same function, by the same caller on the same loop."""
    groups: dict[tuple[Any, ...], list[Wait]] = defaultdict(list)
    for wait in _waits(evidence):
        siblings = [
            work for work in wait.behind if _key(work) == _key(wait.work) and work.span.task != wait.work.span.task
        ]
        if siblings and not _is_behind_other_callers(wait):
            groups[_key(wait.work)].append(Wait(wait.work, siblings))
    return groups


def _key(work: Work) -> tuple[Any, ...]:
    return work.caller, work.span.loop, work.thread, work.function


def _is_behind_other_callers(wait: Wait) -> bool:
    """Whether strangers were on the process-wide thread. Those that were not recorded were not this caller's."""
    if not wait.work.process_wide:
        return False
    return not wait.behind or any(work.caller != wait.work.caller for work in wait.behind)


def _waits(evidence: Evidence) -> Iterator[Wait]:
    for works in _by_thread(evidence).values():
        for number, work in enumerate(works):
            if work.queued_ns <= UNNOTICED_NS:
                continue
            inside = {upper.id for upper in evidence.ancestors(work.span)}
            behind = [other for other in _before(works, number) if other.span.id not in inside]
            if behind or work.queued_ns > UNEXPLAINED_NS:
                yield Wait(work, behind)


def _before(works: list[Work], number: int) -> list[Work]:
    """What was on the thread between the moment that the work was asked for and its arrival."""
    first = number
    while first > 0 and works[first - 1].left_ns > works[number].asked_ns:
        first -= 1  # no further: a thread does one thing after the other
    return works[first:number]


def _by_thread(evidence: Evidence) -> dict[int, list[Work]]:
    """All work that came to each thread-sensitive thread, in the order in which it ran there."""
    threads: dict[int, list[Work]] = defaultdict(list)
    for work in (*_brought_by_hops(evidence), *_whole_callers(evidence)):
        threads[work.thread].append(work)
    for works in threads.values():
        works.sort(key=lambda work: work.arrived_ns)
    return threads


def _brought_by_hops(evidence: Evidence) -> Iterator[Work]:
    for hop in evidence.hops:
        known = hop.attributes
        if known.get("executor") in THREAD_SENSITIVE and known.get("ran_ns") is not None:
            arrived_ns = hop.start_ns + known["queued_ns"]
            yield Work(
                span=hop,
                thread=known["to_thread"],
                caller=_caller(evidence, hop),
                function=known["function"],
                process_wide=known["executor"] == PROCESS_WIDE,
                asked_ns=hop.start_ns,
                arrived_ns=arrived_ns,
                left_ns=arrived_ns + known["ran_ns"],
            )


def _caller(evidence: Evidence, hop: SpanDocument) -> int | None:
    caller = evidence.run.caller(hop) or evidence.above(hop, "request")
    return None if caller is None else caller.id


def _whole_callers(evidence: Evidence) -> Iterator[Work]:
    """Sync callers on a thread that they share, as consumers do, where it is known when each was asked for."""
    threads: dict[int, list[SpanDocument]] = defaultdict(list)
    for caller in evidence.run.of_kind("caller"):
        if "asked_ns" in caller.attributes and caller.end_ns is not None and not is_async(caller):
            threads[caller.thread].append(caller)
    for thread, callers in threads.items():
        for caller in callers if len(callers) > 1 else ():
            asked_ns, left_ns = caller.attributes["asked_ns"], caller.end_ns or caller.start_ns
            yield Work(caller, thread, caller.id, caller.name, True, asked_ns, caller.start_ns, left_ns)


def _who(wait: Wait) -> str:
    if not wait.behind:
        return "work that is not part of this recording"
    longest = max(wait.behind, key=lambda work: work.ran_ns)
    more = f" and {len(wait.behind) - 1} more" if len(wait.behind) > 1 else ""
    return f"{longest.function}, which ran for {readable_duration(longest.ran_ns)}{more}"


def _ids(waits: list[Wait]) -> list[int]:
    return ids(work.span for wait in waits for work in (wait.work, *wait.behind))


def _source(evidence: Evidence, works: list[Work]) -> str | None:
    """Where the receiver stands that took the most of the time that was waited for."""
    below = (span for work in works for span in evidence.below(work.span) if span.kind == "receiver")
    slowest = max(below, key=evidence.own_ns, default=None)
    return None if slowest is None else source_of([slowest])
