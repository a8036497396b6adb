"""The pump: a thread that looks into the probe's buffer every few milliseconds while experiments are under way."""

import logging
import os
import threading
from collections.abc import Callable, Iterable

import signalbox
from app.live.batches import Batch
from signalbox.documents import pause_document, span_document, span_end, thread_document, threads_of
from signalbox.spans import Span
from signalbox.threads import Thread

logger = logging.getLogger(__name__)

#: Time between two looks. A bar appears on a page half of it later, on average, than it could.
INTERVAL_S = 0.01


class Pump:
    """Turns spans into batches. Every look is given to each observer, with the spans that began since the last one.

    It is a thread and not a task, because an experiment may block the event loop, and what happens meanwhile is to be
    taken down all the same. While nobody holds it, it sleeps.
    """

    def __init__(self, observers: Iterable[Callable[[list[Span], Batch], None]]) -> None:
        self._observers = list(observers)
        self._open: dict[int, Span] = {}
        self._announced: dict[int, bool] = {}
        self._holders = 0
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def add_observer(self, observer: Callable[[list[Span], Batch], None]) -> None:
        """Have one more observer see every look, before those that were there."""
        self._observers.insert(0, observer)

    def hold(self) -> None:
        """Look every INTERVAL_S until released."""
        with self._lock:
            self._holders += 1
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="signalbox-pump", daemon=True)
                self._thread.start()
        self._wake.set()

    def release(self) -> None:
        """Undo one ``hold()``."""
        with self._lock:
            self._holders -= 1

    def look_now(self) -> None:
        """Don't wait for the interval to pass."""
        self._wake.set()

    def _run(self) -> None:
        with signalbox.muted():
            while True:
                self._wake.wait(INTERVAL_S if self._is_watching() else None)
                self._wake.clear()
                try:
                    self._look()
                except Exception:
                    # One batch that can't be made must not end the stream for every page.
                    logger.exception("A look into the buffer failed")

    def _is_watching(self) -> bool:
        """An open connection alone is no reason to look again and again: somebody says when it ends."""
        return bool(self._holders) or any(span.kind != "request" for span in self._open.values())

    def _look(self) -> None:
        buffer = signalbox.buffer()
        spans = buffer.drain()
        pauses = buffer.drain_pauses()
        ended = [span for span in self._open.values() if span.is_over]
        for span in ended:
            del self._open[span.id]
        begun = [span_document(span) for span in spans]
        for span, document in zip(spans, begun, strict=True):
            if document.outcome is None:
                self._open[span.id] = span
        threads = [thread for span in [*spans, *ended] for thread in threads_of(span)]
        threads += [pause.thread for pause in pauses]
        batch = Batch(
            process=os.getpid(),
            threads=[thread_document(thread) for thread in self._changed(threads)],
            begun=begun,
            ended=[span_end(span) for span in ended],
            pauses=[pause_document(pause) for pause in pauses],
        )
        for observer in self._observers:
            observer(spans, batch)

    def _changed(self, threads: Iterable[Thread]) -> list[Thread]:
        """The threads that are new, or have come to run an event loop."""
        changed = []
        for thread in threads:
            if self._announced.get(thread.key) != thread.event_loop:
                self._announced[thread.key] = thread.event_loop
                changed.append(thread)
        return changed
