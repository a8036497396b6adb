"""ASGI middleware that puts each websocket connection inside a span: around the application in a project's ``asgi.py``.

HTTP requests pass it by: they are ``signalbox.middleware``'s, which knows their view and status.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from signalbox.faults import give_up
from signalbox.install import installed
from signalbox.requests import LONGEST_PATH, Request
from signalbox.scopes import request as request_scope

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


class ConsumerSpans:
    """Wraps an ASGI application: what its consumers do is inside the span of their connection.

    The span lasts as long as the connection. It is a block and not a driven coroutine: a connection lives for hours,
    and the intervals in which it ran would add up.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        asked = _asked(scope)
        if asked is None:
            return await self.application(scope, receive, send)
        with request_scope(asked, is_async=True):
            return await self.application(scope, receive, send)


def _asked(scope: Scope) -> Request | None:
    """The connection as lifeless facts; None where nothing is recorded."""
    try:
        if scope["type"] != "websocket" or not installed():
            return None
        return Request("websocket", scope["path"][:LONGEST_PATH])
    except Exception as fault:
        give_up(fault)
        return None
