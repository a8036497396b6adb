"""The stream of one server process: batches are numbered, kept in the journal, and go to the channel layer."""

import asyncio
import os
import threading
import time
from typing import Any

from channels.layers import BaseChannelLayer, get_channel_layer
from django.core.exceptions import ImproperlyConfigured

from app.live.batches import Batch
from app.live.frames import PROTOCOL, BatchFrame, Clock, HelloFrame, ProcessDocument, encode
from app.live.journal import Journal
from signalbox.documents import ThreadDocument, thread_document
from signalbox.spans import Span
from signalbox.threads import current_thread

#: The group on the channel layer that every server process's hub is in.
GROUP = "signalbox.live"
#: Threads, beside the server's own, and commands that a page is told of when it connects: an older one comes with its
#: batch.
MOST_THREADS = 200
MOST_COMMANDS = 20


class Stream:
    """Numbers, encodes once, keeps, and publishes. Batches come in from the pump's thread and from commands' output."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.loop: asyncio.AbstractEventLoop | None = None
        self._loop_thread: list[ThreadDocument] = []
        self._sequence = 0
        self._lock = threading.Lock()
        self._threads: dict[tuple[int, int], ThreadDocument] = {}
        self._commands: dict[int, ProcessDocument] = {}

    def serve_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Learn the server's loop, in its own thread, which every page is told of: it has the first lane."""
        self.loop = loop
        thread = current_thread()
        thread.event_loop = True
        self._loop_thread = [thread_document(thread)]

    def observe(self, spans: list[Span], batch: Batch) -> None:
        """Publish what the pump saw."""
        if batch:
            self.publish(batch)

    def publish(self, batch: Batch) -> None:
        """Number the batch and send it on; it is in the journal when this returns."""
        with self._lock:
            self._remember(batch)
            for part in batch.in_frames():
                self._sequence += 1
                frame = encode(
                    BatchFrame(self._sequence, part.process, part.threads, part.begun, part.ended, part.pauses)
                )
                self.journal.append(self._sequence, frame)
                self._send(self._sequence, frame)

    def hello(self, environment: dict[str, str]) -> HelloFrame:
        """The first frame for a page: who speaks, what time it is, what is there to be had."""
        with self._lock:
            processes = [ProcessDocument(os.getpid(), "server"), *self._commands.values()]
            threads = [*self._loop_thread, *self._threads.values()]
        clock = Clock(time.monotonic_ns(), time.time_ns())
        journal = self.journal
        return HelloFrame(PROTOCOL, os.getpid(), environment, clock, processes, threads, journal.oldest, journal.newest)

    def _remember(self, batch: Batch) -> None:
        if batch.process != os.getpid():
            self._commands[batch.process] = ProcessDocument(batch.process, "command")
            _keep_newest(self._commands, MOST_COMMANDS)
        for thread in batch.threads:
            self._threads[thread.process, thread.key] = thread
        _keep_newest(self._threads, MOST_THREADS)

    def _send(self, sequence: int, frame: str) -> None:
        """Hand the frame to the channel layer, which lives on the server's loop; without a server nobody listens."""
        if self.loop is None or self.loop.is_closed():
            return
        message = {"type": "live.batch", "sequence": sequence, "frame": frame}
        asyncio.run_coroutine_threadsafe(channel_layer().group_send(GROUP, message), self.loop)


def channel_layer() -> BaseChannelLayer:
    """The default channel layer, which the laboratory cannot do without."""
    layer = get_channel_layer()
    if layer is None:
        raise ImproperlyConfigured("Expected a channel layer named default in CHANNEL_LAYERS; there is none.")
    return layer


def _keep_newest(known: dict[Any, Any], most: int) -> None:
    for key in list(known)[: max(len(known) - most, 0)]:
        del known[key]
