"""What a run was measured on."""

import functools
import platform
import sqlite3
from importlib.metadata import version
from typing import Literal

from django.db import connections

Where = Literal["server", "command"]


@functools.cache
def environment(where: Where) -> dict[str, str]:
    """Versions of everything that decides where a receiver runs. A command has no server."""
    return {
        "python": platform.python_version(),
        "django": version("django"),
        "asgiref": version("asgiref"),
        "channels": version("channels"),
        "server": f"daphne {version('daphne')}" if where == "server" else "none",
        "database": _database(),
    }


def _database() -> str:
    vendor = connections["default"].vendor
    return f"{vendor} {sqlite3.sqlite_version}" if vendor == "sqlite" else vendor
