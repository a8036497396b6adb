"""The pump: what began and what ended since its last look."""

import os
import queue
import threading
from collections.abc import Callable, Iterator

import pytest

import signalbox
from app.live.batches import Batch
from app.live.pump import Pump
from signalbox.requests import Request
from signalbox.scopes import request
from signalbox.spans import Span

PATIENCE_S = 5


class Watch:
    """A pump that runs, and the batches in which it told of something."""

    def __init__(self) -> None:
        self.batches: queue.Queue[Batch] = queue.Queue()
        self.pump = Pump([self.observe])
        self.is_over = False
        self.stopped = threading.Event()

    def observe(self, spans: list[Span], batch: Batch) -> None:
        if self.is_over:  # the pump's thread stops here for good: it must not look into the next test's buffer
            self.stopped.set()
            threading.Event().wait()
        if batch:
            self.batches.put(batch)

    def until(self, told: Callable[[Batch], bool]) -> Batch:
        while not told(batch := self.batches.get(timeout=PATIENCE_S)):
            pass
        return batch


@pytest.fixture
def watch() -> Iterator[Watch]:
    signalbox.buffer().drain()
    watch = Watch()
    watch.pump.hold()
    yield watch
    watch.is_over = True
    watch.pump.look_now()
    assert watch.stopped.wait(PATIENCE_S)


def test_a_span_is_seen_to_begin_and_then_to_end(watch: Watch) -> None:
    with signalbox.step("work"):
        begin = watch.until(lambda batch: bool(batch.begun))
        (span,) = begin.begun
        assert (span.name, span.outcome, span.end_ns) == ("work", None, None)
        assert begin.process == os.getpid()
    (end,) = watch.until(lambda batch: bool(batch.ended)).ended
    assert (end.id, end.outcome) == (span.id, "ok")
    assert end.end_ns is not None


def test_a_thread_is_told_of_once(watch: Watch) -> None:
    with signalbox.step("first") as span:
        assert span is not None
        first = watch.until(lambda batch: bool(batch.begun))
        assert [thread.key for thread in first.threads] == [span.thread.key]
    with signalbox.step("second"):
        assert watch.until(lambda batch: bool(batch.begun)).threads == []


def test_a_fault_of_an_observer_does_not_end_the_pump(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    failed = threading.Event()

    def faulty(spans: list[Span], batch: Batch) -> None:
        if not failed.is_set():
            failed.set()
            raise ValueError("on purpose")

    watch.pump.add_observer(faulty)
    assert failed.wait(PATIENCE_S)
    with signalbox.step("good"):
        batch = watch.until(lambda batch: bool(batch.begun) and batch.begun[-1].name == "good")
    assert batch.begun
    assert "A look into the buffer failed" in caplog.text


def test_a_span_that_is_given_up_is_told_of(watch: Watch) -> None:
    with signalbox.step("forgotten") as span:
        assert span is not None
        watch.until(lambda batch: bool(batch.begun))
        span.outcome = "unfinished"
        (end,) = watch.until(lambda batch: bool(batch.ended)).ended
        assert (end.id, end.outcome, end.end_ns) == (span.id, "unfinished", None)


def test_an_open_connection_alone_is_not_looked_at_until_something_happens(watch: Watch) -> None:
    with request(Request("websocket", "/ws/shop/")):
        watch.until(lambda batch: bool(batch.begun))
        watch.pump.release()
        with signalbox.step("asks to be looked at"):
            watch.pump.look_now()
            watch.until(lambda batch: bool(batch.begun))
        watch.until(lambda batch: bool(batch.ended))
        assert not watch.pump._is_watching()
    watch.pump.look_now()
    assert len(watch.until(lambda batch: bool(batch.ended)).ended) == 1
