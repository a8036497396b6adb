"""The probe, installed and recording, with somebody who drains it: as in a program that is being watched."""

import collections
import contextlib
import logging
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]
DRAIN_EVERY_S = 0.05
MOST_PROBLEMS = 20


class Probe(logging.Handler):
    """Installed on construction. ``finish()`` takes it out and notes what was wrong, if anything was.

    With ``callers`` each test is a caller: only what is inside a span gets spans for its hops.
    """

    def __init__(self, *, callers: bool) -> None:
        super().__init__()
        self.spans: collections.Counter[str] = collections.Counter()
        self.problems: list[str] = []
        self._callers = callers
        self._box = _import_signalbox()
        logging.getLogger("signalbox").addHandler(self)
        self._before = _hooked_classes()
        self._over = threading.Event()
        self._box.install()
        self._drainer = threading.Thread(target=self._keep_draining, name="drainer", daemon=True)
        self._drainer.start()

    def around(self, test: str) -> contextlib.AbstractContextManager[Any]:
        """What a test is to be run in."""
        return self._box.caller(test) if self._callers else contextlib.nullcontext()

    def emit(self, record: logging.LogRecord) -> None:
        """The probe logs nothing but its own failure."""
        self._note(self.format(record))

    def finish(self) -> None:
        self._over.set()
        self._drainer.join()
        self._drain()
        if not self._box.installed():
            self._note("the probe has removed itself")
        self._check_that_it_records()
        self._box.uninstall()
        for owner, before in self._before.items():
            after = vars(owner)
            if other := [name for name in {**before, **after} if before.get(name) is not after.get(name)]:
                self._note(f"uninstall() has left {owner.__name__} with other attributes: {', '.join(other)}")
        if dropped := self._box.buffer().statistics().dropped:
            self._note(f"the buffer was full, and {dropped} dispatch trees were dropped")

    def _keep_draining(self) -> None:
        while not self._over.wait(DRAIN_EVERY_S):
            self._drain()

    def _drain(self) -> None:
        """Also make the documents: names and source lines are looked up in the program that is being watched."""
        for span in self._box.buffer().drain():
            try:
                self.spans[self._box.span_document(span).kind] += 1
            except Exception:
                self._note(f"a span has no document: {traceback.format_exc()}")

    def _check_that_it_records(self) -> None:
        """One dispatch after the last test: is it recorded, with nothing that the tests' dispatches left above it?"""
        from django.dispatch import Signal

        signal = Signal()

        def receiver(**named: Any) -> None:
            pass

        signal.connect(receiver)
        signal.send(None)
        found = [(span.kind, span.parent is None) for span in self._box.buffer().drain()]
        if found != [("dispatch", True), ("receiver", False)]:
            self._note(f"a dispatch after the last test was recorded as {found}")

    def _note(self, problem: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def _import_signalbox() -> Any:
    """From the repository, whose other packages stay out of the watched program's import path."""
    sys.path.append(str(REPOSITORY))
    try:
        import signalbox
    finally:
        sys.path.remove(str(REPOSITORY))
    return signalbox


def _hooked_classes() -> dict[type, dict[str, Any]]:
    """The classes that a probe of signals and hops can have its hooks in, with all that is in them now."""
    from asgiref.sync import AsyncToSync, SyncToAsync
    from django.dispatch import Signal

    return {owner: dict(vars(owner)) for owner in (Signal, AsyncToSync, SyncToAsync)}
