"""The door that every connection to the laboratory comes through."""

import asyncio
from typing import Any

import signalbox
from app.live.laboratory import laboratory


class LaboratoryApplication:
    """ASGI middleware: tells the laboratory its loop, and keeps what the laboratory does itself out of the recording.

    Inside an experiment, the caller is recorded again: see `signalbox.caller`.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        laboratory().serve_on(asyncio.get_running_loop())
        try:
            with signalbox.muted():
                await self.application(scope, receive, send)
        finally:
            laboratory().pump.look_now()  # a request or connection that experiments ran in has ended
