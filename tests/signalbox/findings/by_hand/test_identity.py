"""SB801, word for word."""

import pytest

from signalbox.documents import SpanDocument, ThreadDocument
from signalbox.findings import Finding, find
from signalbox.recording import Recording
from tests.signalbox.findings.by_hand.recordings import hopped, sent


def threads_with(*idents: int, process: int = 7) -> list[ThreadDocument]:
    """One thread for each ident; their keys count from 1, so that the later one has the greater."""
    return [
        ThreadDocument(key, ident, 1000 + key, f"Worker-{key}", process, False) for key, ident in enumerate(idents, 1)
    ]


def found(threads: list[ThreadDocument], *spans: SpanDocument) -> list[Finding]:
    return find(Recording(spans or [sent(t.key, t.key, 10 * t.key, 10 * t.key + 5) for t in threads], threads))


def test_two_threads() -> None:
    assert found(threads_with(501, 502, 501)) == [
        Finding(
            code="SB801",
            title="One ident served several threads",
            severity="info",
            spans=[1, 3],
            explain="threading.get_ident() answered 501 in 2 threads, one after the other: Worker-1, Worker-3. Equal"
            " idents do not prove one thread.",
            fix="Compare threading.current_thread() objects, or threading.get_native_id(), when you ask whether two"
            " pieces of code ran in the same thread.",
            source=None,
        )
    ]


@pytest.mark.parametrize(
    ("idents", "said"),
    [
        ((501, 501, 501), "501 in 3 threads, one after the other: Worker-1, Worker-2, Worker-3. Equal"),
        ((501, 501, 501, 501, 501), ": Worker-1, Worker-2, Worker-3 and 2 more. Equal"),
        (
            (501, 501, 502, 502, 502),
            "502 in 3 threads, one after the other: Worker-3, Worker-4, Worker-5. So it was with 1 other ident. Equal",
        ),
        ((501, 501, 502, 502, 502, 503, 503), ". So it was with 2 other idents. Equal"),
    ],
)
def test_more_of_them(idents: tuple[int, ...], said: str) -> None:
    (finding,) = found(threads_with(*idents))
    assert said in finding.explain


def test_the_first_span_of_each_and_a_hop_that_led_there() -> None:
    threads = threads_with(501, 501, 502)
    hop = hopped(3, 3, 10, 40, "given-executor", 2)
    spans = sent(1, 1, 50, 60), sent(2, 2, 70, 80), hop, sent(4, 1, 90, 95)
    (finding,) = found(threads, *spans)
    assert finding.spans == [3, 1]


def test_near_miss_the_same_ident_in_another_process() -> None:
    one, (other,) = threads_with(501), threads_with(501, process=8)
    other.key = 2
    assert found([*one, other]) == []
