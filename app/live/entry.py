"""The doors that every connection to the laboratory comes through."""

import asyncio
from collections.abc import Iterator
from typing import Any

import signalbox
from app.live.laboratory import laboratory
from app.runs.environment import serves_asgi, serves_wsgi


class LaboratoryApplication:
    """ASGI middleware: tells the laboratory its loop, and keeps what the laboratory does itself out of the recording.

    Inside an experiment, the caller is recorded again: see `signalbox.caller`.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        serves_asgi(send)
        laboratory().serve_on(asyncio.get_running_loop())
        try:
            with signalbox.muted():
                await self.application(scope, receive, send)
        finally:
            laboratory().pump.look_now()  # a request or connection that experiments ran in has ended


class LaboratoryWSGIApplication:
    """WSGI middleware: the same without a loop, so there are no websockets and no live stream.

    Runs are collected all the same: the pump is a thread, and a view waits for its run's document in its own.
    """

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        serves_wsgi(environ)
        with signalbox.muted():
            response = self.application(environ, start_response)
            try:
                yield from response
            finally:
                response.close()
                laboratory().pump.look_now()
