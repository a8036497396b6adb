"""The catalogue: callers, ways, receivers, which combinations Django accepts, and the source text of each."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings

from app import receivers as handlers
from app.callers.registry import CALLERS, Caller
from app.experiments import LARGEST_BODY, LARGEST_FRAME, LONGEST_DELAY_MS, MOST_AT_ONCE
from app.ways import BESIDE, CLAIMED, WAYS, Way
from signalbox.names import readable_path

_RECEIVERS = {
    "sync": "a function",
    "async": "a coroutine function",
    "both": "one of each",
}
_HANDLERS = (
    (handlers.my_signal_handler, "post_save"),
    (handlers.my_async_signal_handler, "post_save"),
    (handlers.on_delete, "post_delete"),
    (handlers.on_delete_async, "post_delete"),
    (handlers.on_things_changed, "m2m_changed"),
    (handlers.on_things_changed_async, "m2m_changed"),
    (handlers.on_thread_asked, "thread_asked"),
    (handlers.on_thread_asked_async, "thread_asked"),
)


def catalogue() -> dict[str, Any]:
    """The document of `GET /api/experiments/`."""
    return {
        "callers": [
            {
                **_described(caller),
                "transport": caller.transport,
                "url": caller.url,
                "concurrency": caller.most_at_once,
            }
            for caller in CALLERS.values()
        ],
        "ways": [_described(way) for way in WAYS.values()],
        "beside": [_described(way) for way in (BESIDE | CLAIMED).values()],
        "receivers": [{"slug": slug, "title": slug, "summary": text} for slug, text in _RECEIVERS.items()],
        "handlers": [
            {
                "name": f"{handler.__module__}.{handler.__qualname__}",
                "is_async": inspect.iscoroutinefunction(handler),
                "signal": signal,
                "source": source_of(handler),
            }
            for handler, signal in _HANDLERS
        ],
        "combinations": list(_combinations()),
        "limits": {
            "delay_ms": LONGEST_DELAY_MS,
            "experiments": MOST_AT_ONCE,
            "concurrency": MOST_AT_ONCE,
            "body_bytes": LARGEST_BODY,
            "frame_bytes": LARGEST_FRAME,
        },
    }


def refusal(caller: Caller, way: Way, receivers: str, *, atomic: bool) -> str | None:
    """Why Django refuses the combination, in one sentence; None when it works."""
    if caller.missing is not None:
        return caller.missing
    if not caller.on_loop:
        return None
    if way.uses_database and not way.is_async:
        return "Django refuses the database on an event loop: SynchronousOnlyOperation."
    if way.sends and not way.is_async and receivers != "sync":
        return f"{way.title} cannot run async receivers on an event loop: async_to_sync refuses."
    if atomic and not way.opens_transaction:
        return "transaction.atomic() is refused on an event loop: SynchronousOnlyOperation."
    return None


def source_of(function: Callable[..., Any], above: Callable[..., Any] | None = None) -> dict[str, Any] | None:
    """File, first line and text of a function, decorators included; None where source text is switched off.

    With a function that stands above it in the same file, the text from there on.
    """
    if not settings.SHOW_SOURCE:
        return None
    function = inspect.unwrap(function)
    lines, first = inspect.getsourcelines(function)
    if above is not None:
        end = first - 1 + len(lines)
        _, first = inspect.getsourcelines(above)
        lines = inspect.findsource(function)[0][first - 1 : end]
    text = inspect.cleandoc("".join(lines)) if lines[0].startswith(" ") else "".join(lines).rstrip()
    return {"file": readable_path(inspect.getsourcefile(function) or ""), "line": first, "text": text}


def _described(entry: Caller | Way) -> dict[str, Any]:
    return {
        "slug": entry.slug,
        "title": entry.title,
        "summary": entry.summary,
        "is_async": entry.is_async,
        "source": source_of(entry.function, getattr(entry, "above", None)),
    }


def _combinations() -> Iterator[dict[str, Any]]:
    for caller in CALLERS.values():
        for way in WAYS.values():
            for receivers in _RECEIVERS:
                reason = refusal(caller, way, receivers, atomic=False)
                yield {
                    "caller": caller.slug,
                    "way": way.slug,
                    "receivers": receivers,
                    "valid": reason is None,
                    "valid_in_transaction": refusal(caller, way, receivers, atomic=True) is None,
                    "reason": reason,
                }
