"""The websocket of a page: what it says is text, of bounded size, and one of the frames that there are."""

from typing import Any

import msgspec
from channels.generic.websocket import AsyncWebsocketConsumer

from app.experiments import LARGEST_FRAME
from app.live.frames import ErrorFrame, encode

MALFORMED, TOO_LARGE, TOO_MANY = 4400, 4413, 4429


class PageSocket(AsyncWebsocketConsumer):
    """One page. It needs no channel of its own on the channel layer."""

    channel_layer_alias = "none for pages"

    def decode(self, text: str) -> Any:
        """The frame in a text. Raises ValueError with one sentence that says what was expected."""
        raise NotImplementedError

    async def act_on(self, frame: Any) -> None:
        """Do what the page asks for."""
        raise NotImplementedError

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        size = len(bytes_data or b"") if text_data is None else len(text_data.encode())
        if size > LARGEST_FRAME:
            await self.refuse(TOO_LARGE, f"Expected a frame of at most {LARGEST_FRAME} bytes; got {size}.")
            return
        if text_data is None:
            await self.refuse(MALFORMED, "Expected a text frame with a JSON object; got a binary frame.")
            return
        try:
            frame = self.decode(text_data)
        except ValueError as error:
            await self.refuse(MALFORMED, str(error))
            return
        await self.act_on(frame)

    async def say(self, frame: msgspec.Struct) -> None:
        await self.send(text_data=encode(frame))

    async def refuse(self, code: int, sentence: str) -> None:
        """Say why, and close."""
        await self.say(ErrorFrame(sentence))
        await self.close(code, sentence)
