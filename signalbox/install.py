"""Putting the probe in and taking it out: an idempotent pair, for any time and any thread."""

import threading
from typing import Any

from signalbox import dispatch, hops
from signalbox.faults import forgive, on_fault

_lock = threading.Lock()
#: What stood in the classes before: ``(class, name, attribute)``. Empty while the probe is not installed.
_originals: list[tuple[type, str, Any]] = []


def install() -> None:
    """Hook Django's ``Signal`` and asgiref's crossings; does nothing when they are. Needs no settings."""
    with _lock:
        if _originals:
            return
        forgive()
        for owner, hooks in {**dispatch.hooks(), **hops.hooks()}.items():
            for name, hook in hooks.items():
                _originals.append((owner, name, owner.__dict__[name]))
                setattr(owner, name, hook)


def uninstall() -> None:
    """Put Django and asgiref back as they were; does nothing when not installed. What is under way ends as it began."""
    with _lock:
        for owner, name, original in _originals:
            setattr(owner, name, original)
        _originals.clear()


def installed() -> bool:
    """Whether the probe is in."""
    return bool(_originals)


on_fault(uninstall)
