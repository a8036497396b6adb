"""What happens when the probe itself fails: it leaves, and the watched program goes on as if it had never been."""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger("signalbox")

_removals: list[Callable[[], None]] = []
_lock = threading.Lock()
_given_up = threading.Event()


def on_fault(remove: Callable[[], None]) -> None:
    """Have ``remove`` called when the probe gives up: it takes hooks out."""
    _removals.append(remove)


def give_up(fault: Exception) -> None:
    """Take the probe out, and log why: once, however many threads meet the same fault before it is gone."""
    with _lock:
        first = not _given_up.is_set()
        _given_up.set()
    for remove in _removals:
        remove()
    if first:
        logger.error("Signalbox failed and has removed itself: %s", fault, exc_info=fault)


def faulty() -> bool:
    """Whether the probe has given up: calls that it still stands before go on without it."""
    return _given_up.is_set()


def forgive() -> None:
    """Forget an earlier fault: the probe has been installed again, and what happens now is news."""
    _given_up.clear()
