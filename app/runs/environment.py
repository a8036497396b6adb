"""What a run was measured on."""

import functools
import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from django.db import connections

Where = Literal["server", "command"]

_serving: list[str] = []


def environment(where: Where) -> dict[str, str]:
    """Versions of everything that decides where a receiver runs. A command has no server."""
    return _versions() | {
        "server": _serving[0] if _serving and where == "server" else "none",
        "database": _database(),
    }


def serves_asgi(send: Any) -> None:
    """Learn which ASGI server this process runs under, from the callable that it gave: nothing else of ASGI tells."""
    if not _serving:
        function = getattr(send, "func", send)  # Daphne's is a partial
        package = type(getattr(function, "__self__", function)).__module__.partition(".")[0]
        _serving.append(f"{package} {_version_of(package)}")


def serves_wsgi(environ: dict[str, Any]) -> None:
    """Learn which WSGI server this process runs under, and whether it calls from several threads."""
    if not _serving:
        software = environ.get("SERVER_SOFTWARE", "unknown").replace("/", " ")
        _serving.append(f"{software} {'threads' if environ['wsgi.multithread'] else 'sync'}")


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # somebody's own server
        return "unknown"


@functools.cache
def _versions() -> dict[str, str]:
    names = ("django", "asgiref", "channels")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


def _database() -> str:
    vendor = connections["default"].vendor
    return f"{vendor} {sqlite3.sqlite_version}" if vendor == "sqlite" else vendor
