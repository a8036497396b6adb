"""Which context variables a receiver has changed, and which of them its caller is left with.

Values are compared by identity: ``Context.__eq__`` would call the ``__eq__`` of what the program keeps in them. What an
``asgiref.local.Local`` keeps is looked into, because asgiref wraps it anew at each crossing between threads.
"""

import contextvars
from operator import is_
from typing import Any

from asgiref.local import _Storage
from asgiref.sync import AsyncToSync, SyncToAsync
from django.db import connections

from signalbox.faults import give_up
from signalbox.spans import Span, calling, current, note

_MISSING: Any = object()
#: What the probe and asgiref set themselves.
_OWN: frozenset[contextvars.ContextVar[Any]] = frozenset(
    {
        current,
        calling,
        SyncToAsync.deadlock_context,
        SyncToAsync.thread_sensitive_context,
        AsyncToSync.executors._storage._data,
    }
)


#: What a receiver has changed so far, with the values that it found; None: nothing.
Changes = dict[contextvars.ContextVar[Any], Any] | None


def compare(before: contextvars.Context, changes: Changes = None) -> Changes:
    """The changes, with those since ``before``, a copy of the context that was made as the receiver began to run."""
    after = contextvars.copy_context()
    # Nearly always nothing has changed, and the same variables come in the same order.
    if len(before) == len(after) and all(map(is_, before.values(), after.values())):
        return changes
    try:
        return _compare(before, after, changes)
    except Exception as fault:
        give_up(fault)
        return None


def _compare(before: contextvars.Context, after: contextvars.Context, changes: Changes) -> Changes:
    changed = {} if changes is None else changes
    for variable in {*before, *after} - _OWN:
        found = before.get(variable, _MISSING)
        if not _same(found, after.get(variable, _MISSING)):
            changed.setdefault(variable, found)
    return changed or None


def write_down(span: Span, changes: Changes) -> None:
    """Write down what differs now from what the receiver found, as it ends."""
    if changes is None:
        return
    try:
        left = _left(changes)
        if left:
            note(span, "contextvars_set", sorted({variable.name for variable in left}))
            if span.dispatch is not None and not span.dispatch.is_over:  # nobody would let go of the values
                subject = span.dispatch.subject
                subject.changed = {**(subject.changed or {}), **left}
    except Exception as fault:
        give_up(fault)


def _left(changes: dict[contextvars.ContextVar[Any], Any]) -> dict[contextvars.ContextVar[Any], Any]:
    connections_here = vars(connections._connections._storage).get("cvar")  # type: ignore[attr-defined]
    ignored = None if connections_here is None else connections_here._data
    return {
        variable: variable.get(_MISSING)
        for variable, found in changes.items()
        if variable is not ignored and not _same(found, variable.get(_MISSING))
    }


def write_down_kept(dispatch: Span) -> None:
    """Write down what its receivers have changed and the caller finds so, in whose context this is called."""
    changed, dispatch.subject.changed = dispatch.subject.changed, None
    if changed is None:
        return
    kept = {variable.name for variable, value in changed.items() if _same(variable.get(_MISSING), value)}
    if kept:
        note(dispatch, "contextvars_kept", sorted(kept))


def _same(one: Any, other: Any) -> bool:
    if type(one) is _Storage and type(other) is _Storage:
        return one.data.keys() == other.data.keys() and all(other.data[key] is one.data[key] for key in one.data)
    return one is other
