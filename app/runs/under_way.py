"""A run under way: its callers, the spans that belong to it, and when nothing more is to come."""

import concurrent.futures
import datetime
import inspect
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.core.signals import request_finished, request_started

import signalbox
from app.django_tasks import TASK_SIGNALS
from app.experiments import Experiment, Refused
from app.runs.documents import RunDocument
from app.runs.environment import Where
from signalbox.documents import PauseDocument
from signalbox.names import Dispatch, readable_path
from signalbox.spans import Span, heartbeats
from signalbox.threads import Thread

#: What Django sends of its own accord, for a request or for a background task, and not for what its caller does.
MACHINERY = frozenset({request_started, request_finished, *TASK_SIGNALS})
#: How long after its caller a run is watched for receivers that nobody waits for, beside twice their delay.
PATIENCE_S = 3.0


class BrokenOff(Refused):
    """The process ends before the run has been stored."""

    def __init__(self) -> None:
        super().__init__(503, "Expected the server to go on until the run was stored; it was ended before.")


class CallerUnderWay:
    """One caller of a run: its span, the way that it was handed, and what became of it."""

    def __init__(
        self, run_id: uuid.UUID, experiment: Experiment, function: Callable[..., Any], asked_ns: int | None = None
    ) -> None:
        code = inspect.unwrap(function).__code__
        source = f"{readable_path(code.co_filename)}:{code.co_firstlineno}"
        name = f"{function.__module__}.{function.__qualname__}"
        asked = {} if asked_ns is None else {"asked_ns": asked_ns}
        self.scope = signalbox.caller(name, run=str(run_id), source=source, **asked)
        self.way = experiment.bound_way(self.scope)
        self.error: BaseException | None = None
        self.left_ns: int | None = None  #: when it had returned or raised

    @property
    def is_done(self) -> bool:
        """Whether it has left, and whoever it sent to the way has been there: a thread may come after it has left."""
        return self.left_ns is not None and (self.way.is_done or self.error is not None)


class RunUnderWay:
    """One run from its start to its document, which ``result`` will hold."""

    def __init__(self, experiment: Experiment, where: Where) -> None:
        self.id = uuid.uuid4()
        self.experiment = experiment
        self.where: Where = where
        self.started_at = datetime.datetime.now(datetime.UTC)
        self.callers: list[CallerUnderWay] = []
        self.is_live = True  #: until it is collected: for so long the server's loop has a heartbeat
        self.missing: list[str] = []  #: why a caller that was expected will not come, for each of them
        self.spans: dict[int, Span] = {}
        self.pauses: list[PauseDocument] = []
        self.siblings: concurrent.futures.Future[None] | None = None  #: who brings the callers
        self.seen_done = False  #: whether all was done at an earlier look, so that this one saw all that came before it
        self.result: concurrent.futures.Future[RunDocument] = concurrent.futures.Future()
        self._own_callers: set[int] = set()
        self._of_the_machinery: set[int] = set()

    @property
    def left_ns(self) -> int | None:
        """When the last of the expected callers had left; None while there is one to come, or at work."""
        if len(self.callers) + len(self.missing) < self.experiment.concurrency:
            return None
        left = [caller.left_ns for caller in self.callers]
        return max((moment for moment in left if moment is not None), default=0) if None not in left else None

    @property
    def is_done(self) -> bool:
        return self.left_ns is not None and all(caller.is_done for caller in self.callers)

    def document(self) -> RunDocument:
        """Wait for the run's document. Raises BrokenOff."""
        try:
            return self.result.result()
        except concurrent.futures.CancelledError as error:
            raise BrokenOff from error

    def owns(self, span: Span) -> bool:
        if span.kind == "caller" and span.attributes is not None and span.attributes.get("run") == str(self.id):
            self._own_callers.add(span.id)
        if _is_of_the_machinery(span) or span.parent in self._of_the_machinery:
            self._of_the_machinery.add(span.id)
            return False
        return span.caller in self._own_callers

    def recorded(self) -> list[Span]:
        """The run's spans, and the requests or connections around its callers.

        Those are still under way: each ends when it has been answered, and the answer has the run in it.
        """
        requests = {request.id: request for caller in self.callers if (request := caller.scope.request) is not None}
        return [*requests.values(), *self.spans.values()]

    def is_over(self, server: Thread | None) -> bool:
        """Whether nothing more is to come: all spans have ended, and their loops have told of their last pause."""
        if self.left_ns is None:
            return False
        if time.monotonic_ns() > self.left_ns + self._patience_ns():
            return True
        if not self.seen_done or any(span.end_ns is None for span in self.spans.values()):
            return False
        return self._heard(server, max([self.left_ns, *(span.end_ns or 0 for span in self.spans.values())]))

    def close(self) -> None:
        """End what never ended, so that no span grows for ever."""
        self.is_live = False
        for span in self.spans.values():
            if span.end_ns is None:
                span.outcome = "unfinished"

    def _heard(self, server: Thread | None, last_ns: int) -> bool:
        """Whether the server's loop, and each other one of the run that has a heartbeat, has beaten once more."""
        if not signalbox.installed():
            return True
        threads = [span.thread for span in self.spans.values() if span.loop in heartbeats.beating]
        return all(thread.beaten_ns > last_ns for thread in ([*threads, server] if server else threads))

    def _patience_ns(self) -> int:
        in_turn = 2 * self.experiment.concurrency * self.experiment.delay_ms / 1000
        return int((in_turn + PATIENCE_S) * 1e9)


def _is_of_the_machinery(span: Span) -> bool:
    """Whether it is a signal of Django's machinery.

    When the client leaves while the caller's thread is still at work, asgiref hands that thread's context to the
    handler, which then sends request_finished in the caller's name.
    """
    subject = span.subject
    return isinstance(subject, Dispatch) and subject.signal() in MACHINERY
