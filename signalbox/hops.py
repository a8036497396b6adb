"""The hooks in asgiref: every crossing by ``sync_to_async`` or ``async_to_sync``, from which thread to which, and how.

asgiref decides which thread and which loop; the hop writes down where the work arrived. To see it arrive, the call is
made on a copy of the ``SyncToAsync`` or ``AsyncToSync`` object, in which the part that runs there notes the thread
before it goes on. The crossing of a subclass of ``AsyncToSync`` is recorded without its arrival.
"""

import asyncio
import functools
import os
import time
from collections.abc import Callable, Coroutine
from threading import get_ident
from types import CoroutineType
from typing import Any, Literal

from asgiref.sync import AsyncToSync, SyncToAsync

from signalbox.connections import Connection, open_connections
from signalbox.coroutines import leave, recorded
from signalbox.faults import give_up
from signalbox.names import Function, function_of
from signalbox.spans import Span, buffer, current, new_span
from signalbox.switch import switch
from signalbox.threads import Thread, current_thread

Direction = Literal["sync_to_async", "async_to_sync"]
#: Where the work went: see docs/architecture.md, "Hops".
Executor = Literal[
    "current-thread",
    "request-context",
    "process-single-thread",
    "loop-default-pool",
    "given-executor",
    "main-loop",
    "new-loop",
]
#: Whose threads go on after the work has left, with what it left there. The other threads are somebody's to clean up.
POOLS: frozenset[Executor | None] = frozenset({"loop-default-pool", "given-executor"})


class Hop:
    """What names a hop, and where its work arrived; the fields after ``executor`` are filled in as it happens."""

    __slots__ = ("_found_open", "arrived_ns", "direction", "executor", "function", "left_ns", "left_open", "to_thread")

    def __init__(self, direction: Direction, function: Function, executor: Executor | None) -> None:
        self.direction = direction
        self.function = function
        self.executor = executor
        self.to_thread: Thread | None = None
        self.arrived_ns: int | None = None
        self.left_ns: int | None = None
        #: connections that the work has opened in a pool's thread and left open there
        self.left_open: list[Connection] = []
        self._found_open: set[int] = set()

    def arrive(self) -> None:
        try:
            self.to_thread = current_thread()
            if self.executor in POOLS:
                self._found_open = {connection.serial for connection in open_connections()}
        except Exception as fault:
            give_up(fault)
        self.arrived_ns = time.monotonic_ns()

    def leave(self) -> None:
        self.left_ns = time.monotonic_ns()
        try:
            if self.executor in POOLS:
                opened = (each for each in open_connections() if each.serial not in self._found_open)
                self.left_open = list(opened)
        except Exception as fault:
            give_up(fault)


def hooks() -> dict[type, dict[str, Any]]:
    """What to put into the classes of asgiref."""
    return {
        SyncToAsync: {"__call__": _hook_sync_to_async(SyncToAsync.__call__)},
        AsyncToSync: {"__call__": _hook_async_to_sync(AsyncToSync.__call__)},
    }


