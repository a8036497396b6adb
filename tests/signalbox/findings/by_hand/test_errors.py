"""SB501 to SB505, word for word."""

from typing import Any

import pytest

from signalbox.documents import SpanDocument
from signalbox.findings import Finding
from tests.signalbox.findings.by_hand.recordings import (
    LOOP,
    OTHER,
    WORKER,
    called,
    caller,
    findings_in,
    hopped,
    sent,
)
from tests.signalbox.findings.parts import codes, the


def fails(number: int, thread: int, end: int, error: str = "LookupError: sold out", **known: Any) -> SpanDocument:
    return called(number, thread, 20, end, **{"parent": 1, "outcome": "error", "error": error, **known})


class TestSynchronousOnly:
    ERROR = "SynchronousOnlyOperation: You cannot call this from an async context"

    def test_in_an_async_receiver(self) -> None:
        refused = [fails(number, LOOP, 30, self.ERROR, is_async=True) for number in (2, 3)]
        assert findings_in(sent(1, LOOP, 10, 90), *refused, called(4, LOOP, 20, 30, "shop.ship", parent=1)) == [
            Finding(
                code="SB501",
                title="SynchronousOnlyOperation in a receiver",
                severity="error",
                spans=[2, 3],
                explain="shop.bill raised SynchronousOnlyOperation 2 times: it asked for the database, or for something"
                " else that is not safe there, in MainThread, on the thread of a running event loop.",
                fix="In an async receiver await the ORM's async methods, or put the sync code into sync_to_async().",
                source="shop.bill:1",
            )
        ]

    def test_in_a_sync_receiver(self) -> None:
        (finding,) = findings_in(sent(1, LOOP, 10, 90), fails(2, LOOP, 30, self.ERROR))
        assert finding.fix == (
            "Send with await asend(), or put the code that sends into sync_to_async(), so that the sync receiver runs"
            " in a thread without a loop."
        )

    def test_it_is_told_of_the_innermost_receiver(self) -> None:
        inner = sent(3, LOOP, 21, 29, parent=2), fails(4, LOOP, 28, self.ERROR, name="shop.ship", parent=3)
        (finding,) = findings_in(sent(1, LOOP, 10, 90), fails(2, LOOP, 30, self.ERROR), *inner)
        assert finding.spans == [4]

    def test_below_it_another_kind_of_span_that_it_passed_by_is_no_receiver(self) -> None:
        hop = hopped(3, LOOP, 21, 29, "request-context", WORKER, parent=2, outcome="error", error=self.ERROR)
        quiet = sent(4, WORKER, 22, 28, parent=3), called(5, WORKER, 23, 24, "shop.ship", parent=4)
        assert the("SB501", findings_in(sent(1, LOOP, 10, 90), fails(2, LOOP, 30, self.ERROR), hop, *quiet)).spans == [
            2
        ]


class TestWouldDeadlock:
    ERROR = "RuntimeError: Single thread executor already being used, would deadlock"

    def refused(self, number: int, **known: Any) -> SpanDocument:
        known = {
            "executor": "process-single-thread",
            "to_thread": None,
            "outcome": "error",
            "error": self.ERROR,
            **known,
        }
        return hopped(number, OTHER, 20 + number, 60, **known)

    def test_by_an_inherited_context(self) -> None:
        took = hopped(5, LOOP, 5, 95, "process-single-thread", WORKER, function="shop.consume")
        receiver = called(2, WORKER, 20, 80, parent=1)
        crossing = hopped(6, WORKER, 21, 70, "new-loop", OTHER, parent=2, outcome="error", error=self.ERROR)
        hops = [self.refused(7, parent=6), self.refused(8, parent=6)]
        dispatch = sent(1, WORKER, 10, 90, parent=5)
        assert the("SB502", findings_in(took, dispatch, receiver, crossing, *hops)) == Finding(
            code="SB502",
            title="Refused because it would deadlock",
            severity="error",
            spans=[7, 8, 5],
            explain="sync_to_async(shop.work) was refused 2 times in Other with “would deadlock”: it needs the one"
            " thread for thread-sensitive work outside of requests, and the context that it runs in says that this"
            " thread waits for it. The context was inherited from sync_to_async(shop.consume), which took its work to"
            " Worker.",
            fix="Use async_to_sync() instead of asyncio.run() or a loop of your own: the thread that waits in it runs"
            " such work. For a task that nobody waits for, start it in contextvars.Context().",
            source="shop.bill:1",
        )

    def test_by_a_context_from_before_the_recording(self) -> None:
        (finding,) = findings_in(caller(9, OTHER, 0, 100), self.refused(7, parent=9))
        assert (finding.spans, finding.source) == ([7], None)
        assert finding.explain.endswith(
            " waits for it. The context was inherited from before this recording, from a consumer for one."
        )

    def test_each_function_is_told_by_its_innermost_hop(self) -> None:
        passed_on = self.refused(3, executor="current-thread"), self.refused(4, parent=3, function="shop.count")
        other = self.refused(5, function="shop.ship")
        assert [finding.spans for finding in findings_in(*passed_on, other)] == [[4], [5]]

    def test_a_hop_of_another_error_is_none(self) -> None:
        inner = hopped(4, OTHER, 25, 50, "request-context", WORKER, parent=3, outcome="error", error="OSError: full")
        receiver = called(5, OTHER, 26, 30, parent=4, error=self.ERROR)
        assert the("SB502", findings_in(self.refused(3), inner, receiver)).spans == [3]

    def test_near_miss_a_hop_whose_work_arrived_and_was_refused_further_in(self) -> None:
        assert findings_in(self.refused(3, to_thread=WORKER), self.refused(4, error="OSError: full")) == []


