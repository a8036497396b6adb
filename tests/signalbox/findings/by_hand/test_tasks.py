"""SB601, word for word."""

from typing import Any

import pytest

from signalbox.documents import SpanDocument
from signalbox.findings import Finding
from tests.signalbox.findings.by_hand.recordings import (
    LOOP,
    MS,
    WORKER,
    called,
    findings_in,
    hopped,
    sent,
)

ASEND = sent(1, LOOP, 10, 50, "asend", is_async=True)
FIX = (
    "Await the task in the receiver, for one in an asyncio.TaskGroup; or hand the work to a task queue, which has a"
    " lifetime of its own. A task that nobody refers to may vanish, and one of a request has no thread, and no database"
    " connection, once the request is over."
)


def starts(number: int = 2, **known: Any) -> SpanDocument:
    return called(number, LOOP, 20, 40, **{"parent": 1, "is_async": True, "loop": 1, "task": 5, **known})


def task(number: int = 7, span: int = 2, *, pending: bool = True, **known: Any) -> dict[str, Any]:
    return {
        "task": number,
        "span": span,
        "function": "later",
        "pending": pending,
        "outcome": None,
        "error": None,
        **known,
    }


def trace(number: int = 3, end: int | None = 90, **known: Any) -> SpanDocument:
    """What the task was seen to do."""
    known = {"parent": 2, "loop": 1, "task": 7, **known}
    return hopped(number, LOOP, 30, end, "request-context", WORKER, **known)


def left(
    *tasks: dict[str, Any], others: tuple[SpanDocument, ...] = (), receiver: SpanDocument | None = None
) -> list[Finding]:
    dispatch = sent(1, LOOP, 10, 50, "asend", is_async=True, tasks=[*tasks])
    return [one for one in findings_in(dispatch, receiver or starts(), *others) if one.code == "SB601"]


def fate(*tasks: dict[str, Any], others: tuple[SpanDocument, ...] = (), **known: Any) -> tuple[str, str]:
    (finding,) = left(*tasks, others=others, **known)
    start = "shop.bill started a task (later) that was "
    assert finding.explain.startswith(start)
    return finding.severity, finding.explain.removeprefix(start)


def test_one_that_goes_on() -> None:
    assert left(task(), others=(trace(),)) == [
        Finding(
            code="SB601",
            title="Task of a receiver outlived its dispatch",
            severity="info",
            spans=[2, 3],
            explain="shop.bill started a task (later) that was still pending when ordered.asend() had ended; its"
            " sync_to_async(shop.work) ended 40 ms after it.",
            fix=FIX,
            source="shop.bill:1",
        )
    ]


def test_several() -> None:
    (finding,) = left(task(7, function=None), task(8), others=(trace(),))
    assert finding.explain.startswith(
        "shop.bill started a task 2 times that was still pending when ordered.asend() had"
    )
    assert finding.spans == [2, 3]


@pytest.mark.parametrize(
    ("of_it", "severity", "said"),
    [
        (task(), "info", "still pending when ordered.asend() had ended."),
        (task(pending=False, outcome="ok"), "info", "dead when ordered.asend() had ended."),
        (
            task(pending=False, outcome="error", error="LookupError: sold out"),
            "warning",
            "dead when ordered.asend() had ended: it died, LookupError: sold out.",
        ),
        (task(outcome="cancelled"), "warning", "still pending when ordered.asend() had ended: it was cancelled."),
        (
            task(outcome="destroyed"),
            "warning",
            "still pending when ordered.asend() had ended: it was destroyed while pending, as nothing referred to it"
            " any more.",
        ),
    ],
)
def test_how_it_ended(of_it: dict[str, Any], severity: str, said: str) -> None:
    assert fate(of_it) == (severity, said)


@pytest.mark.parametrize(
    ("of_it", "severity", "said"),
    [
        (
            {"outcome": "error", "error": "OSError: full"},
            "warning",
            "; its sync_to_async(shop.work) died: error OSError: full.",
        ),
        ({"outcome": "cancelled"}, "warning", "; its sync_to_async(shop.work) died: cancelled."),
        ({"end": None}, "info", "; its sync_to_async(shop.work) had not ended when the recording did."),
    ],
)
def test_what_became_of_what_it_was_seen_to_do(of_it: dict[str, Any], severity: str, said: str) -> None:
    assert fate(task(), others=(trace(**of_it),)) == (severity, f"still pending when ordered.asend() had ended{said}")


def test_that_of_a_task_that_ended_well_is_no_death() -> None:
    failed = trace(outcome="error", error="OSError: full")
    assert fate(task(outcome="ok"), others=(failed,))[0] == "info"


def test_one_that_a_loop_took_along() -> None:
    hop = hopped(4, WORKER, 12, 48, "new-loop", LOOP, parent=1)
    alone = fate(task(outcome="cancelled"), others=(hop,), receiver=starts(parent=4))
    assert alone[1].endswith(": it was cancelled, as the event loop that was made for this dispatch was closed.")


def test_each_receiver_and_each_end_is_told() -> None:
    other = called(6, LOOP, 20, 40, "shop.ship", parent=1, is_async=True, loop=1, task=6)
    several = task(), task(8, outcome="cancelled"), task(9, pending=False, outcome="ok"), task(10, span=6)
    findings = left(*several, others=(other,))
    assert [(one.severity, one.spans) for one in findings] == [
        ("warning", [2]),
        ("info", [2]),
        ("info", [2]),
        ("info", [6]),
    ]


def test_one_that_was_started_in_a_hop_below_the_receiver() -> None:
    assert left(task(span=3), others=(trace(task=5),))[0].spans == [2]


@pytest.mark.parametrize("started_in", [1, 77], ids=["by the dispatch itself", "by a span that was not recorded"])
def test_near_miss_not_by_a_receiver(started_in: int) -> None:
    assert left(task(span=started_in)) == []


class TestKnownByItsSpansAlone:
    """The tasks of a loop that is not asyncio's own."""

    def test_one_that_ended_after_the_dispatch(self) -> None:
        (finding,) = left(others=(trace(),))
        assert (finding.severity, finding.spans) == ("info", [2, 3])
        assert finding.explain == (
            "shop.bill started a task that was still pending when ordered.asend() had ended; its"
            " sync_to_async(shop.work) ended 40 ms after it."
        )

    def test_one_that_died(self) -> None:
        (finding,) = left(others=(trace(outcome="error", error="OSError: full"),))
        assert finding.severity == "warning"
        assert finding.explain.endswith(" died: error OSError: full.")

    def test_it_is_known_by_the_last_that_it_was_seen_to_do(self) -> None:
        (finding,) = left(others=(trace(3, 45), trace(4, 95, start_ns=46 * MS)))
        assert finding.spans == [2, 4]

    @pytest.mark.parametrize(
        "known",
        [
            pytest.param({"end": 50}, id="it had ended"),
            pytest.param({"loop": None}, id="off any loop"),
            pytest.param({"loop": 2}, id="on another loop"),
            pytest.param({"task": 5}, id="in the receiver's own task"),
            pytest.param({"parent": 1}, id="beside the receiver"),
        ],
    )
    def test_near_miss(self, known: dict[str, Any]) -> None:
        assert left(others=(trace(**known),)) == []

    def test_near_miss_further_in(self) -> None:
        assert left(others=(trace(3, 45, task=5), trace(4, parent=3))) == []
