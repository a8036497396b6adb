"""Running an experiment in a thread of its own, so that the test can watch it."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from tests.parts.api import Api, Document


@contextmanager
def run_elsewhere(api: Api, caller: str, way: str, **options: Any) -> Iterator["Future[Document]"]:
    """The experiment is under way inside of the block, and over after it."""
    with ThreadPoolExecutor(1) as executor:
        yield executor.submit(api.run, caller, way, **options)
