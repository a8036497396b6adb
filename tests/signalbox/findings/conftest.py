"""From real code under the probe to findings: spans, recording, `find()`."""

from collections.abc import Callable

import pytest

import signalbox
from signalbox.documents import thread_document, threads_of
from signalbox.findings import Finding, find
from signalbox.recording import Recording


@pytest.fixture
def found(probe: None) -> Callable[[], list[Finding]]:
    """`found()`: the findings in what was recorded since the last call."""

    def find_in_buffer() -> list[Finding]:
        spans = signalbox.buffer().drain()
        threads = {thread.key: thread_document(thread) for span in spans for thread in threads_of(span)}
        return find(Recording([signalbox.span_document(span) for span in spans], list(threads.values())))

    return find_in_buffer
