"""The measurement under way in this process: one at a time, whichever page asked for it, and any page can watch it."""

import asyncio
import contextlib
import functools
import logging
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from app.experiments import Refused
from app.map.documents import CellDocument
from app.map.frames import Measurement, MoreFrame, NewsFrame, State
from app.map.grid import check_only
from app.map.measuring import Measuring
from app.map.showing import ShownCell, shown
from app.servers import SERVERS, ServerFailed

logger = logging.getLogger(__name__)

#: Cells in one frame at the most: some 200 kB.
MOST_CELLS = 300


class UnderWay:
    """Measures in a task of its own, which goes on when the page that asked for it is gone.

    Pages ask for news and get what they don't know yet: a page that does not read is not sent any more, and one that
    was reloaded is told everything again.
    """

    def __init__(self) -> None:
        self._measurement: Measurement | None = None
        self._cells: list[ShownCell] = []
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    def begin(self, server: str, only: Mapping[str, Iterable[str]]) -> None:
        """Measure, the whole map or what it is restricted to. Raises Refused."""
        if self._measurement is not None and self._measurement.state in {"measuring", "ending"}:
            raise Refused(409, "Expected no measurement to be under way in this server; one is. Cancel it, or wait.")
        if server not in SERVERS:
            raise Refused(400, f"server: expected one of {', '.join(SERVERS)}; got {server}.")
        try:
            measuring = Measuring(SERVERS[server], check_only(only))
        except ValueError as error:
            raise Refused(400, f"only: {error}") from error
        restricted = {key: list(words) for key, words in only.items()}
        self._measurement = Measurement(str(uuid.uuid4()), server, restricted, measuring.total)
        self._cells = []
        self._task = asyncio.create_task(self._measure(measuring, self._measurement))
        self._tell()

    def cancel(self) -> None:
        """End the measurement, if one is under way; what it has measured is thrown away."""
        if self._task is not None and self._measurement is not None and self._measurement.state == "measuring":
            self._task.cancel()
            self._measurement.state = "ending"
            self._tell()

    async def news(self, known: MoreFrame) -> NewsFrame:
        """What a page does not know, as soon as there is something."""
        while not self._is_news_to(known):
            await self._changed.wait()
        seen = self._measurement is not None and known.measurement == self._measurement.id
        first = min(known.cells, len(self._cells)) if seen else 0
        return NewsFrame(self._measurement, first, self._cells[first : first + MOST_CELLS])

    def _is_news_to(self, known: MoreFrame) -> bool:
        now = self._measurement
        if now is None:
            return known.measurement is not None
        return (known.measurement, known.state, known.cells) != (now.id, now.state, len(self._cells))

    async def _measure(self, measuring: Measuring, measurement: Measurement) -> None:
        state: State = "cancelled"
        try:
            async with contextlib.aclosing(measuring.steps()) as steps:
                async for step in steps:
                    self._cells.append(shown(_builtins(step.cell)))
                    measurement.remaining_s = step.remaining_s
                    self._tell()
            state = "done"
        except ServerFailed as error:
            state, measurement.error = "failed", str(error)
        except Exception:
            logger.exception("The map could not be measured")
            state, measurement.error = "failed", "The map could not be measured; the server's log says why."
        finally:
            measurement.state = state
            self._cells = []  # they are stored now, or thrown away
            self._tell()

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def _builtins(cell: CellDocument) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(cell)
    return document


@functools.cache
def under_way() -> UnderWay:
    """That of this process, made at the first call."""
    return UnderWay()
