"""SB401 to SB403, word for word."""

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

QUEUES = {"SB401", "SB402", "SB403"}


def work(
    number: int, asked: int, arrived: int, left: int, executor: str = "request-context", **known: Any
) -> SpanDocument:
    """A hop whose work was asked for, arrived on the worker and left it at these ms."""
    times = {"queued_ns": (arrived - asked) * MS, "ran_ns": (left - arrived) * MS}
    known = {"task": number, "loop": 1, "function": f"shop.work_{number}", "to_thread": WORKER, **times, **known}
    return hopped(number, LOOP, asked, left, executor, **known)


def shared(number: int, asked: int, arrived: int, left: int, **known: Any) -> SpanDocument:
    return work(number, asked, arrived, left, "process-single-thread", **known)


def queues(*spans: SpanDocument) -> list[tuple[str, list[int]]]:
    return [(finding.code, finding.spans) for finding in findings_in(*spans) if finding.code in QUEUES]


def explained(*spans: SpanDocument) -> str:
    (finding,) = findings_in(*spans)
    return finding.explain


class TestWaiting:
    def test_behind_other_work(self) -> None:
        first, second = work(1, 0, 0, 200), work(2, 50, 200, 230)
        receivers = [
            sent(5, WORKER, 10, 190, parent=1),
            called(6, WORKER, 20, 30, "shop.quick", parent=5),
            called(7, WORKER, 30, 100, "shop.slow", parent=5),
        ]
        assert findings_in(first, second, *receivers) == [
            Finding(
                code="SB401",
                title="Waited for its thread longer than it ran",
                severity="warning",
                spans=[2, 1],
                explain="shop.work_2 waited 150 ms for Worker and ran for 30 ms. Before it on that thread:"
                " shop.work_1, which ran for 200 ms.",
                fix="Shorten what is before it; or, if it touches neither the database nor anything else that belongs"
                " to a thread, give it thread_sensitive=False.",
                source="shop.slow:1",
            )
        ]

    def test_behind_several(self) -> None:
        works = work(1, 0, 0, 20), work(2, 0, 20, 60), work(3, 45, 60, 85), work(4, 50, 85, 86)
        (finding,) = findings_in(*works)
        assert finding.spans == [4, 2, 3]
        assert finding.explain.endswith("thread: shop.work_2, which ran for 40 ms and 1 more.")

    def test_of_several_calls_the_worst_is_told_and_all_are_shown(self) -> None:
        again = (
            work(1, 0, 0, 30),
            work(2, 0, 30, 31),
            work(3, 40, 40, 100),
            work(4, 41, 100, 110, function="shop.work_2"),
        )
        (finding,) = findings_in(*again)
        assert finding.spans == [2, 1, 4, 3]
        assert finding.explain.startswith("shop.work_2 waited 59 ms for Worker and ran for 10 ms.")

    def test_behind_what_was_not_recorded(self) -> None:
        (finding,) = findings_in(work(2, 0, 51, 60))
        assert (finding.spans, finding.source) == ([2], None)
        assert finding.explain.endswith("Before it on that thread: work that is not part of this recording.")

    @pytest.mark.parametrize(
        "spans",
        [
            pytest.param([work(1, 0, 0, 30), work(2, 10, 30, 40)], id="too short a wait"),
            pytest.param([work(1, 0, 0, 30), work(2, 0, 30, 60)], id="no longer than it ran"),
            pytest.param([work(2, 0, 50, 60)], id="a busy machine, perhaps"),
            pytest.param([work(1, 0, 0, 40), work(2, 0, 30, 40, parent=1)], id="inside of what is before it"),
            pytest.param([work(1, 0, 0, 30), work(2, 0, 30, 31, "loop-default-pool")], id="in a pool"),
            pytest.param([work(1, 0, 0, 30), work(2, 0, 30, 31, ran_ns=None)], id="it never ended there"),
        ],
    )
    def test_near_miss(self, spans: list[SpanDocument]) -> None:
        assert queues(*spans) == []

    @pytest.mark.parametrize("executor", ["current-thread", "request-context"])
    def test_on_each_kind_of_thread_that_a_request_has(self, executor: str) -> None:
        assert queues(work(1, 0, 0, 30), work(2, 5, 30, 31, executor)) == [("SB401", [2, 1])]

    def test_what_had_left_before_it_was_asked_for_is_not_before_it(self) -> None:
        assert queues(work(1, 0, 0, 30), work(2, 30, 81, 85)) == [("SB401", [2])]

    def test_each_thread_has_its_own_queue(self) -> None:
        assert queues(work(1, 0, 0, 30), work(2, 0, 21, 30, to_thread=OTHER)) == []


