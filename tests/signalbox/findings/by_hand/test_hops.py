"""SB301 to SB303, word for word."""

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
    caller,
    findings_in,
    hopped,
    sent,
    span,
)
from tests.signalbox.findings.parts import codes


def to_async_receivers(number: int, thread: int, executor: str, to_thread: int | None, **known: Any) -> SpanDocument:
    return hopped(number, thread, 20, 60, executor, to_thread, **{"parent": 1, "function": "asend", **known})


class TestSendOnAnEventLoop:
    REFUSED = "RuntimeError: You cannot use AsyncToSync in the same thread as an async event loop - just await"

    def refused(self, number: int, sync: int = 0, *names: str, **known: Any) -> list[SpanDocument]:
        refused = [{"name": name, "source": f"{name}:1"} for name in names or ["shop.bill"]]
        known = {"receivers": {"sync": sync, "async": len(refused)}, "refused": refused, **known}
        hop = to_async_receivers(number + 1, LOOP, "main-loop", None, parent=number, error=self.REFUSED)
        return [sent(number, LOOP, 10 + number, 90, loop=1, **known), hop]

    def test_after_sync_receivers(self) -> None:
        two = [*self.refused(1, 2, "shop.bill", "shop.ship"), *self.refused(3, 2, "shop.bill", "shop.ship")]
        assert findings_in(*two) == [
            Finding(
                code="SB301",
                title="send() with async receivers on an event loop",
                severity="error",
                spans=[1, 3],
                explain="ordered.send() with sender shop was called 2 times in MainThread, on the thread of a running"
                " event loop, with 2 async receivers: shop.bill and shop.ship. send() needs async_to_sync() for async"
                " receivers, which refuses such a thread: none of them ran, and send() raised RuntimeError, after its 2"
                " sync receivers had run.",
                fix="Await asend() there; or put the code that sends into sync_to_async().",
                source="shop.bill:1",
            )
        ]

    def test_with_async_receivers_alone(self) -> None:
        (finding,) = findings_in(*self.refused(1))
        assert "with 1 async receiver: shop.bill. send()" in finding.explain
        assert finding.explain.endswith(" and send() raised RuntimeError.")

    def test_each_signal_and_each_sender_is_told(self) -> None:
        several = [*self.refused(1), *self.refused(3, sender="branch"), *self.refused(5, name="shipped.send")]
        assert [finding.spans for finding in findings_in(*several)] == [[1], [3], [5]]

    def test_near_miss_another_error(self) -> None:
        dispatch, hop = self.refused(1)
        hop.error = "OSError: full"
        assert findings_in(dispatch, hop) == []


class TestNewLoop:
    def made(self, number: int, *names: str, **known: Any) -> list[SpanDocument]:
        hop = to_async_receivers(number + 1, WORKER, "new-loop", OTHER, parent=number, queued_ns=2 * MS)
        receivers = [
            called(number + 2 + n, OTHER, 30, 40, name, parent=number + 1, is_async=True, loop=9)
            for n, name in enumerate(names)
        ]
        return [sent(number, WORKER, 10 + number, 90, **known), hop, *receivers]

    def test_for_each_dispatch(self) -> None:
        twice = [*self.made(1, "shop.ship", "shop.bill"), *self.made(5, "shop.bill", "shop.ship")]
        assert findings_in(*twice) == [
            Finding(
                code="SB302",
                title="A new thread and a new event loop for async receivers",
                severity="info",
                spans=[2, 6],
                explain="shop.bill and shop.ship: for 2 dispatches in Worker, which works for no event loop, send()"
                " made a new event loop in a new thread each, used it once and closed it; 4.0 ms passed before the"
                " receivers began.",
                fix="Connect a sync receiver where signals are sent from sync code; or send many times below one"
                " async_to_sync().",
                source="shop.ship:1",
            )
        ]

    def test_once(self) -> None:
        (finding,) = findings_in(*self.made(1, "shop.bill"))
        assert "for 1 dispatch in Worker" in finding.explain
        assert "a new event loop in a new thread, used it once" in finding.explain

    def test_other_receivers_are_told_by_themselves(self) -> None:
        assert [one.spans for one in findings_in(*self.made(1, "shop.bill"), *self.made(5, "shop.ship"))] == [[2], [6]]

    def test_its_sync_receivers_are_not_among_them(self) -> None:
        sync = called(9, WORKER, 11, 12, "shop.log", parent=1)
        (finding,) = findings_in(*self.made(1, "shop.bill"), sync)
        assert finding.explain.startswith("shop.bill: for 1 dispatch")

    @pytest.mark.parametrize(
        ("executor", "known"),
        [
            ("main-loop", {}),
            ("new-loop", {"direction": "sync_to_async"}),
            ("new-loop", {"parent": 9}),
            ("new-loop", {"parent": None}),
        ],
        ids=["on a loop that was there", "of another direction", "of a caller", "of nobody"],
    )
    def test_near_miss_another_hop(self, executor: str, known: dict[str, Any]) -> None:
        hop = to_async_receivers(2, WORKER, executor, OTHER, **known)
        assert findings_in(caller(9, WORKER, 0, 99), sent(1, WORKER, 10, 90, parent=9), hop) == []


