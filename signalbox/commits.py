"""The hook in Django's ``on_commit()``: which connection a receiver asked, and whether a transaction was open on it."""

import functools
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from signalbox.connections import describe_connection
from signalbox.faults import give_up
from signalbox.names import function_of
from signalbox.spans import Span, current, note


def hooks() -> dict[type, dict[str, Any]]:
    """What to put into ``BaseDatabaseWrapper``."""
    return {BaseDatabaseWrapper: {"on_commit": _hook_on_commit(BaseDatabaseWrapper.on_commit)}}


def _hook_on_commit(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def on_commit(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        # Outside of a transaction Django calls the function before it returns, and by then much may have changed.
        asked = _asked(self, args[0] if args else kwargs.get("func"))
        result = original(self, *args, **kwargs)
        if asked is not None:
            _note(*asked)
        return result

    return on_commit


def _asked(wrapper: Any, function: Any) -> tuple[Span, dict[str, Any]] | None:
    """The span of the receiver that asks, or of the hop below it, and what it asks of which connection."""
    span = current.get()
    if not isinstance(span, Span) or span.tree is None or span.kind not in {"receiver", "hop"}:
        return None
    try:
        connection = describe_connection(wrapper.alias, wrapper)
        return span, {
            "function": function_of(function).name,
            "alias": wrapper.alias,
            "serial": None if connection is None else connection.serial,
            "at_once": not wrapper.in_atomic_block,
        }
    except Exception as fault:
        give_up(fault)
        return None


def _note(span: Span, asked: dict[str, Any]) -> None:
    try:
        note(span, "on_commit", [*(span.attributes or {}).get("on_commit", ()), asked])
    except Exception as fault:
        give_up(fault)
