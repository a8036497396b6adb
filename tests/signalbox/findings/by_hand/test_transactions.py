"""SB201 and SB202, word for word."""

from typing import Any

import pytest

from signalbox.documents import ConnectionDocument, SpanDocument
from signalbox.findings import Finding
from tests.signalbox.findings.by_hand.recordings import (
    LOOP,
    MS,
    OTHER,
    WORKER,
    called,
    caller,
    connection,
    findings_in,
    hopped,
    sent,
    span,
)

OPEN = connection(4, 1)
ELSEWHERE = connection(5, 0)
MISSES_IT = (
    " Its queries go over another connection: they don't see the transaction's uncommitted rows, what they write stays"
    " when the transaction rolls back, and on SQLite it waits for the transaction's lock."
)
COMES_BACK = (
    " An async receiver has no connection of its own: what it awaits from the ORM hops back into that thread and"
    " transaction, what it takes elsewhere with thread_sensitive=False or asyncio.to_thread() does not."
)


def outside(*spans: SpanDocument) -> list[tuple[str, str, list[int]]]:
    findings = [finding for finding in findings_in(*spans) if finding.code in {"SB201", "SB202"}]
    return [(finding.code, finding.severity, finding.spans) for finding in findings]


class TestOfItsDispatch:
    SENT = sent(1, WORKER, 10, 90, connection=OPEN)

    def test_of_a_receiver_with_another_connection(self) -> None:
        receivers = called(2, OTHER, 20, 30, parent=1, connection=ELSEWHERE), called(3, OTHER, 30, 40, parent=1)
        assert findings_in(self.SENT, *receivers) == [
            Finding(
                code="SB201",
                title="Receiver outside the transaction of its dispatch",
                severity="warning",
                spans=[2, 3, 1],
                explain="shop.bill ran 2 times in Other, outside of the transaction that was open on connection 4 in"
                f" Worker, where ordered.send began.{MISSES_IT}",
                fix="Leave thread_sensitive at its default and reach async code by async_to_sync(), so that the work"
                " stays in the transaction's thread; or do it after the commit, in transaction.on_commit().",
                source="shop.bill:1",
            )
        ]

    def test_of_an_async_receiver_that_can_be_hopped_back_from(self) -> None:
        hop = hopped(5, WORKER, 15, 80, "main-loop", LOOP, parent=1)
        assert findings_in(self.SENT, hop, called(2, LOOP, 20, 30, parent=5, is_async=True)) == [
            Finding(
                code="SB201",
                title="Receiver outside the transaction of its dispatch",
                severity="info",
                spans=[2, 1],
                explain="shop.bill ran in MainThread, outside of the transaction that was open on connection 4 in"
                f" Worker, where ordered.send began.{COMES_BACK}",
                fix="Use the ORM's async methods or sync_to_async() at its default; for work that must see committed"
                " rows, connect a sync receiver that calls transaction.on_commit().",
                source="shop.bill:1",
            )
        ]

    @pytest.mark.parametrize(
        ("below", "severity"),
        [
            pytest.param({"connection": OPEN}, "info", id="that comes back"),
            pytest.param({"connection": None}, "info", id="that asks nothing"),
            pytest.param({"connection": ELSEWHERE}, "warning", id="that goes elsewhere"),
            pytest.param({"connection": ConnectionDocument("archive", 5, 0)}, "info", id="with another database"),
        ],
    )
    def test_by_what_was_recorded_below_an_async_receiver(self, below: dict[str, Any], severity: str) -> None:
        hop = hopped(5, WORKER, 15, 80, "main-loop", LOOP, parent=1)
        receiver = called(2, LOOP, 20, 60, parent=5, is_async=True)
        inner = hopped(6, LOOP, 25, 50, "current-thread", WORKER, parent=2), sent(7, WORKER, 30, 40, parent=6, **below)
        assert outside(self.SENT, hop, receiver, *inner) == [("SB201", severity, [2, 1])]

    @pytest.mark.parametrize(
        ("executor", "thread"),
        [("request-context", WORKER), ("main-loop", OTHER)],
        ids=["of another kind", "elsewhere"],
    )
    def test_no_hop_in_which_the_transactions_thread_waits(self, executor: str, thread: int) -> None:
        hop = hopped(5, thread, 15, 80, executor, LOOP, parent=1)
        receiver = called(2, LOOP, 20, 30, parent=5, is_async=True)
        assert outside(self.SENT, hop, receiver) == [("SB201", "warning", [2, 1])]

    def test_those_that_may_miss_it_are_told_by_themselves_and_each_by_its_name(self) -> None:
        hop = hopped(5, WORKER, 15, 80, "main-loop", LOOP, parent=1)
        receivers = [called(2, LOOP, 20, 30, parent=5, is_async=True), called(3, OTHER, 30, 40, parent=1)]
        assert outside(self.SENT, hop, *receivers, called(4, OTHER, 40, 50, "shop.ship", parent=1)) == [
            ("SB201", "warning", [3, 1]),
            ("SB201", "warning", [4, 1]),
            ("SB201", "info", [2, 1]),
        ]

    def test_near_miss(self) -> None:
        inside = called(2, WORKER, 20, 30, parent=1, connection=connection(4, 2))
        left = called(3, WORKER, 30, 40, parent=1, connection=connection(4, 0))
        assert outside(self.SENT, inside, left) == []
        assert outside(called(2, OTHER, 20, 30, connection=ELSEWHERE)) == []