class TestCallers:
    ONE, TWO = caller(8, LOOP, 0, 900, name="shop.one"), caller(9, LOOP, 0, 900, name="shop.two")

    def test_on_the_one_thread(self) -> None:
        works = shared(1, 0, 0, 60, parent=8), shared(2, 10, 60, 200, parent=9), shared(3, 20, 200, 201, parent=8)
        receiver = sent(5, WORKER, 70, 190, parent=2), called(6, WORKER, 80, 180, parent=5)
        findings = findings_in(self.ONE, self.TWO, *works, *receiver)
        assert findings == [
            Finding(
                code="SB402",
                title="Callers in turn on the one thread of the process",
                severity="warning",
                spans=[2, 1, 3],
                explain="2 callers shared Worker, the one thread for all thread-sensitive work outside of HTTP"
                " requests, that of websocket consumers above all. shop.work_3 waited 180 ms for its turn; before it:"
                " shop.work_2, which ran for 140 ms and 1 more.",
                fix="Keep receivers that consumers reach short, or hand their work to a task queue. More processes"
                " give more such threads.",
                source="shop.bill:1",
            )
        ]

    def test_with_callers_that_were_not_recorded(self) -> None:
        (finding,) = findings_in(self.ONE, shared(1, 0, 60, 70, parent=8))
        assert (finding.code, finding.spans, finding.source) == ("SB402", [1], None)
        assert finding.explain.startswith("This caller shared with others Worker, the one")
        assert finding.explain.endswith(
            " waited 60 ms for its turn; before it: work that is not part of this recording."
        )

    def test_a_connection_stands_for_its_caller(self) -> None:
        sockets = [span(number, "request", LOOP, 0, 900, protocol="websocket") for number in (8, 9)]
        assert queues(*sockets, shared(1, 0, 0, 60, parent=8), shared(2, 10, 60, 61, parent=9)) == [("SB402", [2, 1])]

    def test_near_miss_a_caller_behind_itself(self) -> None:
        assert queues(self.ONE, shared(1, 0, 0, 60, parent=8), shared(2, 10, 60, 61, parent=8)) == [("SB401", [2, 1])]

    def test_behind_itself_and_another(self) -> None:
        works = shared(1, 0, 0, 30, parent=9), shared(2, 0, 30, 60, parent=8), shared(3, 10, 60, 90, parent=8)
        assert ("SB402", [2, 1, 3]) in queues(self.ONE, self.TWO, *works)

    def test_whole_callers_that_say_when_they_were_asked_for(self) -> None:
        one = caller(8, WORKER, 0, 60, name="shop.one", asked_ns=0)
        two = caller(9, WORKER, 60, 70, name="shop.two", asked_ns=5 * MS)
        assert explained(one, two) == (
            "2 callers shared Worker, the one thread for all thread-sensitive work outside of HTTP requests, that of"
            " websocket consumers above all. shop.two waited 55 ms for its turn; before it: shop.one, which ran for 60"
            " ms."
        )

    @pytest.mark.parametrize(
        "known",
        [{"thread": OTHER}, {"end": None}, {"is_async": True}],
        ids=["each on a thread of its own", "one is under way", "one is on a loop"],
    )
    def test_near_miss_whole_callers(self, known: dict[str, Any]) -> None:
        one = caller(8, WORKER, 0, 60, asked_ns=0)
        other = {"thread": WORKER, "start": 60, "end": 70, "asked_ns": 5 * MS, **known}
        assert queues(one, caller(9, **other)) == []

    def test_near_miss_callers_that_do_not_say_when(self) -> None:
        assert queues(caller(8, WORKER, 0, 60, asked_ns=0), caller(9, WORKER, 60, 70)) == []


class TestConcurrentCalls:
    def saves(self, *times: tuple[int, int, int], first: int = 1, **known: Any) -> list[SpanDocument]:
        return [work(number, *one, **{"function": "Model.save", **known}) for number, one in enumerate(times, first)]

    def test_of_one_function(self) -> None:
        saves = self.saves((0, 0, 30), (1, 30, 70), (2, 70, 100))
        receivers = sent(5, WORKER, 31, 69, parent=2), called(6, WORKER, 35, 65, parent=5)
        assert findings_in(*saves, *receivers) == [
            Finding(
                code="SB403",
                title="Concurrent calls ran one after the other",
                severity="warning",
                spans=[1, 2, 3],
                explain="3 calls of Model.save were awaited at once and ran one after the other in Worker, for 100 ms"
                " together; the last one waited 68 ms. Thread-sensitive work of one request, or of one caller, has one"
                " thread.",
                fix="Don't count on gather() for the ORM: make it one call of sync_to_async() around all of them, or"
                " one bulk_create(). Work without the database can have thread_sensitive=False.",
                source="shop.bill:1",
            )
        ]

    def test_of_several_callers_the_longest_is_told_and_all_are_shown(self) -> None:
        one, two = caller(8, LOOP, 0, 900), caller(9, LOOP, 0, 900)
        quick = self.saves((0, 0, 30), (1, 30, 50), parent=8)
        slow = self.saves((200, 200, 260), (201, 260, 310), first=3, parent=9)
        (finding,) = findings_in(one, two, *quick, *slow)
        assert finding.spans == [3, 4, 1, 2]
        assert "2 calls of Model.save were awaited at once" in finding.explain
        assert "for 110 ms together; the last one waited 59 ms." in finding.explain

    @pytest.mark.parametrize(
        "known",
        [
            pytest.param({"task": 1}, id="by the same task"),
            pytest.param({"loop": 2}, id="on another loop"),
            pytest.param({"function": "Model.delete"}, id="of another function"),
            pytest.param({"parent": 9}, id="by another caller"),
        ],
    )
    def test_near_miss(self, known: dict[str, Any]) -> None:
        one, two = caller(8, LOOP, 0, 900), caller(9, LOOP, 0, 900)
        saves = self.saves((0, 0, 30), parent=8) + self.saves((1, 30, 31), first=2, **{"parent": 8, **known})
        assert queues(one, two, *saves) == [("SB401", [2, 1])]

    def test_others_that_were_before_them_are_not_among_them(self) -> None:
        saves = self.saves((0, 0, 30), (1, 60, 70))
        assert queues(*saves, work(7, 0, 30, 60, task=2)) == [("SB403", [1, 2])]