def _hook_sync_to_async(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    async def __call__(self: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 (the name that it replaces)
        begun = _begin_sync_to_async(self)
        if begun is None:
            return await original(self, *args, **kwargs)
        span, observed = begun
        return await recorded(original(observed, *args, **kwargs), span)

    return __call__


def _hook_async_to_sync(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def __call__(self: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 (the name that it replaces)
        begun = _begin_async_to_sync(self)
        if begun is None:
            return original(self, *args, **kwargs)
        span, observed = begun
        token = current.set(span)
        try:
            result = original(observed, *args, **kwargs)
        except BaseException as error:
            leave(span, token, error)
            raise
        leave(span, token)
        return result

    return __call__


def _parent() -> Span | None:
    """The span that a hop is recorded inside of: by itself a hop explains nothing, so outside of one it is not."""
    parent = current.get()
    return parent if type(parent) is Span and not (switch.paused or parent.root.dropped) else None


def _begin_sync_to_async(crossing: Any) -> tuple[Span, Any] | None:
    """The span, and the object to call; None where nothing is recorded."""
    parent = _parent()
    if parent is None:
        return None
    try:
        hop = Hop("sync_to_async", function_of(crossing.func), _executor(crossing))
        # Bound to the object itself: what a subclass writes to `self` in its thread_handler() must stay.
        arrive = functools.partial(_arrive_and_call, hop, crossing.thread_handler)
        observed = _copy_with(crossing, "thread_handler", arrive)
        span = new_span("hop", hop, parent, is_async=True)
        span.dispatch = parent.dispatch
        return (span, observed) if buffer().put(span) else None
    except Exception as fault:
        give_up(fault)
        return None


def _begin_async_to_sync(crossing: Any) -> tuple[Span, Any] | None:
    """The span, and the object to call; None where nothing is recorded."""
    parent = _parent()
    if parent is None:
        return None
    try:
        hop = Hop("async_to_sync", function_of(crossing.awaitable), None)
        observed = crossing
        if type(crossing) is AsyncToSync:  # a subclass may write to `self` in its main_wrap(), so it is not copied
            arrive = functools.partial(_arrive_and_await, hop, _main_loop(), crossing.awaitable)
            observed = _copy_with(crossing, "awaitable", arrive)
        span = new_span("hop", hop, parent, is_async=False)
        span.dispatch = parent.dispatch
        return (span, observed) if buffer().put(span) else None
    except Exception as fault:
        give_up(fault)
        return None


def _copy_with(crossing: Any, name: str, replacement: Callable[..., Any]) -> Any:
    """A copy of the object for this one call, in which one method or function has been replaced.

    Not by ``copy.copy()``, which leaves ``__slotnames__`` behind in the class.
    """
    observed = object.__new__(type(crossing))
    observed.__dict__ = {**crossing.__dict__, name: replacement}
    return observed


def _arrive_and_call(hop: Hop, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    hop.arrive()
    try:
        return function(*args, **kwargs)
    finally:
        hop.leave()


def _arrive_and_await(hop: Hop, main_loop: Any, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    awaitable = function(*args, **kwargs)
    return _awaited(hop, main_loop, awaitable) if isinstance(awaitable, CoroutineType) else awaitable


async def _awaited(hop: Hop, main_loop: Any, coroutine: Coroutine[Any, Any, Any]) -> Any:
    hop.executor = "main-loop" if asyncio._get_running_loop() is main_loop else "new-loop"
    hop.arrive()
    try:
        return await coroutine
    finally:
        hop.leave()


def _executor(crossing: SyncToAsync[Any, Any]) -> Executor:
    """Which thread asgiref is about to choose: it asks in this order (``SyncToAsync.__call__``)."""
    if not crossing._thread_sensitive:
        return "given-executor" if crossing._executor is not None else "loop-default-pool"
    if _executor_above():
        return "current-thread"
    if SyncToAsync.thread_sensitive_context.get(None):
        return "request-context"
    if asyncio._get_running_loop() in AsyncToSync.loop_thread_executors:
        return "current-thread"
    return "process-single-thread"


def _executor_above() -> Any:
    """``getattr(AsyncToSync.executors, "current", None)``, at a tenth of the cost.

    An ``asgiref.local.Local`` raises and catches two exceptions where there is none, holding its lock.
    """
    storage = AsyncToSync.executors._storage._data.get(None)
    return None if storage is None or storage.thread_id != get_ident() else storage.data.get("current")


def _main_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that asgiref has marked this thread with, if the mark is of this process (``AsyncToSync.__call__``)."""
    if getattr(SyncToAsync.threadlocal, "main_event_loop_pid", None) != os.getpid():
        return None
    loop: asyncio.AbstractEventLoop | None = getattr(SyncToAsync.threadlocal, "main_event_loop", None)
    return loop
