"""SB101 and SB102, word for word; and for how long a receiver held its loop."""

from typing import Any

import pytest

from signalbox.documents import SpanDocument
from signalbox.findings import Finding
from tests.signalbox.findings.by_hand.recordings import (
    LOOP,
    MS,
    OTHER,
    WORKER,
    called,
    findings_in,
    hopped,
    sent,
)
from tests.signalbox.findings.parts import codes


def on_loop(number: int, start: int, end: int | None, name: str = "shop.bill", **known: Any) -> SpanDocument:
    return called(number, LOOP, start, end, name, **{"parent": 1, "loop": 1, **known})


def acalled(number: int, *running: tuple[int, int], **known: Any) -> SpanDocument:
    intervals = [(start * MS, end * MS) for start, end in running]
    return on_loop(number, running[0][0], running[-1][1], is_async=True, running=intervals, **known)


class TestSyncReceiver:
    def test_called_by_send(self) -> None:
        assert findings_in(sent(1, LOOP, 10, 90, loop=1), on_loop(2, 20, 50), on_loop(3, 50, 90)) == [
            Finding(
                code="SB101",
                title="Event loop blocked by a sync receiver",
                severity="warning",
                spans=[2, 3],
                explain="shop.bill ran 2 times in MainThread, on the thread of a running event loop: for up to 40 ms"
                " the loop served no other request, task or socket. send() was called on that loop, and it calls sync"
                " receivers where it is called.",
                fix="Await the signal's asend() instead, which takes sync receivers to a worker thread; or put the"
                " code that sends into sync_to_async().",
                source="shop.bill:1",
            )
        ]

    def test_called_by_send_robust(self) -> None:
        (finding,) = findings_in(sent(1, LOOP, 10, 90, "send_robust", loop=1), on_loop(2, 20, 50))
        assert (
            "shop.bill ran in MainThread, on the thread of a running event loop: for 30 ms the loop" in finding.explain
        )
        assert "socket. send_robust() was called" in finding.explain
        assert finding.fix.startswith("Await the signal's asend_robust() instead")

    def test_called_by_a_dispatch_that_was_not_recorded(self) -> None:
        (finding,) = findings_in(on_loop(2, 20, 50))
        assert "socket. send() was called" in finding.explain

    @pytest.mark.parametrize(("end", "late_ms", "told"), [(40, 20, False), (41, 20, True), (41, 21, False)])
    def test_from_when_on_it_is_late(self, end: int, late_ms: int, told: bool) -> None:
        findings = findings_in(sent(1, LOOP, 10, 90, loop=1), on_loop(2, 20, end), late_ns=late_ms * MS)
        assert codes(findings) == (["SB101"] if told else [])

    @pytest.mark.parametrize("parts", [{"loop": None}, {"end_ns": None}], ids=["off any loop", "not over yet"])
    def test_near_miss(self, parts: dict[str, Any]) -> None:
        assert findings_in(sent(1, LOOP, 10, 90, loop=1), on_loop(2, 20, 80, **parts)) == []


class TestAsyncReceiver:
    def test_between_two_awaits(self) -> None:
        receivers = acalled(2, (20, 21), (30, 60), (70, 80)), acalled(3, (81, 106), (106, 107))
        assert findings_in(sent(1, LOOP, 10, 110, "asend", loop=1, is_async=True), *receivers) == [
            Finding(
                code="SB102",
                title="Event loop blocked by an async receiver",
                severity="warning",
                spans=[2, 3],
                explain="shop.bill ran 2 times on the event loop of MainThread and kept it for up to 30 ms without an"
                " await: the loop served no other request, task or socket.",
                fix="Await the async version of what takes the time, or take it to a thread with sync_to_async().",
                source="shop.bill:1",
            )
        ]

    def test_once(self) -> None:
        (finding,) = findings_in(sent(1, LOOP, 10, 90, "asend"), acalled(2, (20, 50)))
        assert finding.explain.startswith("shop.bill ran on the event loop of MainThread and kept it for 30 ms without")

    def test_near_miss_it_awaited(self) -> None:
        assert findings_in(sent(1, LOOP, 10, 90, "asend"), acalled(2, (20, 40), (41, 61))) == []

    def test_near_miss_nothing_is_known_of_its_intervals(self) -> None:
        assert findings_in(sent(1, LOOP, 10, 90, "asend"), on_loop(2, 20, 80, is_async=True)) == []

    @pytest.mark.parametrize(
        ("executor", "to_thread", "told"),
        [("new-loop", LOOP, False), ("new-loop", OTHER, True), ("main-loop", LOOP, True)],
        ids=["made for it", "made elsewhere", "there before"],
    )
    def test_a_loop_that_was_made_for_it_serves_nobody_else(self, executor: str, to_thread: int, told: bool) -> None:
        hop = hopped(5, WORKER, 15, 80, executor, to_thread, parent=1)
        findings = findings_in(sent(1, LOOP, 10, 90, method="asend", parent=None), hop, acalled(2, (20, 60), parent=5))
        assert ("SB102" in codes(findings)) is told


class TestWithoutTheReceiversThatItCalled:
    """What those held is theirs."""

    def held(self, outer: SpanDocument, *inner: SpanDocument) -> list[list[int]]:
        dispatches = sent(1, LOOP, 10, 95, "asend", loop=1), sent(3, LOOP, 20, 95, parent=2)
        return [finding.spans for finding in findings_in(*dispatches, outer, *inner)]

    def test_one_that_took_the_time(self) -> None:
        inner = on_loop(4, 25, 75, "shop.ship", parent=3)
        assert self.held(on_loop(2, 20, 80), inner) == [[4]]
        assert self.held(acalled(2, (20, 80)), inner) == [[4]]

    def test_several_that_took_a_little_each(self) -> None:
        inner = [on_loop(4 + n, 20 + 15 * n, 35 + 15 * n, "shop.ship", parent=3) for n in range(4)]
        assert self.held(on_loop(2, 20, 90), *inner) == []
        assert self.held(on_loop(2, 20, 91), *inner[:-1]) == [[2]]

    def test_those_inside_of_them_count_once(self) -> None:
        inner = on_loop(4, 20, 50, "shop.ship", parent=3), sent(5, LOOP, 20, 50, parent=4)
        assert self.held(on_loop(2, 20, 72), *inner, on_loop(6, 20, 50, "shop.mail", parent=5)) == [[2], [6]]

    def test_one_in_another_thread_left_the_loop_to_it(self) -> None:
        assert self.held(on_loop(2, 20, 50), called(4, WORKER, 20, 50, "shop.ship", parent=3)) == [[2]]

    def test_in_one_interval_only_what_ran_in_it(self) -> None:
        assert self.held(acalled(2, (20, 45), (50, 80)), on_loop(4, 50, 65, "shop.ship", parent=3)) == [[2]]
        assert self.held(acalled(2, (20, 35), (50, 80)), on_loop(4, 50, 65, "shop.ship", parent=3)) == []

    def test_one_that_has_not_ended_ran_to_the_end(self) -> None:
        assert self.held(on_loop(2, 20, 80), on_loop(4, 25, None, "shop.ship", parent=3)) == []
