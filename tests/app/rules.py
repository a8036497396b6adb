"""Where a receiver must run, derived from the rules of Django and asgiref alone.

What is measured is compared with this, so nothing here may come from a measurement, and nothing from the laboratory.
Threads are told apart by what they are for: "caller", the thread of a sync caller; "loop", that of an event loop;
"worker", the thread-sensitive thread where no caller's thread waits; "pool", any thread of a pool.
"""

from typing import NamedTuple


class Caller(NamedTuple):
    on_loop: bool
    in_server: bool = True  #: in a process whose event loop runs all the time

    @property
    def thread(self) -> str:
        return "loop" if self.on_loop else "caller"

    @property
    def sensitive_thread(self) -> str:
        """Where `sync_to_async` runs: the thread that waits in `async_to_sync` above, else a worker."""
        return "worker" if self.on_loop else "caller"


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
    "sync-view": Caller(on_loop=False),
    "async-view": Caller(on_loop=True),
    "async-consumer": Caller(on_loop=True),
    "sync-consumer": Caller(on_loop=False),
    "command": Caller(on_loop=False, in_server=False),
}
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


def expected_error(caller: Caller, way: Way, receivers: str, *, atomic: bool) -> str | None:
    """The type of what Django raises; None where the combination works."""
    if not caller.on_loop:
        return None
    if atomic and not way.atomic_after_hop:
        return "SynchronousOnlyOperation"  # transaction.atomic() itself asks for the database
    if way.database and not way.is_async:
        return "SynchronousOnlyOperation"
    if way.method in {"send", "send_robust"} and not way.is_async and receivers != "sync":
        return "RuntimeError"  # R3: async_to_sync on a thread with a running loop
    return None


def expected_answers(caller: Caller, way: Way, receivers: str, *, atomic: bool) -> list[Answers]:
    """The answers for each receiver call; sync receivers before async ones."""
    error = expected_error(caller, way, receivers, atomic=atomic)
    if way.method is None or error == "SynchronousOnlyOperation":
        return []
    # R3: where async receivers are refused, the sync ones have run before.
    called = [is_async for is_async in RECEIVERS[receivers] if not (error and is_async)]
    return [_answers(caller, way, is_async=is_async, atomic=atomic) for is_async in called] * way.dispatches


def _answers(caller: Caller, way: Way, *, is_async: bool, atomic: bool) -> Answers:
    sender, receiver = _sender_thread(caller, way), _receiver_thread(caller, way, is_async=is_async)
    in_transaction = _has_connection(caller, way, atomic=atomic) and (atomic or way.own_transaction)
    return Answers(
        is_async=is_async,
        caller_waited=True,
        same_thread_as_sender=receiver == sender,
        same_thread_as_caller=receiver == caller.thread,
        # R2: a sync receiver has the connection of the send; R6: an async one never has.
        same_connection=not is_async if _has_connection(caller, way, atomic=atomic) else None,
        same_transaction=not is_async if in_transaction else None,
        event_loop_free=_event_loop_free(caller, way, receiver, is_async=is_async),
        contextvar_visible=True,  # R7
        threadlocal_visible=receiver == caller.thread,  # R7
    )


def _sender_thread(caller: Caller, way: Way) -> str:
    """R1."""
    if way.method in {"asend", "asend_robust"}:
        return "loop"
    if way.hop == "pool":
        return "pool"
    return caller.sensitive_thread if way.hop == "sensitive" else caller.thread


def _receiver_thread(caller: Caller, way: Way, *, is_async: bool) -> str:
    """R2, R3 and R3b: async receivers are on some loop, which never runs on the thread of a `send()`."""
    if is_async:
        return "loop"
    return caller.sensitive_thread if way.method in {"asend", "asend_robust"} else _sender_thread(caller, way)


def _has_connection(caller: Caller, way: Way, *, atomic: bool) -> bool:
    """Whether the thread of the dispatch has a connection open: none has been asked for on a loop."""
    if way.method in {"asend", "asend_robust"}:
        return False
    # Sending a signal of one's own opens none; a command has looked for its tables before, in the same thread.
    return way.database or atomic or not caller.in_server


def _event_loop_free(caller: Caller, way: Way, receiver_thread: str, *, is_async: bool) -> bool | None:
    """R8; None where no event loop runs in the process."""
    if not (caller.in_server or way.is_async or is_async):
        return None
    return is_async or receiver_thread != "loop"
