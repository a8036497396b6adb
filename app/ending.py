"""How the laboratory's own server ends: soon, whatever its threads are doing, and saying what it has broken off."""

import logging
import os
import signal
import sys
import threading
from typing import Any

from daphne.server import Server

from app.live.laboratory import laboratory
from app.runs import store
from app.tether import PATIENCE_S

logger = logging.getLogger(__name__)


class EndingServer(Server):
    """Daphne, which has ended two seconds after it was told to.

    By itself it waits for every thread that is at work, as a thread can't be cancelled; and one of them that comes to
    `async_to_sync` when the loop has stopped waits there for ever, and the interpreter for it.
    """

    broken_off = 0

    def run(self) -> None:
        super().run()  # type: ignore[no-untyped-call]
        if self.broken_off:  # their threads are at work, and are not waited for
            store.finish_storing()
            _end()

    def kill_all_applications(self) -> Any:
        """What Daphne does before it stops its loop: cancel all that is under way, and wait for it."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)  # told so again, it ends at once
        deadline = threading.Timer(PATIENCE_S, _end)
        deadline.daemon = True  # what ends by itself does not wait for it
        deadline.start()
        self.broken_off = laboratory().break_off()
        if self.broken_off:
            counted = f"counted by their callers: {self.broken_off}"
            logger.warning("The server ends. Experiments under way, %s; they are broken off and not stored.", counted)
        return super().kill_all_applications()  # type: ignore[no-untyped-call]


def _end() -> None:
    if lost := store.waiting():
        logger.warning("Runs that were over, and had to wait too long for the database to be stored: %s.", lost)
    sys.stdout.flush()
    os._exit(0)
