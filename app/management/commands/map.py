"""Measure the map through a real server, and print it; or tell two maps apart."""

import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import IO, Any, cast

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.management.preparing import migrate_if_needed
from app.map.comparing import compare
from app.map.files import read_map
from app.map.grid import CHOICES, read_only
from app.map.measuring import Measuring
from app.map.table import tables
from app.map.text import as_json, as_markdown, as_sentences
from app.servers import SERVERS, ServerFailed

DIFFERENT, TROUBLE = 1, 2
#: Of a page that has no edge, such as a file.
WIDTH = 120


class Command(BaseCommand):
    help = (
        "Run every caller × way × receivers × transaction through a real server that is started for it, and print "
        "where the receivers ran. Ends with 1 when --diff finds a difference, with 2 when its arguments are no good."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--server", choices=SERVERS, metavar="SERVER", default="daphne", help=", ".join(SERVERS))
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            metavar="caller=…,way=…",
            help=f"some of the cells: {', '.join(f'{key}=…' for key in CHOICES)}, each as often as there are to be",
        )
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print the map's document")
        form.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
        form.add_argument(
            "--diff", nargs=2, type=Path, metavar=("A.json", "B.json"), help="measure nothing, compare two documents"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["diff"]:
            self._diff(*options["diff"])
            return
        try:
            measuring = Measuring(SERVERS[options["server"]], read_only(options["only"]))
        except ValueError as error:
            raise CommandError(f"--only: {error}", returncode=TROUBLE) from error
        migrate_if_needed()
        document = _measured(measuring)
        if options["json"]:
            self.stdout.write(as_json(document))
        elif options["markdown"]:
            self.stdout.write(as_markdown(document))
        else:
            console = Console(file=cast("IO[str]", self.stdout), width=None if self.stdout.isatty() else WIDTH)
            console.print(*tables(document), sep="\n")

    def _diff(self, one: Path, other: Path) -> None:
        try:
            differences = compare(read_map(one), read_map(other))
        except ValueError as error:
            raise CommandError(str(error), returncode=TROUBLE) from error
        for line in as_sentences(differences):
            self.stdout.write(line)
        if differences:
            cells = len({difference.cell for difference in differences})
            self.stderr.write(f"{cells} {'cell differs' if cells == 1 else 'cells differ'}.")
            sys.exit(DIFFERENT)


def _measured(measuring: Measuring) -> dict[str, Any]:
    """The map's document. Whoever ends the command ends the server with it."""
    try:
        return asyncio.run(_measure(measuring))
    except ServerFailed as error:
        raise CommandError(str(error)) from error
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)


async def _measure(measuring: Measuring) -> dict[str, Any]:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101
    for end in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(end, task.cancel)
    with _bar() as bar:
        total = bar.add_task(measuring.kind.slug, total=measuring.total, remaining="")
        async with contextlib.aclosing(measuring.steps()) as steps:
            async for step in steps:
                remaining = "" if step.remaining_s is None else f"{step.remaining_s:.0f} s to go"
                bar.update(total, completed=step.done, remaining=remaining)
    document: dict[str, Any] = msgspec.to_builtins(measuring.document)
    return document


def _bar() -> Progress:
    """On stderr, and only where somebody is looking."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[remaining]}"),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
