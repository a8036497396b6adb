"""The database connection that is open where a span begins, read without making, opening or changing one."""

import asyncio
import threading
from typing import Any, NamedTuple

from django.db import connections

from signalbox.serials import Serials


class Connection(NamedTuple):
    """An open connection: its alias, its serial, and how many ``atomic()`` blocks are open on it."""

    alias: str
    serial: int
    atomic_depth: int


_serials = Serials()


def open_connection(alias: str) -> Connection | None:
    """The connection that ``django.db.connections[alias]`` holds here, or ``None`` when none is open."""
    wrapper = _wrapper(alias)
    if wrapper is None or wrapper.connection is None:
        return None
    return Connection(alias, _serials.of(wrapper), len(wrapper.atomic_blocks))


def connection_opened(wrapper: Any) -> None:
    """A wrapper that connects again stands for a new connection, so it gets a new serial."""
    if wrapper is not None:
        _serials.renew(wrapper)


def _wrapper(alias: str) -> Any:
    """The ``DatabaseWrapper`` of this thread, or of this context on an event loop, if there is one already.

    ``connections`` keeps its wrappers in ``asgiref.local.Local(thread_critical=True)``: in a ``threading.local``, and
    where an event loop is running in a context variable inside it. ``connections[alias]`` would make one, and a
    ``getattr`` on the ``Local`` would make its context variable, so both are read from below.
    """
    storage: threading.local = connections._connections._storage  # type: ignore[attr-defined]
    if asyncio._get_running_loop() is None:
        return storage.__dict__.get(alias)
    variable = storage.__dict__.get("cvar")
    return None if variable is None else variable._storage().data.get(alias)
