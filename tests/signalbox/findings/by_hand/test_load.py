"""SB901 and SB902, word for word."""

from typing import Any

import pytest

from signalbox.documents import SpanDocument
from signalbox.findings import Finding
from tests.signalbox.findings.by_hand.recordings import (
    LOOP,
    WORKER,
    called,
    caller,
    findings_in,
    sent,
    span,
)
from tests.signalbox.findings.parts import codes


def calls(*durations: int, begun: int = 0, first: int = 2, **known: Any) -> list[SpanDocument]:
    """Calls of one receiver, one after the other."""
    spans = []
    for number, duration in enumerate(durations, first):
        spans.append(called(number, WORKER, begun, begun + duration, **{"parent": 1, **known}))
        begun += duration
    return spans


def in_a_view(end: int | None, *spans: SpanDocument, dispatch_end: int | None = None) -> list[Finding]:
    dispatch = sent(1, WORKER, 0, dispatch_end or end, parent=900)
    return findings_in(caller(900, WORKER, 0, end), dispatch, *spans)


class TestSlow:
    def test_together(self) -> None:
        assert in_a_view(2_000, *calls(300, 200)) == [
            Finding(
                code="SB901",
                title="Slow receiver",
                severity="info",
                spans=[2, 3],
                explain="shop.bill ran 2 times for 500 ms in Worker: 25% of the 2.0 s of shop.view, which waited for"
                " it.",
                fix="Hand the slow part to a task queue, started in transaction.on_commit(): no send method returns"
                " before its receivers do, async ones included.",
                source="shop.bill:1",
            )
        ]

    @pytest.mark.parametrize(
        ("end", "duration"), [pytest.param(500, 499, id="too short"), pytest.param(2_001, 500, id="too small a share")]
    )
    def test_near_miss(self, end: int, duration: int) -> None:
        assert in_a_view(end, *calls(duration)) == []

    def test_near_miss_while_its_caller_is_under_way(self) -> None:
        assert in_a_view(None, *calls(600)) == []

    def test_of_several_callers_the_worst_is_told_and_all_are_shown(self) -> None:
        others = caller(901, WORKER, 3_000, 4_000), sent(11, WORKER, 3_000, 4_000, parent=901)
        slower = calls(900, begun=3_000, first=12, parent=11)
        quick = caller(902, WORKER, 5_000, 6_000), sent(21, WORKER, 5_000, 6_000, parent=902)
        findings = in_a_view(1_000, *calls(600), *others, *slower, *quick, *calls(10, begun=5_000, first=22, parent=21))
        assert [(finding.spans, finding.explain) for finding in findings] == [
            ([12, 2], "shop.bill ran for 900 ms in Worker: 90% of the 1.0 s of shop.view, which waited for it.")
        ]

    def test_each_receiver_is_told_without_those_that_it_called(self) -> None:
        inner = sent(5, WORKER, 0, 600, parent=2), called(6, WORKER, 0, 600, "shop.ship", parent=5)
        findings = in_a_view(2_000, *calls(1_100), *inner)
        assert [(finding.spans, finding.source) for finding in findings] == [([2], "shop.bill:1"), ([6], "shop.ship:1")]
        assert findings[0].explain.startswith("shop.bill ran for 500 ms")

    def test_at_once_in_several_threads_it_is_no_more_than_the_whole(self) -> None:
        (finding,) = in_a_view(600, *(call for number in range(2, 4) for call in calls(600, first=number)))
        assert "ran 2 times for 1.2 s in Worker: 100% of the 600 ms of" in finding.explain

    def test_near_miss_nobody_waited_for_it(self) -> None:
        assert in_a_view(500, *calls(900), dispatch_end=1_000) == []

    def test_what_blocked_a_loop_does_not_count(self) -> None:
        blocking = called(2, LOOP, 0, 600, parent=1, loop=1)
        assert codes(in_a_view(1_000, blocking, *calls(100, begun=600, first=3))) == ["SB101"]


class TestAgainAndAgain:
    def test_within_one_caller(self) -> None:
        assert in_a_view(5_000, *calls(*[3] * 10)) == [
            Finding(
                code="SB902",
                title="Receiver called again and again",
                severity="info",
                spans=[*range(2, 12)],
                explain="shop.bill was called 10 times within shop.view, for 30 ms together.",
                fix="Write many rows with bulk_create() or update(), which send no signal, and do the receiver's work"
                " once for all of them; or collect in the receiver and work once in transaction.on_commit().",
                source="shop.bill:1",
            )
        ]

    def test_near_miss_fewer_or_of_several_receivers(self) -> None:
        assert in_a_view(5_000, *calls(*[3] * 9), *calls(*[3] * 9, first=20, name="shop.ship", begun=30)) == []

    def test_the_caller_with_the_most_is_told(self) -> None:
        other = caller(901, WORKER, 3_000, 4_000, name="shop.import"), sent(21, WORKER, 3_000, 4_000, parent=901)
        (finding,) = in_a_view(1_000, *calls(*[1] * 10), *other, *calls(*[1] * 11, begun=3_000, first=22, parent=21))
        assert finding.explain.startswith("shop.bill was called 11 times within shop.import")
        assert finding.spans == [*range(22, 33)]

    def test_near_miss_outside_of_callers(self) -> None:
        assert findings_in(sent(1, WORKER, 0, 900), *calls(*[1] * 10)) == []

    @pytest.mark.parametrize(
        ("protocol", "end", "frame"),
        [("http", 2_000, "POST /orders/"), ("http", None, "shop.view"), ("websocket", 2_000, "shop.view")],
    )
    def test_within_the_request_that_was_answered(self, protocol: str, end: int | None, frame: str) -> None:
        request = span(800, "request", LOOP, 0, end, name="POST /orders/", protocol=protocol)
        view = caller(900, WORKER, 0, 1_000, parent=800)
        (finding,) = findings_in(request, view, sent(1, WORKER, 0, 900, parent=900), *calls(*[1] * 10))
        assert f"within {frame}, for" in finding.explain
