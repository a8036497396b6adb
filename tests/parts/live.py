"""A page's side of the live stream: what was said on `/ws/live/`, in order, each wait with its deadline."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection

from tests.parts.api import Api

SECONDS_TO_HEAR = 15

Frame = dict[str, Any]


class Live:
    def __init__(self, api: Api, websocket: ClientConnection) -> None:
        self.api = api
        self.websocket = websocket
        self.frames: list[Frame] = []
        self.hello = self.hear()

    def hear(self, seconds: float = SECONDS_TO_HEAR) -> Frame:
        """The next frame, whatever it is."""
        frame: Frame = json.loads(self.websocket.recv(seconds))
        self.frames.append(frame)
        return frame

    def hear_until(self, wanted: Callable[[Frame], bool]) -> Frame:
        """Listen up to the first frame that is wanted; the ones before it are in `frames`, too."""
        deadline = time.monotonic() + SECONDS_TO_HEAR
        while not wanted(frame := self.hear(max(deadline - time.monotonic(), 0.001))):
            pass
        return frame

    def hear_begin(self, name: str) -> Frame:
        """The first span with this in its name that is heard to begin from now on, and its process beside it."""

        def begins(frame: Frame) -> bool:
            return any(name in span["name"] for span in frame.get("begun", []))

        batch = self.hear_until(begins)
        span: Frame = next(span for span in batch["begun"] if name in span["name"])
        return {**span, "process": batch["process"]}

    def hear_ends(self) -> None:
        """Listen until something has begun, and all of it has ended."""
        self.hear_until(lambda frame: bool(self.begun) and set(self.begun) <= self.ended)

    def hear_all(self) -> None:
        """Listen until all that was published when this was called has been said, or named as missed."""
        with watching(self.api) as other:
            newest = other.hello["newest"]
        while self.told < newest:
            self.hear()

    def hear_nothing_more(self) -> None:
        """The same where a page is not told: listen to the statistics that come after all that is on its way."""
        newest = self.hear_until(lambda frame: frame["type"] == "stats")["newest"]
        self.hear_until(lambda frame: frame["type"] == "stats" and frame["newest"] >= newest)

    def say(self, kind: str, **content: Any) -> None:
        self.websocket.send(json.dumps({"type": kind, **content}))

    def of_type(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame["type"] == kind]

    @property
    def sequences(self) -> list[int]:
        return [batch["sequence"] for batch in self.of_type("batch")]

    @property
    def told(self) -> int:
        """The newest number that this page knows of."""
        newest: int = max([self.hello["newest"], *self.sequences, *(gap["to"] for gap in self.of_type("gap"))])
        return newest

    @property
    def begun(self) -> dict[tuple[int, int], Frame]:
        """All spans that were seen to begin, by process and id."""
        return {(batch["process"], span["id"]): span for batch in self.of_type("batch") for span in batch["begun"]}

    @property
    def ended(self) -> set[tuple[int, int]]:
        """The spans that were seen to end, or given up."""
        later = {(batch["process"], end["id"]) for batch in self.of_type("batch") for end in batch["ended"]}
        return later | {key for key, span in self.begun.items() if span["outcome"] is not None}


@contextmanager
def watching(api: Api) -> Iterator[Live]:
    """A page that watches; it acknowledges nothing unless it is told to."""
    with api.websocket("/ws/live/", max_size=None, max_queue=None) as websocket:
        yield Live(api, websocket)
