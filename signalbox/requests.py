"""What a server is asked for: the subject of a request's span."""

from typing import Any, Literal

import msgspec

#: A path comes from outside: longer ones are cut.
LONGEST_PATH = 200


class Request(msgspec.Struct, eq=False, gc=False):
    """An HTTP request, or a websocket connection, which has no method and no answer.

    Never the query string: tokens travel there. ``view``, ``route`` and ``status`` are known once it has been answered;
    ``None`` for the first two where no address matched.
    """

    protocol: Literal["http", "websocket"]
    path: str
    method: str | None = None
    view: str | None = None
    route: str | None = None
    status: int | None = None

    @property
    def name(self) -> str:
        """``POST /orders/``, ``websocket /ws/chat/``."""
        return f"{self.method or self.protocol} {self.path}"

    @property
    def asked(self) -> dict[str, Any]:
        """What is known when it begins."""
        http = {} if self.method is None else {"method": self.method}
        return {"protocol": self.protocol, **http, "path": self.path}

    @property
    def answer(self) -> dict[str, Any]:
        """What is known when it has ended."""
        return {"view": self.view, "route": self.route, "status": self.status} if self.protocol == "http" else {}
