"""What callers, ways and receivers are, as far as the rules ask for it.

Threads are told apart by what they are for: "caller", the thread of a sync caller; "loop", that of the event loop that
the call is on or its thread works for; "new loop", that of a loop made for one call; "started", one that the caller
started; "worker", the thread-sensitive thread of a call on a loop: the request's, the process's, or the one that waits
in `async_to_sync` above, as the server's does under WSGI; "pool", any thread of a pool.
"""

from typing import NamedTuple


class Caller(NamedTuple):
    thread: str
    entry: str = "request"  #: or "websocket", or "command": how the program comes to it
    calls_in: str | None = None  #: the thread in which it calls the way, where that is not its own
    waits_above: str | None = None  #: the thread that waits in `async_to_sync` above it, whatever the server
    times: int = 1  #: how often it calls the way, at once
    waits: bool = True
    hears_of_errors: bool = True  #: what its call raises reaches it, as it does wherever nobody keeps it
    hands_on_context: bool = True
    has_connection: bool = False  #: its thread has used the database before
    in_pool: bool = False  #: what the thread of the call has done before is not known
    handed_over: bool = False  #: Django hands it to its thread from a loop under any server
    django: tuple[int, int] = (5, 2)  #: the first version that has it

    @property
    def in_server(self) -> bool:
        return self.entry != "command"

    @property
    def calling_thread(self) -> str:
        return self.calls_in or self.thread

    @property
    def on_loop(self) -> bool:
        """Whether the way is called on an event loop."""
        return self.calling_thread == "loop"

    @property
    def has_loop(self) -> bool:
        """Whether there is an event loop because of it, whatever the server."""
        return self.on_loop or self.thread == "loop" or self.handed_over

    @property
    def sensitive_thread(self) -> str:
        """R0: the thread that waits in `async_to_sync` above, else a worker."""
        return self.waits_above or ("worker" if self.on_loop else self.calling_thread)


class Way(NamedTuple):
    method: str | None  #: the send method that it comes to; None: it sends nothing
    hop: str | None = None  #: the thread that an async way hands its save to: "sensitive" or "pool"
    database: bool = True
    own_transaction: bool = False  #: Django itself opens one around the send
    atomic_after_hop: bool = False  #: a transaction that is asked for is opened in the thread that saves
    dispatches: int = 1
    siblings: bool = False  #: two async receivers: one fails at once, the other has not finished by then

    @property
    def asends(self) -> bool:
        return self.method in {"asend", "asend_robust"}

    @property
    def is_async(self) -> bool:
        return self.hop is not None or self.asends


CALLERS = {
    "sync-view": Caller("caller"),
    "async-view": Caller("loop"),
    "async-view-task": Caller("loop"),
    "async-view-to-thread": Caller("loop", calls_in="started", in_pool=True),
    "async-view-gather": Caller("loop", times=3),
    # Before Python 3.14 at the earliest, a thread begins with an empty context; and what it raises ends it alone.
    "sync-view-thread": Caller(
        "caller", calls_in="started", waits=False, hears_of_errors=False, hands_on_context=False
    ),
    "sync-view-on-commit": Caller("caller", has_connection=True),
    "streaming-view": Caller("loop"),
    "async-middleware-sync-view": Caller("caller", handed_over=True),
    "sync-middleware-async-view": Caller("loop", waits_above="worker"),
    "async-consumer": Caller("loop", "websocket"),
    "sync-consumer": Caller("caller", "websocket"),
    # A command has looked for its tables before, in its main thread.
    "command": Caller("caller", "command", has_connection=True),
    "command-async": Caller("caller", "command", calls_in="loop", waits_above="caller", has_connection=True),
    # What a task raises is its result.
    "background-task": Caller("caller", hears_of_errors=False, django=(6, 0)),
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
#: Beside the grid: asked once for each caller.
BESIDE = {"asend_siblings": Way("asend", database=False, siblings=True)}
RECEIVERS = {"sync": (False,), "async": (True,), "both": (False, True)}
