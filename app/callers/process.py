"""The callers that are commands, asked for from a page: a process of their own, whose spans are taken in meanwhile."""

import asyncio
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE
from typing import cast

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from app.callers.requests import read_request, refused
from app.experiments import Experiment, Refused
from app.live.batches import Batch
from app.live.laboratory import laboratory
from signalbox.documents import SpanEnd

#: A line of the command's output; the document of a run is a few hundred kB at the most.
LONGEST_LINE = 16 * 1024 * 1024


class Line(msgspec.Struct):
    """What the command prints, a line at a time: batches while it runs, the document of its run at the end."""

    batch: Batch | None = None
    run: msgspec.Raw = msgspec.Raw()


async def command_in_a_process(request: HttpRequest, caller: str) -> HttpResponse:
    """Run `manage.py experiment <caller> …`, put its spans into the stream, and answer with its run's document."""
    try:
        experiment = read_request(caller, request)
        admission = laboratory().admission
        admission.enter()
        try:
            document = await _run(experiment)
        finally:
            admission.leave()
    except Refused as refusal:
        return refused(refusal)
    return HttpResponse(document, content_type="application/json")


async def _run(experiment: Experiment) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.tether"),
        *(sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments(experiment), "--stream"),
        cwd=settings.BASE_DIR,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        limit=LONGEST_LINE,
        start_new_session=True,
    )
    tether = cast("StreamWriter", process.stdin)
    output, errors = cast("StreamReader", process.stdout), cast("StreamReader", process.stderr)
    complaint = asyncio.create_task(_last_line(errors))
    relay = _Relay()
    try:
        document = await relay.take_in(output)
    finally:
        relay.close()
        tether.close()  # when the page has gone away, nobody waits for the rest
        await process.wait()
        said = await complaint
    if document is None:
        ended = f"it ended with {process.returncode} and said: {said.rstrip('.')}"
        raise Refused(500, f"Expected the command to print its run; {ended}.")
    return document


def arguments(experiment: Experiment) -> list[str]:
    """The experiment as arguments of the command `experiment`."""
    words = ["experiment", experiment.caller, experiment.way, f"--receivers={experiment.receivers}"]
    words += [f"--delay-ms={experiment.delay_ms}"]
    words += ["--atomic"] if experiment.atomic else []
    words += [f"--fail={experiment.fail}"] if experiment.fail else []
    return words


class _Relay:
    """Publishes the batches of another process, and ends what that process leaves open when it dies."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._process = 0

    async def take_in(self, output: StreamReader) -> bytes | None:
        """Read the process's lines to the end; gives the document of its run, None when it printed none."""
        document: bytes | None = None
        async for text in output:
            line = msgspec.json.decode(text, type=Line)
            if line.batch is not None:
                self._publish(line.batch)
            if line.run:
                document = bytes(line.run)
        return document

    def close(self) -> None:
        if self._open:
            ended = [SpanEnd(span, None, "unfinished", None, {}) for span in self._open]
            self._publish(Batch(self._process, ended=ended))

    def _publish(self, batch: Batch) -> None:
        self._process = batch.process
        self._open.update(span.id for span in batch.begun if span.end_ns is None)
        self._open.difference_update(end.id for end in batch.ended)
        laboratory().stream.publish(batch)


async def _last_line(errors: StreamReader) -> str:
    """What the command printed last on stderr, which is the message of an exception."""
    text = (await errors.read()).decode(errors="replace").strip()
    return text.splitlines()[-1] if text else "nothing"
