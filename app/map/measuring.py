"""Measuring a map: a server of its own, several cells at once, each a real run; see `app.map` for how to drive it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import Any

import msgspec
from django.utils import timezone

from app.callers.registry import CALLERS
from app.client import connected
from app.experiments import Experiment
from app.map import keeping
from app.map.documents import CellDocument, MapDocument, Measured
from app.map.grid import EVERYTHING, Cell, Only, beside, grid
from app.map.reading import read_cell, unserved_cell, was_disturbed
from app.processes import in_a_process
from app.runs.environment import environment
from app.servers import ServerKind, serving

#: Cells of HTTP callers that are under way at once. More make a machine of two cores busier and not faster.
LANES = 4
#: How often a cell is measured before it is believed that it was not the machine's fault.
ATTEMPTS = 3

Run = Callable[[Experiment], Awaitable[dict[str, Any]]]


class Step(msgspec.Struct):
    """One cell more."""

    cell: CellDocument
    done: int
    total: int
    remaining_s: float | None


class Measuring:
    """One map while it is measured."""

    def __init__(self, kind: ServerKind, only: Only = EVERYTHING) -> None:
        self.kind = kind
        self.whole = not only
        self.document: MapDocument | None = None  #: when all steps have been taken
        self._grid, self._beside = grid(only), beside(only)
        self._measured: dict[Cell, CellDocument] = {}
        self._environment: dict[str, str] = environment("command")
        self._steps: asyncio.Queue[Step | None] = asyncio.Queue()
        self._began_s = 0.0

    @property
    def total(self) -> int:
        return len(self._grid) + len(self._beside)

    async def steps(self) -> AsyncGenerator[Step, None]:
        """Measure, and tell of each cell. Raises ServerFailed."""
        whole = asyncio.create_task(self._measure())
        whole.add_done_callback(lambda _: self._steps.put_nowait(None))
        try:
            while (step := await self._steps.get()) is not None:
                yield step
            await whole
        finally:
            whole.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await whole

    async def _measure(self) -> None:
        unfinished = await keeping.begin()
        try:
            at, began_s = timezone.now(), time.monotonic()
            try:
                await self._run_all(keeping.environment_for(unfinished))
            except* Exception as several:
                raise _first(several) from None
            measured = Measured(at.isoformat(timespec="seconds"), round(time.monotonic() - began_s, 1), self.whole)
            self.document = MapDocument(
                environment=self._environment,
                measured=measured,
                cells=[self._measured[cell] for cell in self._grid],
                beside=[self._measured[cell] for cell in self._beside],
            )
            await keeping.finish(unfinished, self.document)
        except BaseException:
            await keeping.discard(unfinished)
            raise

    async def _run_all(self, variables: dict[str, str]) -> None:
        """Each kind of cells in lanes of its own.

        Consumers share one thread, so theirs come one after the other, and so do a process's. What a thread of the
        loop's pool has done before decides what happens in it: those cells come first, and alone on the server.
        """
        cells = [*self._grid, *self._beside]
        for cell in cells:
            if not self._is_served(cell):
                why = f"{self.kind.package} serves {self.kind.protocol}, which has no websockets."
                self._tell(cell, unserved_cell(cell, why))
        in_process = [cell for cell in cells if CALLERS[cell.caller].where == "command"]
        served = [cell for cell in cells if CALLERS[cell.caller].where == "server" and self._is_served(cell)]
        async with asyncio.TaskGroup() as lanes:
            if in_process:
                lanes.create_task(self._in_a_process(in_process, variables))
            if served:
                lanes.create_task(self._on_the_server(served, variables))

    async def _on_the_server(self, cells: list[Cell], variables: dict[str, str]) -> None:
        pool = [cell for cell in cells if CALLERS[cell.caller].hands_to_pool]
        rest = [cell for cell in cells if not CALLERS[cell.caller].hands_to_pool]
        sockets = [cell for cell in rest if CALLERS[cell.caller].transport == "websocket"]
        requests = iter([cell for cell in rest if CALLERS[cell.caller].transport == "http"])
        async with serving(self.kind, variables) as address, connected(address) as client:
            self._began_s = time.monotonic()
            await self._lane(pool, client.run)
            async with asyncio.TaskGroup() as lanes:
                lanes.create_task(self._lane(sockets, client.run))
                for _ in range(LANES):
                    lanes.create_task(self._lane(requests, client.run))

    async def _in_a_process(self, cells: list[Cell], variables: dict[str, str]) -> None:
        async with in_a_process(variables) as run:
            await self._lane(cells, run)

    async def _lane(self, cells: Iterable[Cell], run: Run) -> None:
        for cell in cells:
            document = await _undisturbed(run, cell.experiment())
            if document["environment"]["server"] != "none":
                self._environment = document["environment"]
            self._tell(cell, read_cell(cell, document))

    def _tell(self, cell: Cell, document: CellDocument) -> None:
        self._measured[cell] = document
        self._steps.put_nowait(Step(document, len(self._measured), self.total, self._remaining_s()))

    def _remaining_s(self) -> float | None:
        """As long as the cells that are left take at the pace so far."""
        done = len(self._measured)
        if not self._began_s or not done:
            return None
        return round((time.monotonic() - self._began_s) / done * (self.total - done), 1)

    def _is_served(self, cell: Cell) -> bool:
        return self.kind.has_websockets or CALLERS[cell.caller].transport != "websocket"


async def _undisturbed(run: Run, experiment: Experiment) -> dict[str, Any]:
    """The run's document; measured again where the machine did something else in the middle of it."""
    for _ in range(ATTEMPTS):
        document = await run(experiment)
        if not was_disturbed(document):
            break
    return document


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """One lane's failure ends the others: the first is the one that tells."""
    one = several.exceptions[0]
    return _first(one) if isinstance(one, BaseExceptionGroup) else one
