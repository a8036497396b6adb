"""The four questions, answered for every receiver call from what was recorded. Pure functions, no guesses."""

from collections.abc import Callable

import msgspec

from signalbox.documents import SpanDocument
from signalbox.reasons import Reasons, reasons_for, why
from signalbox.recording import Recording
from signalbox.spans import longest_running_ns


class ReceiverVerdict(msgspec.Struct):
    """The answers for one call of one receiver; ``None`` where the recording cannot tell."""

    span: int
    dispatch: int
    signal: str
    name: str
    is_async: bool
    caller_waited: bool | None
    same_thread_as_sender: bool
    same_thread_as_caller: bool | None
    same_connection: bool | None
    same_transaction: bool | None
    event_loop_free: bool | None
    contextvar_visible: bool | None
    threadlocal_visible: bool | None
    hop: int | None  #: the nearest hop above it
    why: str
    reasons: Reasons


class Verdict(msgspec.Struct):
    """The answers of one run. ``error`` is what the caller got instead of a result, as ``"Type: message"``."""

    error: str | None
    receivers: list[ReceiverVerdict]
    notes: list[str]


def judge(run: Recording, error: str | None = None, notes: list[str] | None = None) -> Verdict:
    """Answer the four questions for each receiver call of the run."""
    receivers = []
    for receiver in run.of_kind("receiver"):
        dispatch = run.above(receiver, "dispatch")
        if dispatch is not None:
            receivers.append(_judge_receiver(run, receiver, dispatch))
    return Verdict(error, receivers, notes or [])


def _judge_receiver(run: Recording, receiver: SpanDocument, dispatch: SpanDocument) -> ReceiverVerdict:
    caller, hop = run.caller(receiver), run.above(receiver, "hop")
    verdict = ReceiverVerdict(
        span=receiver.id,
        dispatch=dispatch.id,
        signal=receiver.attributes["signal"],
        name=receiver.name,
        is_async=receiver.attributes["is_async"],
        caller_waited=caller_waited(receiver, dispatch, run.above(dispatch, "step"), caller),
        same_thread_as_sender=receiver.thread == dispatch.thread,
        same_thread_as_caller=None if caller is None else receiver.thread == caller.thread,
        same_connection=same_connection(receiver, dispatch),
        same_transaction=same_transaction(receiver, dispatch),
        event_loop_free=event_loop_free(run, receiver),
        contextvar_visible=receiver.attributes.get("contextvar_visible"),
        threadlocal_visible=receiver.attributes.get("threadlocal_visible"),
        hop=None if hop is None else hop.id,
        why=why(run, receiver, dispatch, hop),
        reasons=Reasons(),
    )
    verdict.reasons = reasons_for(verdict, run, receiver, dispatch)
    return verdict


def caller_waited(receiver: SpanDocument, dispatch: SpanDocument, *outer: SpanDocument | None) -> bool | None:
    """Whether the receiver had ended when the dispatch, the step that it was part of, and the caller went on."""
    waiting = [span.end_ns for span in (dispatch, *outer) if span is not None and span.end_ns is not None]
    if not waiting:
        return None
    return receiver.end_ns is not None and receiver.end_ns <= min(waiting)


def same_connection(receiver: SpanDocument, dispatch: SpanDocument) -> bool | None:
    """Whether the receiver found the dispatch's connection; None when the dispatch itself had none open."""
    if dispatch.connection is None:
        return None
    return receiver.connection is not None and receiver.connection.serial == dispatch.connection.serial


def same_transaction(receiver: SpanDocument, dispatch: SpanDocument) -> bool | None:
    """Whether the receiver ran inside the transaction that the dispatch had open; None when it had none open."""
    if dispatch.connection is None or dispatch.connection.atomic_depth == 0:
        return None
    if not same_connection(receiver, dispatch) or receiver.connection is None:
        return False
    return receiver.connection.atomic_depth >= dispatch.connection.atomic_depth


def event_loop_free(run: Recording, receiver: SpanDocument) -> bool | None:
    """Whether the event loops could run other work meanwhile; None when there was none.

    A sync receiver on a thread with a running loop holds that loop from its first to its last instruction. A coroutine
    holds it from one suspension to the next.
    """
    if not run.had_event_loop(during=receiver):
        return None
    if receiver.attributes["is_async"]:
        return longest_running_ns(receiver.attributes.get("running", ())) <= run.late_ns
    return receiver.loop is None


#: The answers in the order in which a person asks them, for those who print a verdict.
QUESTIONS: tuple[tuple[str, Callable[[ReceiverVerdict], bool | None]], ...] = (
    ("Did the caller wait?", lambda verdict: verdict.caller_waited),
    ("Same thread as the sender?", lambda verdict: verdict.same_thread_as_sender),
    ("Same thread as the caller?", lambda verdict: verdict.same_thread_as_caller),
    ("Same connection?", lambda verdict: verdict.same_connection),
    ("Same transaction?", lambda verdict: verdict.same_transaction),
    ("Event loop free?", lambda verdict: verdict.event_loop_free),
)
