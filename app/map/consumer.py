"""`/ws/map/`: a page has the map measured, or watches how it is. docs/protocol.md describes the frames."""

import asyncio
from typing import Any

from app.experiments import Refused
from app.live.frames import ErrorFrame
from app.live.page_socket import TOO_MANY, PageSocket
from app.map.frames import (
    PROTOCOL,
    CancelFrame,
    ClientFrame,
    HelloFrame,
    MeasureFrame,
    MoreFrame,
    decode_client_frame,
)
from app.map.under_way import under_way
from app.servers import SERVERS

MOST_PAGES = 100
_pages: set["MapConsumer"] = set()


class MapConsumer(PageSocket):
    """One page. It is told of the measurement when it asks: at most one question of it is open."""

    _answering: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await self.accept()
        if len(_pages) >= MOST_PAGES:
            await self.refuse(TOO_MANY, f"Expected at most {MOST_PAGES} pages with the map; this is one more.")
            return
        _pages.add(self)
        await self.say(HelloFrame(PROTOCOL, [kind.slug for kind in SERVERS.values() if kind.is_installed]))

    async def disconnect(self, code: int) -> None:
        _pages.discard(self)
        self._forget_question()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self in _pages:
            await super().receive(text_data, bytes_data)

    def decode(self, text: str) -> ClientFrame:
        return decode_client_frame(text)

    async def act_on(self, frame: Any) -> None:
        match frame:
            case MoreFrame():
                self._forget_question()
                self._answering = asyncio.create_task(self._answer(frame))
            case MeasureFrame(server=server, only=only):
                try:
                    under_way().begin(server, only)
                except Refused as refusal:
                    await self.say(ErrorFrame(str(refusal)))
            case CancelFrame():
                under_way().cancel()

    async def _answer(self, known: MoreFrame) -> None:
        await self.say(await under_way().news(known))

    def _forget_question(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
