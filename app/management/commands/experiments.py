"""Run experiments of the callers that are commands, one after the other, in the main thread of this process."""

import contextlib
import sys
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from app.callers.registry import CALLERS
from app.callers.running import begin, perform
from app.callers.siblings import Place
from app.experiments import COMMANDS, Refused, check_experiment
from app.management.preparing import migrate_if_needed
from app.runs.documents import RunDocument


class Command(BaseCommand):
    help = (
        "Read experiments from stdin, a JSON object with its caller on each line, and print their runs, a line each: "
        "a map has two hundred for commands, and a process for each would take minutes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        migrate_if_needed()
        for line in sys.stdin:
            try:
                document = _run(line)
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
            self.stdout.write(msgspec.json.encode(document).decode())
            self.stdout.flush()


def _run(line: str) -> RunDocument:
    try:
        order = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise Refused(
            400, f"Expected a JSON object with a caller and an experiment; got {line.strip()[:60]}."
        ) from error
    caller = order.pop("caller", None)
    if caller not in COMMANDS:
        raise Refused(400, f"caller: expected one of {', '.join(sorted(COMMANDS))}; got {caller}.")
    run = begin(check_experiment(caller, order), "command")
    with contextlib.redirect_stdout(sys.stderr):  # what the receivers print is no document
        perform(Place(run), CALLERS[caller].function)
    return run.result.result()
