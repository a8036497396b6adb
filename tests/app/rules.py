"""Where a receiver must run, derived from the rules of Django and asgiref alone.

What is measured is compared with this, so nothing here may come from a measurement, and nothing from the laboratory.
Threads are told apart by what they are for: "caller", the thread of a sync caller; "loop", that of the server's event
loop or of a command's only one; "new loop", that of a loop made for one call; "started", a thread that the caller
started; "worker", the thread-sensitive thread where no thread of the caller's waits; "pool", any thread of a pool.
"""

from typing import NamedTuple


class Caller(NamedTuple):
    thread: str
    calls_in: str | None = None  #: the thread in which it calls the way, where that is not its own
    waits_above: str | None = None  #: the thread that waits in `async_to_sync` above a way that is called on a loop
    in_server: bool = True  #: in a process whose event loop runs all the time
    times: int = 1  #: how often it calls the way, at once
    waits: bool = True
    hands_on_context: bool = True
    has_connection: bool = False  #: its thread has used the database before
    in_pool: bool = False  #: what the thread of the call has done before is not known
    django: tuple[int, int] = (5, 2)  #: the first version that has it

    @property
    def calling_thread(self) -> str:
        return self.calls_in or self.thread

    @property
    def on_loop(self) -> bool:
        return self.calling_thread == "loop"

    @property
    def sensitive_thread(self) -> str:
        """Where `sync_to_async` runs: the thread that waits in `async_to_sync` above, else a worker."""
        return self.waits_above or ("worker" if self.on_loop else self.calling_thread)


class History(NamedTuple):
    """What a pool's thread may have done before: it decides what a call in `asyncio.to_thread()` finds there."""

    marked: bool = True  #: asgiref has marked it with the server's loop, for which it once ran a `sync_to_async`
    connected: bool = False  #: it has a connection left open


class Way(NamedTuple):
    method: str | None  #: the send method that it comes to; None: it sends nothing
    hop: str | None = None  #: the thread that an async way hands its save to: "sensitive" or "pool"
    database: bool = True
    own_transaction: bool = False  #: Django itself opens one around the send
    atomic_after_hop: bool = False  #: a transaction that is asked for is opened in the thread that saves
    dispatches: int = 1

    @property
    def is_async(self) -> bool:
        return self.hop is not None or self.method in {"asend", "asend_robust"}


class Answers(NamedTuple):
    is_async: bool
    caller_waited: bool
    same_thread_as_sender: bool
    same_thread_as_caller: bool
    same_connection: bool | None
    same_transaction: bool | None
    event_loop_free: bool | None
    contextvar_visible: bool
    threadlocal_visible: bool


CALLERS = {
    "sync-view": Caller("caller"),
    "async-view": Caller("loop"),
    "async-view-task": Caller("loop"),
    "async-view-to-thread": Caller("loop", calls_in="started", in_pool=True),
    "async-view-gather": Caller("loop", times=3),
    # Before Python 3.14 at the earliest, a thread begins with an empty context.
    "sync-view-thread": Caller("caller", calls_in="started", waits=False, hands_on_context=False),
    "sync-view-on-commit": Caller("caller", has_connection=True),
    "streaming-view": Caller("loop"),
    "async-middleware-sync-view": Caller("caller"),
    "sync-middleware-async-view": Caller("loop", waits_above="worker"),
    "async-consumer": Caller("loop"),
    "sync-consumer": Caller("caller"),
    # A command has looked for its tables before, in its main thread.
    "command": Caller("caller", in_server=False, has_connection=True),
    "command-async": Caller("caller", "loop", waits_above="caller", in_server=False, has_connection=True),
    "background-task": Caller("caller", django=(6, 0)),
}
#: Only where a caller calls in a pool's thread is there more than one.
HISTORIES = [History(marked, connected) for marked in (True, False) for connected in (False, True)]
WAYS = {
    "save": Way("send"),
    "create": Way("send"),
    "delete": Way("send", own_transaction=True),
    "sync_to_async": Way("send", hop="sensitive", atomic_after_hop=True),
    "sync_to_async_insensitive": Way("send", hop="pool", atomic_after_hop=True),
    "database_sync_to_async": Way("send", hop="sensitive", atomic_after_hop=True),
    "asave": Way("send", hop="sensitive"),
    "acreate": Way("send", hop="sensitive"),
    "adelete": Way("send", hop="sensitive", own_transaction=True),
    "m2m_add": Way("send", own_transaction=True, dispatches=2),
    "m2m_aadd": Way("send", hop="sensitive", own_transaction=True, dispatches=2),
    "send": Way("send", database=False),
    "asend": Way("asend", database=False),
    "send_robust": Way("send_robust", database=False),
    "asend_robust": Way("asend_robust", database=False),
    "bulk_create": Way(None),
    "queryset_update": Way(None),
}
RECEIVERS = {"sync": (False,), "async": (True,), "both": (False, True)}


