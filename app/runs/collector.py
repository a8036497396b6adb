"""Runs under way: which spans belong to each, when the last of them has ended, and what the document says then."""

import asyncio
import concurrent.futures
import datetime
import logging
import time
import uuid
from typing import TYPE_CHECKING

from django.core.signals import request_finished, request_started

import signalbox
from app.experiments import Experiment
from app.live.batches import Batch
from app.runs.admission import Admission
from app.runs.documents import RunDocument
from app.runs.environment import Where, environment
from app.runs.store import store
from app.ways import WAYS
from signalbox.documents import PauseDocument, SpanDocument, span_document, thread_document, threads_of
from signalbox.findings import find
from signalbox.names import Dispatch
from signalbox.recording import Recording
from signalbox.spans import Span, describe_error, heartbeats
from signalbox.threads import Thread, current_thread
from signalbox.verdict import judge

if TYPE_CHECKING:
    from app.live.pump import Pump

logger = logging.getLogger(__name__)

#: How long after its caller a run is watched for receivers that nobody waits for, beside twice their delay.
PATIENCE_S = 3.0


class RunUnderWay:
    """One run from its start to its document, which ``result`` will hold."""

    def __init__(self, experiment: Experiment, where: Where, name: str, source: str) -> None:
        self.id = uuid.uuid4()
        self.experiment = experiment
        self.where: Where = where
        self.started_at = datetime.datetime.now(datetime.UTC)
        self.scope = signalbox.caller(name, run=str(self.id), source=source)
        self.error: BaseException | None = None
        self.spans: dict[int, Span] = {}
        self.pauses: list[PauseDocument] = []
        self._of_the_request: set[int] = set()
        self.left_ns: int | None = None  #: when the caller was left
        self.is_live = True  #: until it is collected: for so long the server's loop has a heartbeat
        self.seen_left = False  #: whether that was so at an earlier look, so that this one saw all that came before it
        self.result: concurrent.futures.Future[RunDocument] = concurrent.futures.Future()

    def owns(self, span: Span) -> bool:
        if _is_of_the_request(span) or span.parent in self._of_the_request:
            self._of_the_request.add(span.id)
            return False
        return self.scope.owns(span)

    def recorded(self) -> list[Span]:
        """The run's spans, and the request or connection around its caller.

        That is still under way: it ends when it has been answered, and the answer has the run in it.
        """
        request = self.scope.request
        return [*([] if request is None else [request]), *self.spans.values()]

    def is_over(self, server: Thread | None) -> bool:
        """Whether nothing more is to come: all spans have ended, and their loops have told of their last pause."""
        if self.left_ns is None:
            return False
        if time.monotonic_ns() > self.left_ns + self._patience_ns():
            return True
        if not all(span.end_ns is not None for span in self.spans.values()):
            return False
        return self._heard(server, self.left_ns)

    def close(self) -> None:
        """End what never ended, so that no span grows for ever."""
        self.is_live = False
        for span in self.spans.values():
            if span.end_ns is None:
                span.outcome = "unfinished"

    def _heard(self, server: Thread | None, left_ns: int) -> bool:
        """Whether the server's loop, and each other one of the run that has a heartbeat, has beaten once more."""
        if not signalbox.installed():
            return True
        threads = [span.thread for span in self.spans.values() if span.loop in heartbeats.beating]
        return all(thread.beaten_ns > left_ns for thread in ([*threads, server] if server else threads))

    def _patience_ns(self) -> int:
        return int((2 * self.experiment.delay_ms / 1000 + PATIENCE_S) * 1e9)


