"""Measure the maps of docs/maps/, and write the page of what differs between them: `make maps`.

`python -m scripts.maps PYTHON…` measures with each interpreter under each server; without one it only writes the page.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "asgi_demo.settings")
django.setup()

from app.map.text import as_json  # noqa: E402
from app.servers import SERVERS  # noqa: E402
from scripts.maps_page import FOLDER, PAGE, page  # noqa: E402

ROOT = FOLDER.parent.parent
#: Numbers that the system gives out: they would make each measurement differ from the one before.
_NUMBERED = re.compile(r"\b(ThreadPoolExecutor|Thread|asyncio)[-_]\d+(_\d+)?")


def measure(python: str, server: str) -> dict[str, Any]:
    """One map, in a database that nobody else has."""
    with tempfile.TemporaryDirectory() as directory:
        return dict(
            json.loads(
                subprocess.run(
                    [python, "manage.py", "map", "--server", server, "--json"],
                    cwd=ROOT,
                    env={**os.environ, "SQLITE_PATH": f"{directory}/db.sqlite3"},
                    stdout=subprocess.PIPE,
                    check=True,
                ).stdout
            )
        )


def lasting(document: dict[str, Any]) -> dict[str, Any]:
    """The map without what is otherwise at each measurement: ids, times, and the sentences that are full of them."""
    return {
        **document,
        "measured": {key: value for key, value in document["measured"].items() if key != "at"},
        "cells": [_lasting_cell(cell) for cell in document["cells"]],
        "beside": [_lasting_cell(cell) for cell in document["beside"]],
    }


def _lasting_cell(cell: dict[str, Any]) -> dict[str, Any]:
    receivers = cell["verdict"]["receivers"]
    dispatches = {receiver["dispatch"]: None for receiver in receivers}
    numbers = {dispatch: number for number, dispatch in enumerate(dispatches, 1)}
    kept = [
        {
            **{key: value for key, value in receiver.items() if key not in {"hop", "reasons", "signal"}},
            "span": number,
            "dispatch": numbers[receiver["dispatch"]],
            "why": _NUMBERED.sub(r"\1", receiver["why"]),
        }
        for number, receiver in enumerate(receivers, 1)
    ]
    return {**cell, "run": None, "verdict": {**cell["verdict"], "receivers": kept}}


def file_name(document: dict[str, Any], server: str) -> str:
    """Named after what decides about the cells, without the last number of a version, which does not."""
    python, version = (".".join(document["environment"][name].split(".")[:2]) for name in ("python", "django"))
    return f"python-{python}-django-{version}-{server}.json"


def main(pythons: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for python in pythons:
        for server in SERVERS:
            document = lasting(measure(str(Path(python).absolute()), server))
            path = FOLDER / file_name(document, server)
            path.write_text(as_json(document))
            sys.stdout.write(f"{path.relative_to(ROOT)}: {document['measured']['seconds']} s\n")
    PAGE.write_text(page())


if __name__ == "__main__":
    main(sys.argv[1:])
