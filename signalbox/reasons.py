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
        place = "where the caller waits in async_to_sync" if _is_caller(receiver, caller) else "not on the event loop"
        return f"{method}() calls its sync receivers together through sync_to_async, in the thread-sensitive thread {here}, {place}."
    rule = f"{method}() calls sync receivers itself, in the thread that it is called in"
    if caller is None:
        return f"{rule}: {here}."
    if not _is_caller(receiver, caller):
        return f"The caller handed the work to {here}, and {rule}."
    if receiver.loop is not None:
        return f"{rule}; it was called on the event loop, so the receiver runs on the loop's own thread, {here}."
    if caller.attributes["is_async"]:
        return f"{rule}: {here}, where the caller runs."
    return f"{rule}: {here}, the caller's own."


def _why_async(run: Recording, receiver: SpanDocument, dispatch: SpanDocument, under_asend: bool) -> str:
    method, here = dispatch.attributes["method"], run.thread_name(receiver)
    if under_asend:
        return f"{method}() awaits async receivers, each as a task of its own, on the event loop that it is awaited on, in {here}."
    if _loop_was_there_before(run, receiver):
        return (
            f"{method}() runs async receivers through async_to_sync, which found the running event loop of {here}"
            f" that the sending thread {run.thread_name(dispatch)} works for, and made a task there."
        )
    return (
        f"{method}() runs async receivers through async_to_sync; {run.thread_name(dispatch)} works for no running event"
        f" loop, so a new loop was made in {'a new thread, ' if receiver.thread != dispatch.thread else ''}{here}."
    )


def _is_caller(span: SpanDocument, caller: SpanDocument | None) -> bool:
    return caller is not None and span.thread == caller.thread


def _loop_was_there_before(run: Recording, receiver: SpanDocument) -> bool:
    """Whether the loop's thread had a loop apart from the receivers that were sent to it: a new one has nothing else."""
    others = [span for span in run.spans if span.thread == receiver.thread and span.kind in {"caller", "step"}]
    return bool(others) or run.is_server_loop(receiver.thread)


def reasons_for(
    verdict: "ReceiverVerdict", run: Recording, receiver: SpanDocument, dispatch: SpanDocument
) -> Reasons:
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
    duration = _seconds(receiver.end_ns - receiver.start_ns)
    if verdict.caller_waited and verdict.is_async:
        return f"{method}() waits for async receivers, too: it returned after this one's {duration}."
    if verdict.caller_waited:
        return f"{method}() returned after the receiver's {duration}."
    return f"{method}() returned before the receiver's {duration} were over."


def _about_thread(
    verdict: "ReceiverVerdict", run: Recording, receiver: SpanDocument, dispatch: SpanDocument
) -> str:
    caller = run.caller(receiver)
    way = [run.thread_name(span) for span in (caller, dispatch, receiver) if span is not None]
    if verdict.same_thread_as_sender and verdict.same_thread_as_caller is not False:
        return f"Caller, send and receiver ran in {way[-1]}."
    return "Caller → send → receiver: " + " → ".join(way) + "."


def _about_transaction(verdict: "ReceiverVerdict", receiver: SpanDocument, dispatch: SpanDocument) -> str:
    if dispatch.connection is None:
        return "No database connection was open where the signal was sent."
    if not verdict.same_connection:
        found = "none was open there" if receiver.connection is None else f"it found connection {receiver.connection.serial}"
        return f"Connections belong to one thread or task: the send had connection {dispatch.connection.serial} open, for the receiver {found}."
    if verdict.same_transaction is None:
        return f"Connection {dispatch.connection.serial}; no transaction was open when the signal was sent."
    return f"Connection {dispatch.connection.serial}, inside atomic() at depth {dispatch.connection.atomic_depth}: an error here rolls the caller's work back."


def _about_loop(verdict: "ReceiverVerdict", run: Recording, receiver: SpanDocument) -> str:
    if verdict.event_loop_free is None:
        return "No event loop was running."
    longest = longest_running_ns(receiver.attributes.get("running", ()))
    if verdict.event_loop_free is False:
        if verdict.is_async:
            return f"The coroutine held its loop for {_seconds(longest)} without an await."
        held = _seconds((receiver.end_ns or receiver.start_ns) - receiver.start_ns)
        return f"The receiver ran on the loop's own thread: for {held} no other request, task or socket was served."
    pause = run.longest_pause_ns(receiver)
    if pause:
        return f"The receiver left it free; something else held it for {_seconds(pause)}."
    if verdict.is_async:
        return f"It awaited: it never held the loop for more than {_seconds(longest)} at a time."
    return "The receiver ran in another thread; the heartbeat of the loop went on."


def _seconds(duration_ns: int) -> str:
    """``2.0 s``, ``120 ms``, ``0.3 ms``."""
    if duration_ns >= 1_000_000_000:
        return f"{duration_ns / 1e9:.1f} s"
    if duration_ns >= 10_000_000:
        return f"{duration_ns / 1e6:.0f} ms"
    return f"{duration_ns / 1e6:.1f} ms"
