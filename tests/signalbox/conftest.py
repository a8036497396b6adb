"""A probe that is installed for one test, and what it recorded."""

from collections.abc import Callable, Iterator

import pytest

import signalbox
from signalbox.documents import SpanDocument


@pytest.fixture
def probe() -> Iterator[None]:
    """The probe, installed and with an empty buffer; afterwards it is as it was before."""
    was_installed = signalbox.installed()
    signalbox.install()
    signalbox.buffer().drain()
    yield
    signalbox.buffer().drain()
    if not was_installed:
        signalbox.uninstall()


@pytest.fixture
def recorded(probe: None) -> Callable[[], list[SpanDocument]]:
    """`recorded()`: the spans since the last call, in the order in which they began."""
    return lambda: [signalbox.span_document(span) for span in signalbox.buffer().drain()]
