"""The database connection that is open where a span begins, read without making, opening or changing one."""

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import connections

from signalbox.serials import Serials


class Connection(msgspec.Struct, frozen=True, gc=False):
    """An open connection: its alias, its serial, and how many ``atomic()`` blocks are open on it."""

    alias: str
    serial: int
    atomic_depth: int


_serials = Serials()
_NONE: Mapping[str, Any] = {}


def open_connection(alias: str) -> Connection | None:
    """The connection that ``django.db.connections[alias]`` holds here, or ``None`` when none is open."""
    wrapper = connections_of_thread().get(alias)
    return None if wrapper is None else describe_connection(alias, wrapper)


def describe_connection(alias: str, wrapper: Any) -> Connection | None:
    """What is known of a ``DatabaseWrapper``; ``None`` when it is not connected."""
    if wrapper.connection is None:
        return None
    return Connection(alias, _serials.of(wrapper), len(wrapper.atomic_blocks))


def connection_opened(wrapper: Any) -> None:
    """A wrapper that connects again stands for a new connection, so it gets a new serial."""
    if wrapper is not None:
        _serials.renew(wrapper)


def connections_of_thread() -> Mapping[str, Any]:
    """The ``DatabaseWrapper``s by alias that this thread has, or on an event loop this context.

    ``connections`` keeps its wrappers in ``asgiref.local.Local(thread_critical=True)``: in a ``threading.local``, and
    where an event loop is running in a context variable inside it. ``connections[alias]`` would make one, and a
    ``getattr`` on the ``Local`` would make its context variable, so both are read from below.
    """
    storage: dict[str, Any] = connections._connections._storage.__dict__  # type: ignore[attr-defined]
    if asyncio._get_running_loop() is None:
        return storage
    variable = storage.get("cvar")
    held = None if variable is None else variable._data.get(None)
    # What a thread has inherited with a context belongs to the thread that it came from: asgiref ignores it, too.
    if held is None or held.thread_id != threading.get_ident():
        return _NONE
    data: Mapping[str, Any] = held.data
    return data
