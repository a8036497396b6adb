"""The database connection that is open where a span begins, read without making, opening or changing one."""

import threading
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from signalbox.faults import give_up
from signalbox.serials import Serials

if TYPE_CHECKING:
    from signalbox.threads import Thread


class Connection(msgspec.Struct, frozen=True, gc=False):
    """An open connection: its alias, its serial, and how many ``atomic()`` blocks are open on it."""

    alias: str
    serial: int
    atomic_depth: int


class Seen(NamedTuple):
    """What was last seen of a ``DatabaseWrapper`` in some thread, and how many connections had been opened by then."""

    wrapper: Callable[[], Any]  #: a weak reference
    opened: int
    connection: Connection


NOTHING_SEEN = Seen(lambda: None, -1, Connection("default", 0, 0))


class _Opened:
    """Counts the connections that this process has opened: with each of them, what was seen before may have ended."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


opened = _Opened()
_serials = Serials()
_NONE: Mapping[str, Any] = {}


def open_connection(thread: "Thread", alias: str, *, on_loop: bool = False) -> Connection | None:
    """The connection that ``django.db.connections[alias]`` holds here, in ``thread``; ``None`` when none is open.

    ``connections`` keeps its wrappers in ``asgiref.local.Local(thread_critical=True)``: in a ``threading.local``, and
    where an event loop is running in a context variable inside it. ``connections[alias]`` would make one, and a
    ``getattr`` on the ``Local`` would make its context variable, so both are read from below.
    """
    wrapper = (_wrappers_of_context(thread.wrappers) if on_loop else thread.wrappers).get(alias)
    connection = None if wrapper is None else describe_connection(alias, wrapper)
    if connection is not None:
        thread.seen = Seen(weakref.ref(wrapper), opened.count, connection)
    return connection


def open_connections() -> list[Connection]:
    """All connections that are open in this thread, on which no event loop is running."""
    # Where one has run before, the storage holds its context variable beside the wrappers.
    wrappers = ((key, value) for key, value in wrappers_of_thread().items() if isinstance(value, BaseDatabaseWrapper))
    found = (describe_connection(alias, wrapper) for alias, wrapper in wrappers)
    return [connection for connection in found if connection is not None]


def describe_connection(alias: str, wrapper: Any) -> Connection | None:
    """What is known of a ``DatabaseWrapper``; ``None`` when it is not connected."""
    if wrapper.connection is None:
        return None
    return Connection(alias, _serials.of(wrapper), len(wrapper.atomic_blocks))


def connection_opened(wrapper: Any) -> None:
    """A wrapper that connects again stands for a new connection, so it gets a new serial."""
    try:
        if wrapper is not None:
            _serials.renew(wrapper)
            opened.count += 1
    except Exception as fault:
        give_up(fault)


def wrappers_of_thread() -> Mapping[str, Any]:
    """The storage of the calling thread: one and the same dictionary for as long as the thread lives."""
    storage: dict[str, Any] = connections._connections._storage.__dict__  # type: ignore[attr-defined]
    return storage


def _wrappers_of_context(storage: Mapping[str, Any]) -> Mapping[str, Any]:
    """The ``DatabaseWrapper``s by alias of the context in which a coroutine of this thread runs."""
    variable = storage.get("cvar")
    if variable is None:
        return _NONE
    held = variable._data.get(None)
    # What a thread has inherited with a context belongs to the thread that it came from: asgiref ignores it, too.
    if held is None or held.thread_id != threading.get_ident():
        return _NONE
    data: Mapping[str, Any] = held.data
    return data