class Collector:
    """Sorts what the pump sees into runs, and hands each finished run to the store, off the experiment's thread."""

    pump: "Pump"

    def __init__(self, admission: Admission) -> None:
        self._server_loop: asyncio.AbstractEventLoop | None = None
        self._server_thread: Thread | None = None
        self._admission = admission
        self._running: dict[uuid.UUID, RunUnderWay] = {}

    def serve_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Learn the server's loop, in its own thread: a run listens to it, also where it has no span on it."""
        self._server_loop, self._server_thread = loop, current_thread()

    def start(self, experiment: Experiment, where: Where, name: str, source: str) -> RunUnderWay:
        """Begin to collect a run. Raises Refused with 429 when too many are under way."""
        self._admission.enter()
        run = RunUnderWay(experiment, where, name, source)
        self._running[run.id] = run
        self.pump.hold()
        if self._server_loop is not None:
            heartbeats.keep_beating_on(self._server_loop, run)
        return run

    def leave(self, run: RunUnderWay, error: BaseException | None = None) -> None:
        """The caller has returned or raised; the run is over when its last span is."""
        run.error = error
        run.left_ns = time.monotonic_ns()
        self.pump.look_now()

    def observe(self, spans: list[Span], batch: Batch) -> None:
        """Take what the pump saw; a run is over at the first look after its caller's that finds nothing new of it."""
        for run in list(self._running.values()):
            news = [span for span in spans if run.owns(span)]
            run.spans.update((span.id, span) for span in news)
            run.pauses += batch.pauses
            if not news and run.seen_left and run.is_over(self._server_thread):
                self._finish(run)
            run.seen_left = run.left_ns is not None

    def _finish(self, run: RunUnderWay) -> None:
        del self._running[run.id]
        self._admission.leave()
        self.pump.release()
        run.close()
        try:
            document = self._document(run)
        except Exception as error:
            logger.exception("Run %s could not be judged", run.id)
            run.result.set_exception(error)
        else:
            store(document, run.result)

    def _document(self, run: RunUnderWay) -> RunDocument:
        recorded = run.recorded()
        threads = {thread.key: thread for span in recorded for thread in threads_of(span)}
        server = self._server_thread
        if server is not None:
            threads[server.key] = server
        spans = [span_document(span) for span in recorded]
        lanes = [thread_document(thread) for thread in sorted(threads.values(), key=lambda thread: thread.key)]
        server_loops = [] if server is None else [server.key]
        pauses = [pause for pause in _within(run.pauses, spans) if pause.thread in threads]
        recording = Recording(spans, lanes, pauses, server_loops)
        error = None if run.error is None else describe_error(run.error)
        return RunDocument(
            id=str(run.id),
            url=f"/runs/{run.id}/",
            started_at=run.started_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            experiment=run.experiment,
            environment=environment(run.where),
            threads=lanes,
            spans=recording.spans,
            pauses=recording.pauses,
            verdict=judge(recording, error, _notes(run, recording)),
            findings=find(recording),
        )


def _is_of_the_request(span: Span) -> bool:
    """Whether it is what Django's handler sends for the request itself.

    When the client leaves while the caller's thread is still at work, asgiref hands that thread's context to the
    handler, which then sends request_finished in the caller's name.
    """
    subject = span.subject
    return isinstance(subject, Dispatch) and subject.signal() in {request_started, request_finished}


def _within(pauses: list[PauseDocument], spans: list[SpanDocument]) -> list[PauseDocument]:
    """The pauses that overlap the run: other runs have theirs."""
    begin = min((span.start_ns for span in spans), default=0)
    end = max((span.end_ns or span.start_ns for span in spans), default=0)
    return [pause for pause in pauses if pause.start_ns < end and pause.end_ns > begin]


def _notes(run: RunUnderWay, recording: Recording) -> list[str]:
    """Sentences about the whole run that no single receiver can say."""
    way = WAYS[run.experiment.way]
    notes = []
    if not way.sends and run.error is None and not recording.of_kind("dispatch"):
        notes.append(f"{way.title} sends no signal, so no receiver was called.")
    if any(span.outcome == "unfinished" for span in recording.spans):
        notes.append("A span had not ended when the run was closed: nobody waited for it.")
    return notes
