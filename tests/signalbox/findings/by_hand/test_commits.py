"""SB203, word for word."""

from typing import Any

from signalbox.findings import Finding
from tests.signalbox.findings.by_hand.recordings import (
    LOOP,
    WORKER,
    called,
    caller,
    connection,
    findings_in,
    hopped,
    sent,
)
from tests.signalbox.findings.parts import the


def asked(*, at_once: bool, serial: int | None, alias: str = "default") -> dict[str, Any]:
    return {"function": "shop.mail", "alias": alias, "serial": serial, "at_once": at_once}


class TestWordForWord:
    OPEN = sent(1, WORKER, 10, 90, connection=connection(4, 1))

    def elsewhere(self, *calls: dict[str, Any]) -> list[Finding]:
        """Below an async receiver, in a hop; and not below any receiver, which is nobody's fault."""
        return [
            finding
            for finding in findings_in(
                caller(9, WORKER, 0, 100, on_commit=[*calls]),
                self.OPEN,
                called(2, LOOP, 20, 80, parent=1, is_async=True),
                hopped(3, LOOP, 30, 70, "loop-default-pool", WORKER, parent=2, on_commit=[*calls]),
            )
            if finding.code == "SB203"
        ]

    def test_at_once(self) -> None:
        assert self.elsewhere(asked(at_once=True, serial=None)) == [
            Finding(
                code="SB203",
                title="on_commit() outside of the transaction that it meant",
                severity="warning",
                spans=[2, 3, 1],
                explain="shop.bill called transaction.on_commit(shop.mail) on a connection of another thread, while the"
                " transaction around it was open on connection 4 in Worker, where ordered.send began. Outside of a"
                " transaction it does not wait: shop.mail was called at once, before that transaction's commit, and"
                " stands also where it is rolled back.",
                fix="Call on_commit() in the thread of the transaction: in a sync receiver of send(), or in an async"
                " one by sync_to_async(transaction.on_commit) at its default.",
                source="shop.bill:1",
            )
        ]

    def test_after_another_commit(self) -> None:
        (finding,) = self.elsewhere(asked(at_once=False, serial=5), asked(at_once=False, serial=6))
        assert finding.explain == (
            "shop.bill called transaction.on_commit(shop.mail) 2 times on connection 5, while the transaction around it"
            " was open on connection 4 in Worker, where ordered.send began. It waits for the commit of that"
            " connection's own transaction, whatever becomes of this one."
        )

    def test_both_are_told_apart(self) -> None:
        both = asked(at_once=True, serial=None), asked(at_once=False, serial=5)
        assert ["at once" in finding.explain for finding in self.elsewhere(*both)] == [True, False]

    def test_in_the_receiver_itself(self) -> None:
        receiver = called(2, LOOP, 20, 80, parent=1, is_async=True, on_commit=[asked(at_once=True, serial=None)])
        assert the("SB203", findings_in(self.OPEN, receiver)).spans == [2, 1]

    def test_near_miss_the_same_connection_or_another_database(self) -> None:
        assert self.elsewhere(asked(at_once=False, serial=4), asked(at_once=True, serial=5, alias="archive")) == []
