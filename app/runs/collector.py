"""Runs under way: which spans belong to each, when the last of them has ended, and what the document says then."""

import asyncio
import logging
import time
import uuid
from typing import TYPE_CHECKING

from app.experiments import Experiment
from app.live.batches import Batch
from app.runs.admission import Admission
from app.runs.documents import RunDocument
from app.runs.environment import Where, environment
from app.runs.store import store
from app.runs.under_way import CallerUnderWay, RunUnderWay
from app.ways import way_of
from app.work import ReceiverKind
from signalbox.documents import PauseDocument, SpanDocument, span_document, thread_document, threads_of
from signalbox.findings import find
from signalbox.recording import Recording
from signalbox.spans import Span, describe_error, heartbeats
from signalbox.threads import Thread, current_thread
from signalbox.verdict import Verdict, judge

if TYPE_CHECKING:
    from app.live.pump import Pump

logger = logging.getLogger(__name__)


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

    def start(self, experiment: Experiment, where: Where) -> RunUnderWay:
        """Begin to collect a run. Raises Refused with 429 when too many are under way."""
        self._admission.enter(experiment.concurrency)
        run = RunUnderWay(experiment, where)
        self._running[run.id] = run
        self.pump.hold()
        if self._server_loop is not None:
            heartbeats.keep_beating_on(self._server_loop, run)
        return run

    def leave(self, caller: CallerUnderWay, error: BaseException | None = None) -> None:
        """A caller has returned or raised; the run is over when its last span is."""
        caller.error = error
        caller.left_ns = time.monotonic_ns()
        self.pump.look_now()

    def miss(self, run: RunUnderWay, why: str) -> None:
        """A caller of the run will not come, for the reason that is given as a sentence."""
        run.missing.append(why)
        self.pump.look_now()

    def break_off(self) -> None:
        """Give up on every run that is not over: it is not stored, and whoever waits for it waits no longer."""
        for run in list(self._running.values()):
            run.result.cancel()

    def observe(self, spans: list[Span], batch: Batch) -> None:
        """Take what the pump saw; a run is over at the first look after its callers' that finds nothing new of it."""
        for run in list(self._running.values()):
            news = [span for span in spans if run.owns(span)]
            run.spans.update((span.id, span) for span in news)
            run.pauses += batch.pauses
            if not news and run.is_over(self._server_thread):
                self._finish(run)
            run.seen_done = run.is_done

    def _finish(self, run: RunUnderWay) -> None:
        del self._running[run.id]
        self._admission.leave(run.experiment.concurrency)
        self.pump.release()
        run.close()
        if not run.result.set_running_or_notify_cancel():
            return  # broken off
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
        error = next((describe_error(caller.error) for caller in run.callers if caller.error is not None), None)
        verdict = judge(recording, error, _notes(run, recording))
        return RunDocument(
            id=str(run.id),
            url=f"/runs/{run.id}/",
            started_at=run.started_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            experiment=run.experiment,
            environment=environment(run.where),
            threads=lanes,
            spans=recording.spans,
            pauses=recording.pauses,
            verdict=verdict,
            contextvars_kept=_kept(run, verdict),
            findings=find(recording),
        )


def _kept(run: RunUnderWay, verdict: Verdict) -> dict[ReceiverKind, bool]:
    """For each kind of receivers that was called: whether its context variables came back to every caller."""
    called: set[ReceiverKind] = {"async" if receiver.is_async else "sync" for receiver in verdict.receivers}
    return {kind: all(kind in caller.way.kept for caller in run.callers) for kind in sorted(called, reverse=True)}


def _within(pauses: list[PauseDocument], spans: list[SpanDocument]) -> list[PauseDocument]:
    """The pauses that overlap the run: other runs have theirs."""
    begin = min((span.start_ns for span in spans), default=0)
    end = max((span.end_ns or span.start_ns for span in spans), default=0)
    return [pause for pause in pauses if pause.start_ns < end and pause.end_ns > begin]


def _notes(run: RunUnderWay, recording: Recording) -> list[str]:
    """Sentences about the whole run that no single receiver can say."""
    way = way_of(run.experiment.way)
    notes = list(dict.fromkeys(run.missing))
    errors = [caller.error for caller in run.callers if caller.error is not None]
    if not (way.sends or errors or run.missing or recording.of_kind("dispatch")):
        notes.append(f"{way.title} sends no signal, so no receiver was called.")
    if errors and run.experiment.concurrency > 1:
        notes.append(f"{len(errors)} of {len(run.callers)} callers got an error; the first one's is shown.")
    if any(span.outcome == "unfinished" for span in recording.spans):
        notes.append("A span had not ended when the run was closed: nobody waited for it.")
    return notes
