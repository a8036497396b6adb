"""Runs under way: which spans belong to each, when the last of them has ended, and what the document says then."""

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
from app.ways import WAYS
from signalbox.documents import PauseDocument, SpanDocument, span_document, thread_document, threads_of
from signalbox.findings import find
from signalbox.heartbeat import Heartbeat
from signalbox.recording import Recording
from signalbox.spans import Span, describe_error
from signalbox.verdict import judge

if TYPE_CHECKING:
    from app.live.pump import Pump

logger = logging.getLogger(__name__)


class Collector:
    """Sorts what the pump sees into runs, and hands each finished run to the store, off the experiment's thread."""

    pump: "Pump"

    def __init__(self, admission: Admission) -> None:
        self.heartbeat: Heartbeat | None = None
        self._admission = admission
        self._running: dict[uuid.UUID, RunUnderWay] = {}

    def start(self, experiment: Experiment, where: Where) -> RunUnderWay:
        """Begin to collect a run. Raises Refused with 429 when too many are under way."""
        self._admission.enter(experiment.concurrency)
        run = RunUnderWay(experiment, where)
        self._running[run.id] = run
        self.pump.hold()
        if self.heartbeat is not None:
            self.heartbeat.hold()
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

    def observe(self, spans: list[Span], batch: Batch) -> None:
        """Take what the pump saw; a run is over at the first look after its callers' that finds nothing new of it."""
        for run in list(self._running.values()):
            news = [span for span in spans if run.owns(span)]
            run.spans.update((span.id, span) for span in news)
            run.pauses += batch.pauses
            if not news and run.is_over(self.heartbeat):
                self._finish(run)
            run.seen_done = run.is_done

    def _finish(self, run: RunUnderWay) -> None:
        del self._running[run.id]
        self._admission.leave(run.experiment.concurrency)
        self.pump.release()
        if self.heartbeat is not None:
            self.heartbeat.release()
        run.close()
        try:
            document = self._document(run)
        except Exception as error:
            logger.exception("Run %s could not be judged", run.id)
            run.result.set_exception(error)
        else:
            store(document, run.result)

    def _document(self, run: RunUnderWay) -> RunDocument:
        threads = {thread.key: thread for span in run.spans.values() for thread in threads_of(span)}
        loop_thread = self.heartbeat.thread if self.heartbeat is not None else None
        if loop_thread is not None:
            threads[loop_thread.key] = loop_thread
        spans = [span_document(span) for span in run.spans.values()]
        lanes = [thread_document(thread) for thread in sorted(threads.values(), key=lambda thread: thread.key)]
        server_loops = [] if loop_thread is None else [loop_thread.key]
        recording = Recording(spans, lanes, _within(run.pauses, spans), server_loops)
        error = next((describe_error(caller.error) for caller in run.callers if caller.error is not None), None)
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


def _within(pauses: list[PauseDocument], spans: list[SpanDocument]) -> list[PauseDocument]:
    """The pauses that overlap the run: other runs have theirs."""
    begin = min((span.start_ns for span in spans), default=0)
    end = max((span.end_ns or span.start_ns for span in spans), default=0)
    return [pause for pause in pauses if pause.start_ns < end and pause.end_ns > begin]


def _notes(run: RunUnderWay, recording: Recording) -> list[str]:
    """Sentences about the whole run that no single receiver can say."""
    way = WAYS[run.experiment.way]
    notes = list(dict.fromkeys(run.missing))
    errors = [caller.error for caller in run.callers if caller.error is not None]
    if not (way.sends or errors or run.missing or recording.of_kind("dispatch")):
        notes.append(f"{way.title} sends no signal, so no receiver was called.")
    if errors and run.experiment.concurrency > 1:
        notes.append(f"{len(errors)} of {len(run.callers)} callers got an error; the first one's is shown.")
    if any(span.outcome == "unfinished" for span in recording.spans):
        notes.append("A span had not ended when the run was closed: nobody waited for it.")
    return notes