def expected_error(caller: Caller, way: Way, receivers: str, *, atomic: bool, django: tuple[int, int]) -> str | None:
    """The type of what Django raises; None where the combination works."""
    if django < caller.django:
        return "ModuleNotFoundError"
    if not caller.on_loop:
        return None
    if atomic and not way.atomic_after_hop:
        return "SynchronousOnlyOperation"  # transaction.atomic() itself asks for the database
    if way.database and not way.is_async:
        return "SynchronousOnlyOperation"
    if way.method in {"send", "send_robust"} and not way.is_async and receivers != "sync":
        return "RuntimeError"  # R3: async_to_sync on a thread with a running loop
    return None


def expected_answers(
    caller: Caller, way: Way, receivers: str, *, atomic: bool, django: tuple[int, int]
) -> list[list[Answers]]:
    """The answers for each receiver call, sync receivers before async ones: one list for each history of its thread."""
    error = expected_error(caller, way, receivers, atomic=atomic, django=django)
    if way.method is None or error in {"SynchronousOnlyOperation", "ModuleNotFoundError"}:
        return [[]]
    # R3: where async receivers are refused, the sync ones have run before.
    called = [is_async for is_async in RECEIVERS[receivers] if not (error and is_async)]
    calls = way.dispatches * caller.times
    return [
        [_answers(caller, way, history, is_async=is_async, atomic=atomic) for is_async in called] * calls
        for history in (HISTORIES if caller.in_pool else [History()])
    ]


def _answers(caller: Caller, way: Way, history: History, *, is_async: bool, atomic: bool) -> Answers:
    sender = _sender_thread(caller, way, history)
    receiver = _receiver_thread(caller, way, history, is_async=is_async)
    has_connection = _has_connection(caller, way, history, sender, atomic=atomic)
    in_transaction = has_connection and (atomic or way.own_transaction)
    return Answers(
        is_async=is_async,
        caller_waited=caller.waits,
        same_thread_as_sender=receiver == sender,
        same_thread_as_caller=receiver == caller.thread,
        # R2: a sync receiver has the connection of the send; R6: an async one never has.
        same_connection=not is_async if has_connection else None,
        same_transaction=not is_async if in_transaction else None,
        event_loop_free=_event_loop_free(caller, way, receiver, is_async=is_async),
        contextvar_visible=caller.hands_on_context,  # R7
        threadlocal_visible=receiver == caller.thread,  # R7
    )


def _loop(caller: Caller, history: History) -> str:
    """R3: the loop that the thread of the call works for, else a new one. A new thread works for none."""
    works_for_a_loop = history.marked if caller.in_pool else caller.calls_in != "started"
    return "loop" if works_for_a_loop else "new loop"


def _sender_thread(caller: Caller, way: Way, history: History) -> str:
    """R1."""
    if way.method in {"asend", "asend_robust"}:
        return _loop(caller, history)
    if way.hop == "pool":
        return "pool"
    return caller.sensitive_thread if way.hop == "sensitive" else caller.calling_thread


def _receiver_thread(caller: Caller, way: Way, history: History, *, is_async: bool) -> str:
    """R2, R3 and R3b: async receivers are on some loop, which never runs on the thread of a `send()`."""
    if is_async:
        return _loop(caller, history)
    if way.method in {"asend", "asend_robust"}:
        return caller.sensitive_thread
    return _sender_thread(caller, way, history)


def _has_connection(caller: Caller, way: Way, history: History, sender: str, *, atomic: bool) -> bool:
    """Whether the thread of the dispatch has a connection open: none has been asked for on a loop."""
    if "loop" in sender:
        return False
    # Sending a signal of one's own opens none.
    return way.database or atomic or (caller.has_connection and sender == "caller") or history.connected


def _event_loop_free(caller: Caller, way: Way, receiver_thread: str, *, is_async: bool) -> bool | None:
    """R8; None where no event loop runs in the process."""
    if not (caller.in_server or caller.on_loop or way.is_async or is_async):
        return None
    return is_async or "loop" not in receiver_thread
