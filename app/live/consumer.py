"""`/ws/live/`: what happens in the watched processes, as it happens. docs/protocol.md describes the frames."""

from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from app.experiments import LARGEST_FRAME
from app.live.frames import AckFrame, ErrorFrame, FilterFrame, PauseFrame, ResumeFrame, decode_client_frame, encode
from app.live.hub import MOST_VIEWERS
from app.live.laboratory import laboratory
from app.live.viewer import Viewer
from app.runs.environment import environment

MALFORMED, TOO_LARGE, TOO_MANY = 4400, 4413, 4429


class LiveConsumer(AsyncWebsocketConsumer):
    """One page. It needs no channel of its own on the channel layer: the hub of the process has one for all."""

    channel_layer_alias = "none for pages"

    viewer: Viewer | None = None

    async def connect(self) -> None:
        lab = laboratory()
        await self.accept()
        if lab.hub.is_full():
            await self._refuse(TOO_MANY, f"Expected at most {MOST_VIEWERS} pages to watch; this is one more.")
            return
        hello = lab.stream.hello(environment("server"))
        self.viewer = Viewer(self._send_frame, lab.stream.journal, hello.newest)
        await self._send_frame(encode(hello))
        await lab.hub.join(self.viewer)

    async def disconnect(self, code: int) -> None:
        if self.viewer is not None:
            await laboratory().hub.leave(self.viewer)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.viewer is None:
            return
        size = len(bytes_data or b"") if text_data is None else len(text_data.encode())
        if size > LARGEST_FRAME:
            await self._refuse(TOO_LARGE, f"Expected a frame of at most {LARGEST_FRAME} bytes; got {size}.")
            return
        if text_data is None:
            await self._refuse(MALFORMED, "Expected a text frame with a JSON object; got a binary frame.")
            return
        try:
            frame = decode_client_frame(text_data)
        except ValueError as error:
            await self._refuse(MALFORMED, str(error))
            return
        await self._act_on(self.viewer, frame)

    async def _act_on(self, viewer: Viewer, frame: Any) -> None:
        match frame:
            case AckFrame(sequence=sequence):
                await viewer.acknowledge(sequence)
            case ResumeFrame(first=first):
                await viewer.resume(first)
            case PauseFrame(paused=paused):
                await viewer.pause(paused)
            case FilterFrame():
                viewer.filter = frame

    async def _send_frame(self, text: str) -> None:
        await self.send(text_data=text)

    async def _refuse(self, code: int, sentence: str) -> None:
        await self._send_frame(encode(ErrorFrame(sentence)))
        await self.close(code, sentence)
