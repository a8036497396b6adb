"""The sentence under each answer, word for word."""

from typing import Any

import pytest

from signalbox.documents import ConnectionDocument, PauseDocument
from signalbox.reasons import readable_duration
from tests.signalbox.test_verdict import LOOP, MS, OTHER, WORKER, connection, dispatch, receiver, span, verdict_of


class TestWaiting:
    @pytest.mark.parametrize(
        ("known", "sent", "sentence"),
        [
            ({"end": None}, {}, "The receiver had not ended when the run was closed."),
            ({"end": 150}, {}, "send() returned before the receiver's 130 ms were over."),
            (
                {"end": 150, "is_async": True},
                {"method": "asend"},
                "asend() returned before the receiver's 130 ms were over.",
            ),
            ({"end": 90}, {"method": "send_robust"}, "send_robust() returned after the receiver's 70 ms."),
            ({"end": 100}, {"end": None}, "send() returned before the receiver's 80 ms were over."),
            (
                {"end": 90, "is_async": True},
                {"method": "asend"},
                "asend() waits for async receivers, too: it returned after this one's 70 ms.",
            ),
        ],
    )
    def test_by_the_dispatch(self, known: dict[str, Any], sent: dict[str, Any], sentence: str) -> None:
        assert verdict_of(receiver(**known), dispatch(**sent)).reasons.caller_waited == sentence

    @pytest.mark.parametrize("end", [90, 100])
    def test_by_a_caller_that_had_gone_on(self, end: int) -> None:
        verdict = verdict_of(receiver(end=end), dispatch(parent=5), span(5, "caller", LOOP, 0, 50))
        sentence = f"send() waited for the receiver's {end - 20} ms, but its caller had gone on before."
        assert verdict.reasons.caller_waited == sentence


class TestThread:
    @pytest.mark.parametrize(
        ("threads", "sentence"),
        [
            ((WORKER, WORKER, WORKER), "Caller, send and receiver ran in Worker."),
            ((None, WORKER, WORKER), "Caller, send and receiver ran in Worker."),
            ((LOOP, WORKER, WORKER), "Caller → send → receiver: MainThread → Worker → Worker."),
            ((WORKER, LOOP, WORKER), "Caller → send → receiver: Worker → MainThread → Worker."),
            ((OTHER, WORKER, LOOP), "Caller → send → receiver: Other → Worker → MainThread."),
            ((WORKER, WORKER, 77), "Caller → send → receiver: Worker → Worker → thread 77."),
        ],
    )
    def test_the_way(self, threads: tuple[int | None, int, int], sentence: str) -> None:
        called_by, sent_in, ran_in = threads
        callers = [] if called_by is None else [span(5, "caller", called_by, 0, 120)]
        verdict = verdict_of(receiver(ran_in), dispatch(sent_in, parent=5), *callers)
        assert verdict.reasons.same_thread == sentence


class TestTransaction:
    @pytest.mark.parametrize(
        ("sent_with", "found", "sentence"),
        [
            (None, connection(5, 1), "No database connection was open where the signal was sent."),
            (
                connection(4, 1),
                None,
                "The signal was sent with connection 4 open; where the receiver ran none was open.",
            ),
            (
                connection(4, 1),
                connection(5, 0),
                "The signal was sent with connection 4 open; where the receiver ran it was connection 5.",
            ),
            (connection(4, 0), connection(4, 0), "Connection 4; no transaction was open when the signal was sent."),
            (
                connection(4, 2),
                connection(4, 3),
                "Connection 4, inside atomic(), 2 deep: an error in the receiver rolls the caller's work back.",
            ),
        ],
    )
    def test_by_the_connections(
        self, sent_with: ConnectionDocument | None, found: ConnectionDocument | None, sentence: str
    ) -> None:
        verdict = verdict_of(receiver(connection=found), dispatch(connection=sent_with))
        assert verdict.reasons.same_transaction == sentence


class TestEventLoop:
    @pytest.mark.parametrize(
        ("known", "sentence"),
        [
            (
                {"thread": LOOP, "loop": 1},
                "The receiver ran on the loop's own thread: for 70 ms no other request, task or socket was served.",
            ),
            (
                {"thread": LOOP, "loop": 1, "end": None},
                "The receiver ran on the loop's own thread: no other request, task or socket was served.",
            ),
            ({}, "The receiver ran in another thread; the heartbeat of the loop went on."),
            (
                {"is_async": True, "running": [(20 * MS, 50 * MS)]},
                "The coroutine held its loop for 30 ms without an await.",
            ),
            (
                {"is_async": True, "running": [(20 * MS, 22 * MS), (40 * MS, 45 * MS)]},
                "It awaited: the longest that it held the loop at a time was 5.0 ms.",
            ),
            ({"is_async": True}, "It awaited: the longest that it held the loop at a time was 0 µs."),
        ],
    )
    def test_by_what_the_receiver_did(self, known: dict[str, Any], sentence: str) -> None:
        verdict = verdict_of(receiver(**known), dispatch(), server_loops=[LOOP])
        assert verdict.reasons.event_loop_free == sentence

    def test_without_a_loop(self) -> None:
        assert verdict_of(receiver(), dispatch()).reasons.event_loop_free == "No event loop was running."

    @pytest.mark.parametrize("is_async", [False, True])
    def test_by_a_pause_that_another_made(self, is_async: bool) -> None:
        pauses = [PauseDocument(LOOP, 30 * MS, 80 * MS)]
        verdict = verdict_of(receiver(is_async=is_async), dispatch(), server_loops=[LOOP], pauses=pauses)
        assert verdict.reasons.event_loop_free == "The receiver left it free; something else held it for 50 ms."


@pytest.mark.parametrize(
    ("duration_ns", "said"),
    [
        (0, "0 µs"),
        (16_400, "16 µs"),
        (99_999, "100 µs"),
        (100_000, "0.1 ms"),
        (9_940_000, "9.9 ms"),
        (10_000_000, "10 ms"),
        (999_000_000, "999 ms"),
        (1_000_000_000, "1.0 s"),
        (61_250_000_000, "61.2 s"),
    ],
)
def test_a_duration_for_people(duration_ns: int, said: str) -> None:
    assert readable_duration(duration_ns) == said
