"""`/ws/live/`: what happens in the watched processes, as it happens. docs/protocol.md describes the frames."""

from typing import Any

from app.live.frames import AckFrame, ClientFrame, FilterFrame, PauseFrame, ResumeFrame, decode_client_frame, encode
from app.live.hub import MOST_VIEWERS
from app.live.laboratory import laboratory
from app.live.page_socket import TOO_MANY, PageSocket
from app.live.viewer import Viewer
from app.runs.environment import environment


class LiveConsumer(PageSocket):
    """One page that watches: the hub of the process has one channel for all of them."""

    viewer: Viewer | None = None

    async def connect(self) -> None:
        lab = laboratory()
        await self.accept()
        if lab.hub.is_full():
            await self.refuse(TOO_MANY, f"Expected at most {MOST_VIEWERS} pages to watch; this is one more.")
            return
        hello = lab.stream.hello(environment("server"))
        self.viewer = Viewer(self._send_frame, lab.stream.journal, hello.newest)
        await self._send_frame(encode(hello))
        await lab.hub.join(self.viewer)

    async def disconnect(self, code: int) -> None:
        if self.viewer is not None:
            await laboratory().hub.leave(self.viewer)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.viewer is not None:
            await super().receive(text_data, bytes_data)

    def decode(self, text: str) -> ClientFrame:
        return decode_client_frame(text)

    async def act_on(self, frame: Any) -> None:
        assert self.viewer is not None  # noqa: S101
        match frame:
            case AckFrame(sequence=sequence):
                await self.viewer.acknowledge(sequence)
            case ResumeFrame(first=first):
                await self.viewer.resume(first)
            case PauseFrame(paused=paused):
                await self.viewer.pause(paused)
            case FilterFrame():
                self.viewer.filter = frame

    async def _send_frame(self, text: str) -> None:
        await self.send(text_data=text)
