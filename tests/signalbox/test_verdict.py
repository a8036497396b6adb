"""The four questions, asked of recordings written out by hand."""

from typing import Any

import msgspec
import pytest

from signalbox.documents import ConnectionDocument, PauseDocument, SpanDocument, ThreadDocument
from signalbox.recording import Recording
from signalbox.verdict import ReceiverVerdict, judge

LOOP, WORKER, OTHER = 1, 2, 3
MS = 1_000_000
THREADS = [
    ThreadDocument(LOOP, 101, 11, "MainThread", 7, True),
    ThreadDocument(WORKER, 102, 12, "Worker", 7, False),
    ThreadDocument(OTHER, 103, 13, "Other", 7, True),
]


def span(number: int, kind: Any, thread: int, start: int, end: int | None, **known: Any) -> SpanDocument:
    """A span from `start` to `end` ms; `known` sets fields, and what is no field is an attribute."""
    fields = {name: known.pop(name) for name in list(known) if name in SpanDocument.__struct_fields__}
    return SpanDocument(
        **{
            "id": number,
            "parent": None,
            "kind": kind,
            "name": f"{kind}-{number}",
            "thread": thread,
            "task": None,
            "loop": None,
            "start_ns": start * MS,
            "end_ns": None if end is None else end * MS,
            "outcome": None if end is None else "ok",
            "error": None,
            "connection": None,
            "attributes": {"is_async": False, **known},
            **fields,
        }
    )


def connection(serial: int, depth: int) -> ConnectionDocument:
    return ConnectionDocument("default", serial, depth)


def verdict_of(
    receiver: SpanDocument, dispatch: SpanDocument, *others: SpanDocument, **recording: Any
) -> ReceiverVerdict:
    (verdict,) = judge(Recording([receiver, dispatch, *others], THREADS, **recording)).receivers
    return verdict


def dispatch(thread: int = WORKER, end: int | None = 100, **known: Any) -> SpanDocument:
    return span(1, "dispatch", thread, 10, end, **{"signal": "post_save", "method": "send", **known})


def receiver(thread: int = WORKER, start: int = 20, end: int | None = 90, **known: Any) -> SpanDocument:
    return span(2, "receiver", thread, start, end, **{"parent": 1, "signal": "post_save", **known})


class TestDidTheCallerWait:
    @pytest.mark.parametrize(
        ("ended", "waited"),
        [
            pytest.param(90, True, id="it ended before the dispatch"),
            pytest.param(100, True, id="with it"),
            pytest.param(150, False, id="after it"),
            pytest.param(None, False, id="never"),
        ],
    )
    def test_by_the_end_of_the_dispatch(self, ended: int | None, waited: bool) -> None:
        assert verdict_of(receiver(end=ended), dispatch()).caller_waited is waited

    def test_by_the_end_of_the_callers_step(self) -> None:
        step = span(5, "step", LOOP, 0, 50)
        assert verdict_of(receiver(end=90), dispatch(parent=5), step).caller_waited is False

    def test_by_the_end_of_the_caller(self) -> None:
        caller = span(5, "caller", LOOP, 0, 50)
        verdict = verdict_of(receiver(end=90), dispatch(parent=5), caller)
        assert verdict.caller_waited is False
        assert (
            verdict.reasons.caller_waited
            == "send() waited for the receiver's 70 ms, but its caller had gone on before."
        )

    def test_unknown_while_neither_has_ended(self) -> None:
        assert verdict_of(receiver(), dispatch(end=None)).caller_waited is None


class TestSameThread:
    def test_as_the_sender_and_as_the_caller_are_two_answers(self) -> None:
        caller = span(5, "caller", LOOP, 0, 120)
        verdict = verdict_of(receiver(), dispatch(parent=5), caller)
        assert (verdict.same_thread_as_sender, verdict.same_thread_as_caller) == (True, False)
        assert verdict.reasons.same_thread == "Caller → send → receiver: MainThread → Worker → Worker."

    def test_without_a_caller_the_second_is_unknown(self) -> None:
        assert verdict_of(receiver(), dispatch()).same_thread_as_caller is None

    def test_equal_idents_do_not_make_equal_threads(self) -> None:
        same_ident = [ThreadDocument(1, 100, 1, "a", 7, False), ThreadDocument(2, 100, 2, "b", 7, False)]
        (verdict,) = judge(Recording([dispatch(thread=1), receiver(thread=2)], same_ident)).receivers
        assert verdict.same_thread_as_sender is False


