"""SB204, word for word."""

from typing import Any

import pytest

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
from tests.signalbox.findings.parts import the


class TestWordForWord:
    def left(self, number: int, thread: int, *serials: int, function: str = "shop.count") -> Any:
        left_open = [{"alias": "default", "serial": serial} for serial in serials]
        known = {"parent": 2, "function": function, "left_open": left_open}
        return hopped(number, LOOP, 20 + number, 80, "loop-default-pool", thread, **known)

    def test_in_one_thread(self) -> None:
        receiver = called(2, LOOP, 20, 90, parent=1, is_async=True, loop=1)
        findings = findings_in(sent(1, LOOP, 10, 90, "asend"), receiver, self.left(3, WORKER, 7))
        assert findings == [
            Finding(
                code="SB204",
                title="Connection left open in a pool's thread",
                severity="warning",
                spans=[3],
                explain="sync_to_async(shop.count) opened 1 database connection in Worker, and left it open there."
                " These are threads of a pool: at the end of a request Django closes the connections of the request's"
                " own thread, and nobody closes theirs.",
                fix="Leave thread_sensitive at its default for work with the database; or close what it opened where it"
                " ran, by channels' database_sync_to_async(), or with connections.close_all() in the function itself.",
                source="shop.bill:1",
            )
        ]

    @pytest.mark.parametrize(
        ("threads", "where"),
        [
            ([WORKER, OTHER], "3 database connections 2 times in Worker and 1 more thread, and"),
            ([WORKER, OTHER, LOOP], "4 database connections 3 times in Worker and 2 more threads, and"),
            ([WORKER, WORKER], "3 database connections 2 times in Worker, and"),
        ],
    )
    def test_in_several(self, threads: list[int], where: str) -> None:
        hops = [self.left(3 + number, thread, 7, 8 + number) for number, thread in enumerate(threads)]
        (finding,) = findings_in(caller(2, LOOP, 0, 100), *hops)
        assert where in finding.explain
        assert (finding.spans, finding.source) == ([hop.id for hop in hops], None)

    def test_each_function_is_told(self) -> None:
        hops = [self.left(3, WORKER, 7), self.left(4, WORKER, 8, function="shop.other"), self.left(5, WORKER)]
        assert [finding.spans for finding in findings_in(caller(2, LOOP, 0, 100), *hops)] == [[3], [4]]

    def test_the_receiver_that_ran_there_and_not_the_one_that_ran_on_the_loop(self) -> None:
        dispatch = sent(6, WORKER, 30, 70, parent=3)
        receivers = called(7, LOOP, 31, 40, "shop.abill", parent=6), called(8, WORKER, 41, 50, parent=6)
        findings = findings_in(caller(2, LOOP, 0, 100), self.left(3, WORKER, 7), dispatch, *receivers)
        assert the("SB204", findings).source == "shop.bill:1"
