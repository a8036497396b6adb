"""A page's side of `/ws/map/`: has cells measured, and hears of them until they are."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection

from tests.parts.api import Api

SECONDS_TO_MEASURE = 60

Frame = dict[str, Any]
#: The smallest map that there is.
ONE_CELL = {"caller": ["sync-view"], "way": ["save"], "receivers": ["sync"], "atomic": ["off"]}


class MapPage:
    def __init__(self, websocket: ClientConnection) -> None:
        self.websocket = websocket
        self.cells: list[Frame] = []
        self.measurement: Frame | None = None
        self._known: Frame = {"measurement": None, "state": None, "cells": 0}
        self.hello = self.hear()

    def hear(self, seconds: float = SECONDS_TO_MEASURE) -> Frame:
        frame: Frame = json.loads(self.websocket.recv(seconds))
        return frame

    def say(self, kind: str, **content: Any) -> None:
        self.websocket.send(json.dumps({"type": kind, **content}))

    def ask(self) -> Frame:
        """What is new, as soon as something is."""
        self.say("more", **self._known)
        news = self.hear()
        assert news["type"] == "news", news
        self.measurement = news["measurement"]
        self.cells = [*self.cells[: news["first"]], *news["cells"]]
        state = self.measurement or {"id": None, "state": None}
        self._known = {"measurement": state["id"], "state": state["state"], "cells": news["first"] + len(news["cells"])}
        return news

    def follow(self, *states: str) -> Frame:
        """Hear of the measurement until it is in one of the states; gives it."""
        deadline = time.monotonic() + SECONDS_TO_MEASURE
        while self.measurement is None or self.measurement["state"] not in states:
            assert time.monotonic() < deadline, self.measurement
            self.ask()
        return self.measurement

    def measure(self, only: dict[str, list[str]], server: str = "daphne") -> Frame:
        """Have it measured, and follow it to its end."""
        begun = self.begin(only, server)
        while self.follow("done", "cancelled", "failed")["id"] != begun["id"]:
            self.ask()
        assert self.measurement is not None
        return self.measurement

    def begin(self, only: dict[str, list[str]], server: str = "daphne") -> Frame:
        """Have it measured, and hear that it is under way."""
        self.say("measure", server=server, only=only)
        return self.follow("measuring")


@contextmanager
def map_page(api: Api) -> Iterator[MapPage]:
    with api.websocket("/ws/map/", max_size=None) as websocket:
        yield MapPage(websocket)
