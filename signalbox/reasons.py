"""The sentences beside the answers: why a receiver ran where it ran, from what was recorded of it.

Sources: ``django/dispatch/dispatcher.py`` (``send`` calls sync receivers itself and async ones through one
``async_to_sync``; ``asend`` calls sync receivers through one ``sync_to_async`` and awaits async ones as tasks) and
``asgiref/sync.py`` (which thread and which loop these two choose: what the hop recorded).
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
SHOWN_AS_MICROSECONDS = 0.1


class Reasons(msgspec.Struct):
    """One short sentence under each answer."""

    caller_waited: str = ""
    same_thread: str = ""
    same_transaction: str = ""
    event_loop_free: str = ""


def why(run: Recording, receiver: SpanDocument, dispatch: SpanDocument, hop: SpanDocument | None) -> str:
    """One sentence: what put the receiver on its thread, by the hop nearest above it, if there is one."""
    method = f"{dispatch.attributes['method']}()"
    hopped = hop is not None and run.is_above(dispatch, hop)
    if receiver.attributes["is_async"]:
        rule = (
            f"{method} runs async receivers as tasks, through one hop"
            if hopped
            else f"{method} awaits async receivers as tasks on the event loop that it is awaited on"
        )
    elif hopped:
        rule = f"{method} calls its sync receivers together, through one hop"
    else:
        rule = f"{method} calls sync receivers itself, in the thread that it is called in"
        if receiver.loop is not None:
            rule += ", and that is an event loop's own"
    if hop is None:
        return f"{rule}: {run.thread_name(receiver)}, with no hop between it and the caller."
    return f"{rule}: {crossing(run, hop)}."


def crossing(run: Recording, hop: SpanDocument) -> str:
    """What a hop did, in words that follow a colon: ``sync_to_async took the work from A to B, …``."""
    direction, executor = hop.attributes["direction"], hop.attributes["executor"]
    start, end = run.thread_name(hop), run.name_of_thread(hop.attributes.get("to_thread"))
    if end is None:
        return f"{direction} was called in {start}, and its work was not seen to arrive"
    return f"{direction} took the work from {start} to {end}, {_PLACES[executor].format(start=start)}"


#: What a developer can act on in each kind of place that asgiref chooses (``asgiref/sync.py``).
_PLACES = {
    "current-thread": "which waits in async_to_sync above it",
    "request-context": "the one thread that this request's thread-sensitive work shares",
    "process-single-thread": "the one thread that all thread-sensitive work outside of requests shares",
    "loop-default-pool": "some thread of the event loop's pool, as thread_sensitive=False asks for",
    "given-executor": "a thread of the executor that was given",
    "main-loop": "whose event loop {start} works for",
    "new-loop": "where it made a new event loop, as {start} works for none",
}


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
    if not verdict.caller_waited and dispatch.end_ns is not None and receiver.end_ns <= dispatch.end_ns:
        return f"{method}() waited for the receiver's {duration}, but its caller had gone on before."
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
        held = "" if receiver.end_ns is None else f"for {readable_duration(receiver.end_ns - receiver.start_ns)} "
        return f"The receiver ran on the loop's own thread: {held}no other request, task or socket was served."
    pause, holder = run.longest_pause(receiver)
    if pause:
        who = "something else" if holder is None else holder.name
        return f"The receiver left it free; {who} held it for {readable_duration(pause)}."
    if verdict.is_async:
        return f"It awaited: the longest that it held the loop at a time was {longest}."
    return "The receiver ran in another thread; the heartbeat of the loop went on."


def readable_duration(duration_ns: int) -> str:
    """``2.0 s``, ``120 ms``, ``0.3 ms``, ``16 µs``."""
    milliseconds = duration_ns / 1e6
    if milliseconds < SHOWN_AS_MICROSECONDS:
        return f"{duration_ns / 1e3:.0f} µs"
    if milliseconds >= MILLISECONDS_OF_A_SECOND:
        return f"{milliseconds / MILLISECONDS_OF_A_SECOND:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= SHOWN_WITHOUT_FRACTION else f"{milliseconds:.1f} ms"