class TestSameConnectionAndTransaction:
    @pytest.mark.parametrize(
        ("sent_with", "found", "same_connection", "same_transaction"),
        [
            pytest.param(connection(1, 0), connection(1, 0), True, None, id="autocommit"),
            pytest.param(connection(1, 1), connection(1, 1), True, True, id="the same transaction"),
            pytest.param(connection(1, 1), connection(1, 2), True, True, id="a savepoint in it"),
            pytest.param(connection(1, 1), connection(1, 0), True, False, id="after it was left"),
            pytest.param(connection(1, 1), connection(2, 1), False, False, id="another connection"),
            pytest.param(connection(1, 1), None, False, False, id="no connection there"),
            pytest.param(connection(1, 0), connection(2, 1), False, None, id="a transaction of its own"),
            pytest.param(None, connection(2, 1), None, None, id="none at the send"),
            pytest.param(None, None, None, None, id="none at all"),
        ],
    )
    def test_by_serial_and_depth(
        self,
        sent_with: ConnectionDocument | None,
        found: ConnectionDocument | None,
        same_connection: bool | None,
        same_transaction: bool | None,
    ) -> None:
        verdict = verdict_of(receiver(connection=found), dispatch(connection=sent_with))
        assert verdict.same_connection is same_connection
        assert verdict.same_transaction is same_transaction


class TestWasTheEventLoopFree:
    def test_not_while_a_sync_receiver_runs_on_its_thread(self) -> None:
        verdict = verdict_of(receiver(LOOP, loop=1), dispatch(LOOP), server_loops=[LOOP])
        assert verdict.event_loop_free is False
        assert "for 70 ms no other request" in verdict.reasons.event_loop_free

    def test_yes_while_a_sync_receiver_runs_elsewhere(self) -> None:
        assert verdict_of(receiver(), dispatch(), server_loops=[LOOP]).event_loop_free is True

    def test_unknown_where_there_is_none(self) -> None:
        assert verdict_of(receiver(), dispatch()).event_loop_free is None

    @pytest.mark.parametrize(("held", "free"), [(20, True), (21, False)])
    def test_a_coroutine_holds_it_from_one_await_to_the_next(self, held: int, free: bool) -> None:
        running = [(20 * MS, 21 * MS), (40 * MS, (40 + held) * MS)]
        verdict = verdict_of(receiver(LOOP, is_async=True, running=running, loop=1), dispatch())
        assert verdict.event_loop_free is free

    def test_a_pause_that_another_made_is_told_but_not_blamed_on_the_receiver(self) -> None:
        pauses = [PauseDocument(LOOP, 30 * MS, 80 * MS)]
        verdict = verdict_of(receiver(), dispatch(), server_loops=[LOOP], pauses=pauses)
        assert verdict.event_loop_free is True
        assert "something else held it for 50 ms" in verdict.reasons.event_loop_free


def hop(executor: str, thread: int, to_thread: int | None, parent: int | None = None) -> SpanDocument:
    direction = "async_to_sync" if executor.endswith("loop") else "sync_to_async"
    known = {"direction": direction, "executor": executor, "to_thread": to_thread}
    return span(6, "hop", thread, 5, 110, parent=parent, **known)


