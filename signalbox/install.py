"""Putting the probe in and taking it out: an idempotent pair, for any time and any thread."""

import threading
from typing import Any

from signalbox import commits, dispatch, hops, tasks
from signalbox.faults import forgive, on_fault
from signalbox.options import read_options
from signalbox.spans import heartbeats

_lock = threading.Lock()
#: What stood in the classes before: ``(class, name, attribute)``. Empty while the probe is not installed.
_originals: list[tuple[type, str, Any]] = []


def install() -> None:
    """Hook Django, asgiref and asyncio, each as a module of the probe says, and let event loops have heartbeats.

    When that is done already, only the options are read again (``signalbox.options``). Needs no settings. Raises
    ImproperlyConfigured, having done nothing, where one has a value that is none.
    """
    options = read_options()
    with _lock:
        heartbeats.start(options.late_ns)
        if _originals:
            return
        forgive()
        for owner, hooks in {**dispatch.hooks(), **hops.hooks(), **commits.hooks(), **tasks.hooks()}.items():
            for name, hook in hooks.items():
                _originals.append((owner, name, owner.__dict__[name]))
                setattr(owner, name, hook)


def uninstall() -> None:
    """Put all back as it was; does nothing when not installed. What is under way ends as it began."""
    with _lock:
        heartbeats.stop()
        for owner, name, original in _originals:
            setattr(owner, name, original)
        _originals.clear()


def installed() -> bool:
    """Whether the probe is in."""
    return bool(_originals)


on_fault(uninstall)
