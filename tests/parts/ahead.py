"""Running experiments ahead of the tests that ask for them, a few at a time: alone, each mostly waits."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from app.map.measuring import ATTEMPTS, LANES
from app.map.reading import was_disturbed
from tests.parts.api import Api, Document


class Ahead:
    """The documents of experiments, each run once."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._answers: dict[bytes, Future[Document]] = {}

    def begin(self, experiments: list[dict[str, Any]], lanes: Executor) -> None:
        self._answers |= {key_of(experiment): lanes.submit(self._run, **experiment) for experiment in experiments}

    def run(self, **experiment: Any) -> Document:
        return self._answers[key_of(experiment)].result()

    def _run(self, caller: str, way: str, **options: Any) -> Document:
        for _ in range(ATTEMPTS):
            document = self._api.run(caller, way, **options)
            if not was_disturbed(document):
                break
        return document


def key_of(experiment: dict[str, Any]) -> bytes:
    return msgspec.json.encode(experiment, order="sorted")


@contextmanager
def running_ahead(api: Api, *, side_by_side: list[dict[str, Any]], in_turn: list[dict[str, Any]]) -> Iterator[Ahead]:
    """Two groups of experiments; those of the second have one lane, beside the others."""
    ahead = Ahead(api)
    with ThreadPoolExecutor(LANES) as lanes, ThreadPoolExecutor(1) as lane:
        ahead.begin(side_by_side, lanes)
        ahead.begin(in_turn, lane)
        yield ahead
        lanes.shutdown(cancel_futures=True)
        lane.shutdown(cancel_futures=True)


def parameters_of(test: str, session: pytest.Session) -> list[dict[str, Any]]:
    """Those of each item of a parametrized test that was chosen for this session."""
    items = (item for item in session.items if isinstance(item, pytest.Function))
    return [item.callspec.params for item in items if item.originalname == test]
