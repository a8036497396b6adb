"""Run what decides the claims through a real server, and print the verdicts."""

import asyncio
from collections.abc import Iterable
from typing import IO, Any, cast

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from app.claims.claim import Claim
from app.claims.documents import ClaimDocument, summary
from app.claims.judging import document
from app.claims.registry import CLAIMS
from app.claims.text import told
from app.client import connected
from app.management.preparing import migrate_if_needed
from app.servers import SERVERS, ServerFailed, serving

#: Of a page that has no edge, such as a file.
WIDTH = 100


class Command(BaseCommand):
    help = "Run what decides the claims, through a server that is started for it, and say which of them hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("claim", nargs="*", help=f"all of them, or some of {', '.join(CLAIMS)}")
        parser.add_argument("--json", action="store_true", help="print them as GET /api/claims/ does")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = options["claim"] or list(CLAIMS)
        if unknown := set(slugs) - set(CLAIMS):
            raise CommandError(f"claim: expected some of {', '.join(CLAIMS)}; got {', '.join(sorted(unknown))}.")
        migrate_if_needed()
        try:
            claims = asyncio.run(_judged([CLAIMS[slug] for slug in slugs]))
        except ServerFailed as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(msgspec.json.encode({"claims": claims, "summary": summary(claims)}).decode())
        else:
            console = Console(file=cast("IO[str]", self.stdout), width=None if self.stdout.isatty() else WIDTH)
            console.print(*told(claims), sep="\n")


async def _judged(claims: Iterable[Claim]) -> list[ClaimDocument]:
    """The claims with the verdicts of runs that are made now, one after the other. Raises ServerFailed."""
    async with serving(SERVERS["daphne"]) as address, connected(address) as client:
        return [document(claim, [await client.run(experiment) for experiment in claim.experiments]) for claim in claims]