class TestSwallowed:
    def test_each_receiver_that_failed_in_robust_sends(self) -> None:
        assert findings_in(
            sent(1, WORKER, 10, 40, "send_robust"),
            fails(2, WORKER, 30),
            fails(3, WORKER, 40, "OSError: full", name="shop.ship"),
            called(4, WORKER, 30, 40, "shop.thank", parent=1),
            sent(5, WORKER, 50, 90, "send_robust"),
            fails(6, WORKER, 60, parent=5),
        ) == [
            Finding(
                code="SB503",
                title="Exception swallowed by a robust send",
                severity="warning",
                spans=[2, 6],
                explain="shop.bill raised LookupError: sold out 2 times, and send_robust() gave it back as that"
                " receiver's response: the caller went on.",
                fix="Look at the responses for exceptions, and watch the logger django.dispatch, which gets each; use"
                " send() or asend() where a failure must stop the caller.",
                source="shop.bill:1",
            ),
            Finding(
                code="SB503",
                title="Exception swallowed by a robust send",
                severity="warning",
                spans=[3],
                explain="shop.ship raised OSError: full, and send_robust() gave it back as that receiver's response:"
                " the caller went on.",
                fix="Look at the responses for exceptions, and watch the logger django.dispatch, which gets each; use"
                " send() or asend() where a failure must stop the caller.",
                source="shop.ship:1",
            ),
        ]

    def test_where_the_send_itself_was_refused(self) -> None:
        refused = sent(1, LOOP, 10, 40, "send_robust", outcome="error", error="RuntimeError: You cannot")
        (finding,) = findings_in(refused, fails(2, LOOP, 30))
        assert finding.explain == (
            "shop.bill raised LookupError: sold out, which nobody got: send_robust() itself raised RuntimeError: You"
            " cannot."
        )


class TestSiblings:
    ASEND = sent(1, LOOP, 10, 50, "asend", is_async=True, outcome="error", error="LookupError: sold out")

    def sibling(self, number: int, end: int | None, name: str, **known: Any) -> SpanDocument:
        return called(number, LOOP, 20, end, name, **{"parent": 1, "is_async": True, **known})

    def test_cancelled_and_orphaned(self) -> None:
        first = fails(2, LOOP, 40, is_async=True)
        later = fails(3, LOOP, 45, name="shop.thank", is_async=True)
        others = [
            self.sibling(4, 49, "shop.ship", outcome="cancelled"),
            self.sibling(5, 80, "shop.count"),
            self.sibling(6, None, "shop.mail"),
            self.sibling(7, 30, "shop.log"),
            self.sibling(8, 60, "shop.sync", is_async=False),
        ]
        assert findings_in(self.ASEND, later, first, *others) == [
            Finding(
                code="SB504",
                title="Siblings of a failed receiver cancelled or orphaned",
                severity="warning",
                spans=[2, 4, 5, 6],
                explain="shop.bill raised LookupError: sold out in ordered.asend(): shop.ship was cancelled in the"
                " middle; shop.count ran on, with nobody to wait for it or to see its error; shop.mail ran on, with"
                " nobody to wait for it or to see its error.",
                fix="Use send_robust() or asend_robust(), which let every receiver finish; or catch the error in the"
                " receiver. Up to Django 6.0 the siblings of a failed async receiver run on alone, from 6.1 on they are"
                " cancelled.",
                source="shop.bill:1",
            )
        ]

    def test_a_cancelled_one_that_ended_late_is_told_once(self) -> None:
        (finding,) = findings_in(
            self.ASEND, fails(2, LOOP, 40, is_async=True), self.sibling(4, 70, "shop.ship", outcome="cancelled")
        )
        assert finding.explain.endswith(" in ordered.asend(): shop.ship was cancelled in the middle.")

    def test_other_dispatches_change_nothing(self) -> None:
        robust = sent(11, LOOP, 0, 5, "asend_robust"), fails(12, LOOP, 5, name="shop.log", parent=11)
        its_orphan = self.sibling(13, 9, "shop.count", parent=11)
        fine = sent(14, LOOP, 5, 9, "asend"), self.sibling(15, 9, "shop.thank", parent=14)
        mine = self.ASEND, fails(2, LOOP, 40, is_async=True), self.sibling(4, 60, "shop.ship")
        findings = findings_in(*robust, its_orphan, *fine, *mine)
        assert the("SB504", findings).spans == [2, 4]
        assert codes(findings) == ["SB503", "SB504"]

    def test_near_miss_all_had_ended(self) -> None:
        assert findings_in(self.ASEND, fails(2, LOOP, 40, is_async=True), self.sibling(4, 50, "shop.ship")) == []


class TestNeverAwaited:
    def test_what_was_returned(self) -> None:
        unawaited = [called(number, WORKER, 20, 21, parent=1, returned="builtins.coroutine") for number in (2, 3)]
        assert findings_in(sent(1, WORKER, 10, 30), *unawaited) == [
            Finding(
                code="SB505",
                title="Async receiver that was never awaited",
                severity="error",
                spans=[2, 3],
                explain="shop.bill was called 2 times as a sync receiver and returned builtins.coroutine, which nobody"
                " awaits: Django did not take it for async, so the receiver's code never ran.",
                fix="Connect an async def function; or mark the callable with inspect.markcoroutinefunction()"
                " (asgiref.sync.markcoroutinefunction() for Python 3.11): a decorator its wrapper, an object itself.",
                source="shop.bill:1",
            )
        ]

    @pytest.mark.parametrize("returned", ["_asyncio.Task", "asyncio.futures.Future", None])
    def test_near_miss_what_goes_on_by_itself_and_what_is_nothing_to_await(self, returned: str | None) -> None:
        assert findings_in(sent(1, WORKER, 10, 30), called(2, WORKER, 20, 21, parent=1, returned=returned)) == []