class TestWhy:
    """Each kind of place that a hop leads to, and each way to get there."""

    def test_a_sync_receiver_under_send_in_the_callers_thread(self) -> None:
        assert verdict_of(receiver(), dispatch()).why == (
            "send() calls sync receivers itself, in the thread that it is called in: Worker,"
            " with no hop between it and the caller."
        )

    def test_a_sync_receiver_under_send_on_an_event_loop(self) -> None:
        why = verdict_of(receiver(LOOP, loop=1), dispatch(LOOP)).why
        assert "in the thread that it is called in, and that is an event loop's own: MainThread, with" in why

    @pytest.mark.parametrize(
        ("executor", "place"),
        [
            ("request-context", "the one thread that this request's thread-sensitive work shares"),
            ("process-single-thread", "the one thread that all thread-sensitive work outside of requests shares"),
            ("loop-default-pool", "some thread of the event loop's pool, as thread_sensitive=False asks for"),
            ("given-executor", "a thread of the executor that was given"),
            ("current-thread", "which waits in async_to_sync above it"),
        ],
    )
    def test_a_sync_receiver_under_send_behind_a_hop(self, executor: str, place: str) -> None:
        verdict = verdict_of(receiver(), dispatch(parent=6), hop(executor, LOOP, WORKER))
        assert verdict.hop == 6
        assert verdict.why == (
            "send() calls sync receivers itself, in the thread that it is called in:"
            f" sync_to_async took the work from MainThread to Worker, {place}."
        )

    def test_sync_receivers_under_asend(self) -> None:
        asend = dispatch(LOOP, method="asend", is_async=True)
        verdict = verdict_of(receiver(parent=6), asend, hop("request-context", LOOP, WORKER, parent=1))
        assert verdict.why.startswith("asend() calls its sync receivers together, through one hop: sync_to_async took")

    @pytest.mark.parametrize(
        ("executor", "place"),
        [
            ("main-loop", "MainThread, whose event loop Worker works for."),
            ("new-loop", "MainThread, where it made a new event loop, as Worker works for none."),
        ],
    )
    def test_an_async_receiver_under_send(self, executor: str, place: str) -> None:
        there = receiver(LOOP, is_async=True, loop=1, parent=6)
        verdict = verdict_of(there, dispatch(), hop(executor, WORKER, LOOP, parent=1))
        assert verdict.why == (
            f"send() runs async receivers as tasks, through one hop: async_to_sync took the work from Worker to {place}"
        )

    def test_an_async_receiver_under_asend(self) -> None:
        verdict = verdict_of(receiver(LOOP, is_async=True), dispatch(LOOP, method="asend", is_async=True))
        assert verdict.why.startswith("asend() awaits async receivers as tasks on the event loop that it is awaited on")

    def test_a_hop_that_never_arrived_says_so(self) -> None:
        verdict = verdict_of(receiver(), dispatch(parent=6), hop("request-context", LOOP, None))
        assert verdict.why.endswith("sync_to_async was called in MainThread, and its work was not seen to arrive.")


def test_a_run_without_receivers_has_the_error_alone() -> None:
    verdict = judge(Recording([], []), "SynchronousOnlyOperation: no", ["A note."])
    assert (verdict.error, verdict.receivers, verdict.notes) == ("SynchronousOnlyOperation: no", [], ["A note."])


class TestWholeVerdicts:
    """Everything that is said of one call, word for word: what a reader of the page and of the document relies on."""

    def test_a_sync_receiver_on_a_worker_with_a_loop_beside_it(self) -> None:
        caller = span(5, "caller", LOOP, 0, 120, loop=1)
        asked = receiver(caller=5, contextvar_visible=True, threadlocal_visible=False, connection=connection(4, 1))
        verdict = verdict_of(asked, dispatch(parent=5, connection=connection(4, 1)), caller)
        said = msgspec.to_builtins(verdict)
        assert said.pop("why").startswith("send() calls sync receivers itself")
        assert said == {
            "span": 2,
            "dispatch": 1,
            "signal": "post_save",
            "name": "receiver-2",
            "is_async": False,
            "caller_waited": True,
            "same_thread_as_sender": True,
            "same_thread_as_caller": False,
            "same_connection": True,
            "same_transaction": True,
            "event_loop_free": True,
            "contextvar_visible": True,
            "threadlocal_visible": False,
            "hop": None,
            "reasons": {
                "caller_waited": "send() returned after the receiver's 70 ms.",
                "same_thread": "Caller → send → receiver: MainThread → Worker → Worker.",
                "same_transaction": (
                    "Connection 4, inside atomic(), 1 deep: an error in the receiver rolls the caller's work back."
                ),
                "event_loop_free": "The receiver ran in another thread; the heartbeat of the loop went on.",
            },
        }