class TestHistory:
    """A coroutine on the loop hands a send to a thread past asgiref."""

    VIEW = caller(9, LOOP, 0, 99, loop=1, is_async=True)

    def sends(self, number: int, executor: str, *upper: SpanDocument, **known: Any) -> list[Finding]:
        hop = to_async_receivers(number + 1, WORKER, executor, OTHER, parent=number)
        receiver = called(number + 2, OTHER, 30, 40, parent=number + 1, is_async=True, loop=9)
        return findings_in(self.VIEW, *upper, sent(number, WORKER, 10, 90, **{"parent": 9, **known}), hop, receiver)

    def test_a_thread_without_a_mark(self) -> None:
        assert self.sends(1, "new-loop") == [
            Finding(
                code="SB303",
                title="Where async receivers ran hung on the thread's history",
                severity="warning",
                spans=[2],
                explain="ordered was sent in Worker, which was not given its work by sync_to_async(), and has async"
                " receivers. Worker had never worked for asgiref, so they ran on a new event loop in a new thread."
                " Which of the two happens depends on what the pool's thread was used for before.",
                fix="Take the send to the thread with sync_to_async(…, thread_sensitive=False) instead of"
                " asyncio.to_thread() or run_in_executor(); or await asend().",
                source="shop.bill:1",
            )
        ]

    def test_a_marked_thread(self) -> None:
        (finding,) = self.sends(1, "main-loop")
        assert (
            " Worker had worked for asgiref before, which left its mark there, so they ran on the loop of that earlier"
            in (finding.explain)
        )

    def test_twice(self) -> None:
        hop = to_async_receivers(6, WORKER, "new-loop", OTHER, parent=5, start_ns=93 * MS)
        again = [sent(5, WORKER, 92, 96, parent=9), hop]
        (finding,) = self.sends(1, "new-loop", *again)
        assert finding.spans == [2, 6]
        assert finding.explain.startswith("ordered was sent 2 times in Worker, which")

    def test_a_step_in_the_thread_is_no_way_there(self) -> None:
        step = span(8, "step", WORKER, 5, 95, parent=9)
        assert codes(self.sends(1, "new-loop", step, parent=8)) == ["SB303"]

    @pytest.mark.parametrize(
        "upper",
        [
            pytest.param(hopped(8, LOOP, 5, 95, "loop-default-pool", WORKER, parent=9), id="by a hop"),
            pytest.param(caller(8, WORKER, 5, 95, parent=9), id="as its caller did"),
            pytest.param(span(8, "step", OTHER, 5, 95, parent=9), id="from a thread without a loop"),
        ],
    )
    def test_near_miss_it_came_there(self, upper: SpanDocument) -> None:
        assert codes(self.sends(1, "new-loop", upper, parent=8)) == ["SB302"]

    def test_a_hop_to_elsewhere_does_not_count(self) -> None:
        elsewhere = hopped(8, LOOP, 5, 95, "loop-default-pool", OTHER, parent=9, loop=1)
        assert codes(self.sends(1, "new-loop", elsewhere, parent=8)) == ["SB303"]