class TestOfItsCaller:
    def receiver(self, **dispatch: Any) -> list[SpanDocument]:
        known = {"parent": 9, "connection": ELSEWHERE, **dispatch}
        return [sent(1, OTHER, 10, 90, **known), called(2, OTHER, 20, 30, parent=1, connection=known["connection"])]

    def test_it_began_in_a_transaction(self) -> None:
        assert findings_in(caller(9, WORKER, 0, 100, connection=OPEN), *self.receiver()) == [
            Finding(
                code="SB202",
                title="Receiver outside the caller's transaction",
                severity="warning",
                spans=[2, 9],
                explain="shop.bill ran in Other, outside of the transaction that was open on connection 4 in Worker,"
                f" where shop.view began.{MISSES_IT}",
                fix="Leave thread_sensitive at its default and reach async code by async_to_sync(), so that the work"
                " stays in the transaction's thread; or do it after the commit, in transaction.on_commit().",
                source="shop.bill:1",
            )
        ]

    def test_the_nearest_that_did(self) -> None:
        step = span(8, "step", WORKER, 5, 95, parent=9, connection=OPEN)
        assert outside(caller(9, WORKER, 0, 100, connection=OPEN), step, *self.receiver(parent=8)) == [
            ("SB202", "warning", [2, 8])
        ]

    def test_of_another_database(self) -> None:
        caller_of_it = caller(9, WORKER, 0, 100, connection=ConnectionDocument("archive", 4, 1))
        receiver = self.receiver(connection=ConnectionDocument("archive", 5, 0))
        assert outside(caller_of_it, *receiver) == [("SB202", "warning", [2, 9])]

    def test_without_a_connection_at_the_dispatch_the_default_one_is_meant(self) -> None:
        caller_of_it = caller(9, WORKER, 0, 100, connection=OPEN)
        assert outside(caller_of_it, *self.receiver(connection=None)) == [("SB202", "warning", [2, 9])]

    @pytest.mark.parametrize(
        ("begun", "dispatch"),
        [
            pytest.param({"connection": connection(4, 0)}, {}, id="in none"),
            pytest.param({"connection": None}, {}, id="without a connection"),
            pytest.param({"connection": ConnectionDocument("archive", 4, 1)}, {}, id="of another database"),
            pytest.param(
                {"connection": ConnectionDocument("archive", 4, 1)},
                {"connection": None},
                id="of one that is not default",
            ),
            pytest.param({"connection": OPEN, "end_ns": 19 * MS}, {}, id="that may have been committed"),
        ],
    )
    def test_near_miss(self, begun: dict[str, Any], dispatch: dict[str, Any]) -> None:
        assert outside(caller(9, WORKER, 0, 100, **begun), *self.receiver(**dispatch)) == []

    def test_one_that_ends_as_the_receiver_begins_or_has_not_ended(self) -> None:
        for end in (20, None):
            assert outside(caller(9, WORKER, 0, end, connection=OPEN), *self.receiver()) == [
                ("SB202", "warning", [2, 9])
            ]
