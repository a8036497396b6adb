"""The sentences beside the answers: why a receiver ran where it ran, from what was recorded of it.

Sources: ``django/dispatch/dispatcher.py`` (``send`` calls sync receivers itself and async ones through one
``async_to_sync``; ``asend`` calls sync receivers through one ``sync_to_async`` and awaits async ones as tasks) and
``asgiref/sync.py`` (which thread and which loop these two choose).
"""

from typing import TYPE_CHECKING

import msgspec

from signalbox.documents import SpanDocument
from signalbox.recording import Recording
from signalbox.spans import longest_running_ns

if TYPE_CHECKING:
    from signalbox.verdict import ReceiverVerdict


MILLISECONDS_OF_A_SECOND = 1_000
SHOWN_WITHOUT_FRACTION = 10


class Reasons(msgspec.Struct):
    """One short sentence under each answer."""

    caller_waited: str = ""
    same_thread: str = ""
    same_transaction: str = ""
    event_loop_free: str = ""


def why(run: Recording, receiver: SpanDocument, dispatch: SpanDocument, caller: SpanDocument | None) -> str:
    """One sentence: what put the receiver on its thread."""
    under_asend = dispatch.attributes["is_async"]
    if receiver.attributes["is_async"]:
        return _why_async(run, receiver, dispatch, under_asend)
    return _why_sync(run, receiver, dispatch, caller, under_asend)


def _why_sync(
    run: Recording, receiver: SpanDocument, dispatch: SpanDocument, caller: SpanDocument | None, under_asend: bool
) -> str:
    method, here = dispatch.attributes["method"], run.thread_name(receiver)
    if under_asend:
        rule = f"{method}() calls its sync receivers together through sync_to_async, in the thread-sensitive thread"
        waits = _is_caller(receiver, caller)
        return f"{rule} {here}, {'where the caller waits in async_to_sync' if waits else 'not on the event loop'}."
    rule = f"{method}() calls sync receivers itself, in the thread that it is called in"
    if caller is None:
        return f"{rule}: {here}."
    if not _is_caller(receiver, caller):
        return f"The caller handed the work to {here}, and {rule}."
    if receiver.loop is not None:
        return f"{rule}; it was called on the event loop, so the receiver runs on the loop's own thread, {here}."
    return f"{rule}: {here}, the caller's own."


def _why_async(run: Recording, receiver: SpanDocument, dispatch: SpanDocument, under_asend: bool) -> str:
    method, here, sender = dispatch.attributes["method"], run.thread_name(receiver), run.thread_name(dispatch)
    if under_asend:
        rule = f"{method}() awaits async receivers, each as a task of its own, on the event loop that it is awaited on"
        return f"{rule}: the one of {here}."
    rule = f"{method}() runs async receivers through async_to_sync"
    if _loop_was_there_before(run, receiver):
        return f"{rule}, which found the running event loop of {here}, whose work {sender} does, and made a task there."
    where = f"a new thread, {here}" if receiver.thread != dispatch.thread else here
    return f"{rule}; {sender} does no event loop's work, so a new loop was made in {where}."


def _is_caller(span: SpanDocument, caller: SpanDocument | None) -> bool:
    return caller is not None and span.thread == caller.thread


def _loop_was_there_before(run: Recording, receiver: SpanDocument) -> bool:
    """Whether the loop's thread was there apart from the receivers sent to it: a new one has nothing else."""
    others = [span for span in run.spans if span.thread == receiver.thread and span.kind in {"caller", "step"}]
    return bool(others) or run.is_server_loop(receiver.thread)


def reasons_for(verdict: "ReceiverVerdict", run: Recording, receiver: SpanDocument, dispatch: SpanDocument) -> Reasons:
    """The sentence under each of the four answers."""
    return Reasons(
        caller_waited=_about_waiting(verdict, receiver, dispatch),
        same_thread=_about_thread(verdict, run, receiver, dispatch),
        same_transaction=_about_transaction(verdict, receiver, dispatch),
        event_loop_free=_about_loop(verdict, run, receiver),
    )


def _about_waiting(verdict: "ReceiverVerdict", receiver: SpanDocument, dispatch: SpanDocument) -> str:
    method = dispatch.attributes["method"]
    if receiver.end_ns is None:
        return "The receiver had not ended when the run was closed."
    duration = readable_duration(receiver.end_ns - receiver.start_ns)
    if not verdict.caller_waited:
        return f"{method}() returned before the receiver's {duration} were over."
    if verdict.is_async:
        return f"{method}() waits for async receivers, too: it returned after this one's {duration}."
    return f"{method}() returned after the receiver's {duration}."


def _about_thread(verdict: "ReceiverVerdict", run: Recording, receiver: SpanDocument, dispatch: SpanDocument) -> str:
    caller = run.caller(receiver)
    way = [run.thread_name(span) for span in (caller, dispatch, receiver) if span is not None]
    if verdict.same_thread_as_sender and verdict.same_thread_as_caller is not False:
        return f"Caller, send and receiver ran in {way[-1]}."
    return "Caller → send → receiver: " + " → ".join(way) + "."


def _about_transaction(verdict: "ReceiverVerdict", receiver: SpanDocument, dispatch: SpanDocument) -> str:
    sent_with, found = dispatch.connection, receiver.connection
    if sent_with is None:
        return "No database connection was open where the signal was sent."
    if not verdict.same_connection:
        other = "none was open" if found is None else f"it was connection {found.serial}"
        return f"The signal was sent with connection {sent_with.serial} open; where the receiver ran {other}."
    if verdict.same_transaction is None:
        return f"Connection {sent_with.serial}; no transaction was open when the signal was sent."
    depth = f"inside atomic(), {sent_with.atomic_depth} deep"
    return f"Connection {sent_with.serial}, {depth}: an error in the receiver rolls the caller's work back."


def _about_loop(verdict: "ReceiverVerdict", run: Recording, receiver: SpanDocument) -> str:
    if verdict.event_loop_free is None:
        return "No event loop was running."
    longest = readable_duration(longest_running_ns(receiver.attributes.get("running", ())))
    if verdict.event_loop_free is False:
        if verdict.is_async:
            return f"The coroutine held its loop for {longest} without an await."
        held = readable_duration((receiver.end_ns or receiver.start_ns) - receiver.start_ns)
        return f"The receiver ran on the loop's own thread: for {held} no other request, task or socket was served."
    pause = run.longest_pause_ns(receiver)
    if pause:
        return f"The receiver left it free; something else held it for {readable_duration(pause)}."
    if verdict.is_async:
        return f"It awaited: it never held the loop for more than {longest} at a time."
    return "The receiver ran in another thread; the heartbeat of the loop went on."


def readable_duration(duration_ns: int) -> str:
    """``2.0 s``, ``120 ms``, ``0.3 ms``."""
    milliseconds = duration_ns / 1e6
    if milliseconds >= MILLISECONDS_OF_A_SECOND:
        return f"{milliseconds / MILLISECONDS_OF_A_SECOND:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= SHOWN_WITHOUT_FRACTION else f"{milliseconds:.1f} ms"
