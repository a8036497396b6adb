"""A process that runs the callers which are commands, one experiment after the other: `manage.py experiments`."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import msgspec
from django.conf import settings

from app.callers.process import LONGEST_LINE
from app.client import patience_s
from app.experiments import Experiment
from app.servers import ServerFailed


@contextlib.asynccontextmanager
async def in_a_process(variables: Mapping[str, str]) -> AsyncIterator[Callable[[Experiment], Awaitable[Any]]]:
    """Gives the function that runs an experiment there and answers with its run's document. Raises ServerFailed.

    ``variables`` are added to this process's environment. The process has ended when the block is left.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(settings.BASE_DIR / "manage.py"), "experiments"),
        env={**os.environ, **variables},
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        limit=LONGEST_LINE,
        start_new_session=True,
    )
    orders, documents = process.stdin, process.stdout
    assert orders is not None  # noqa: S101
    assert documents is not None  # noqa: S101

    async def run(experiment: Experiment) -> Any:
        orders.write(msgspec.json.encode(experiment) + b"\n")
        try:
            async with asyncio.timeout(patience_s(experiment)):
                return msgspec.json.decode(await documents.readline())
        except (OSError, msgspec.DecodeError) as error:
            got = "an end" if process.returncode is not None else repr(error)
            raise ServerFailed(f"Expected a run of {experiment.caller} from its process; got {got}.") from error

    try:
        yield run
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
