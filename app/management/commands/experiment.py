"""Run one experiment through its real entry point, and print the verdict."""

import asyncio
import contextlib
import sys
from typing import Any, TextIO

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from app.callers.registry import CALLERS
from app.callers.running import begin, perform
from app.callers.siblings import Place
from app.client import connected
from app.experiments import LONGEST_DELAY_MS, MOST_AT_ONCE, Experiment, Refused, check_experiment
from app.live.batches import Batch
from app.live.laboratory import laboratory
from app.management.preparing import migrate_if_needed
from app.report import report
from app.servers import SERVERS, ServerFailed, serving
from app.ways import WAYS
from signalbox.spans import Span


class Command(BaseCommand):
    help = "Run an experiment through its real entry point, and say where its receivers ran."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("caller", choices=CALLERS, metavar="caller", help=", ".join(CALLERS))
        parser.add_argument("way", choices=WAYS, metavar="way", help=", ".join(WAYS))
        parser.add_argument("--receivers", choices=("sync", "async", "both"), default="sync")
        parser.add_argument("--atomic", action="store_true", help="inside transaction.atomic()")
        parser.add_argument("--delay-ms", type=int, default=200, help=f"the receiver's work, 0 to {LONGEST_DELAY_MS}")
        parser.add_argument(
            "--concurrency", type=int, default=1, help=f"so many callers at once, 1 to {MOST_AT_ONCE}; 1 for commands"
        )
        parser.add_argument("--fail", choices=("sync", "async", "both"), help="which receivers raise")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print the run's document")
        form.add_argument(
            "--stream",
            action="store_true",
            help="of a caller that is a command: print what happens as lines of JSON while it runs, then the document",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        experiment = self._experiment(options)
        if options["stream"] and CALLERS[experiment.caller].where != "command":
            raise CommandError(f"--stream: expected a caller that is a command and runs here; got {experiment.caller}.")
        migrate_if_needed()
        try:
            document = self._run(experiment, options)
        except (Refused, ServerFailed) as error:
            raise CommandError(str(error)) from error
        if options["stream"]:
            self._print_line({"run": document})
        elif options["json"]:
            self._print_line(document)
        else:
            self.stdout.write(report(document))

    def _experiment(self, options: dict[str, Any]) -> Experiment:
        order = {key: options[key] for key in ("way", "receivers", "atomic", "delay_ms", "fail", "concurrency")}
        try:
            return check_experiment(options["caller"], order)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _run(self, experiment: Experiment, options: dict[str, Any]) -> Any:
        caller = CALLERS[experiment.caller]
        if caller.where == "server":
            return asyncio.run(_run_on_a_server(experiment))
        if options["stream"]:
            laboratory().pump.add_observer(self._print_batch)
        # What the receivers print must not get between the lines of a document.
        elsewhere: contextlib.AbstractContextManager[TextIO | None] = contextlib.nullcontext()
        if options["stream"] or options["json"]:
            elsewhere = contextlib.redirect_stdout(sys.stderr)
        with elsewhere:
            run = begin(experiment, "command")
            perform(Place(run), caller.function)
            return msgspec.to_builtins(run.result.result())

    def _print_batch(self, spans: list[Span], batch: Batch) -> None:
        if batch:
            self._print_line({"batch": batch})

    def _print_line(self, document: Any) -> None:
        self.stdout.write(msgspec.json.encode(document).decode())
        self.stdout.flush()


async def _run_on_a_server(experiment: Experiment) -> dict[str, Any]:
    async with serving(SERVERS["daphne"]) as address, connected(address) as client:
        return await client.run(experiment)
