"""From a run's document to a cell: where, in which order, with what outcome."""

from typing import Any

import pytest

from app.map.documents import CellDocument
from app.map.grid import Cell
from app.map.reading import read_cell, unserved_cell, was_disturbed
from tests.app.map.parts import Document, receiver

CELL = Cell("async-view", "asend", "both", atomic=True)


def run_of(*calls: tuple[Document, int, int | None], hops: tuple[Document, ...] = ()) -> Document:
    """A run with these receiver calls, each with when it began and ended."""
    spans = [
        {"id": number, "start_ns": start_ns, "end_ns": end_ns, "outcome": "ok" if end_ns else "unfinished"}
        for number, (_, start_ns, end_ns) in enumerate(calls, 1)
    ]
    receivers = [{"hop": None, **call, "span": number} for number, (call, *_) in enumerate(calls, 1)]
    verdict = {"error": None, "receivers": receivers, "notes": []}
    return {"id": "a run", "spans": [*spans, *hops], "verdict": verdict, "contextvars_kept": {"sync": True}}


def read(*calls: tuple[Document, int, int | None], hops: tuple[Document, ...] = ()) -> CellDocument:
    return read_cell(CELL, run_of(*calls, hops=hops))


def test_a_cell_says_what_was_asked_and_what_came_of_it() -> None:
    run = run_of((receiver("sync"), 1, 2), (receiver("async"), 2, None))
    assert read_cell(CELL, run) == CellDocument(
        caller="async-view",
        way="asend",
        receivers="both",
        atomic=True,
        run="a run",
        verdict=run["verdict"],
        places=["sender", "sender"],
        outcomes=["ok", "unfinished"],
        order=[["sync"], ["async"]],
        contextvars_kept={"sync": True},
    )


def test_the_cell_of_a_caller_that_is_not_served_is_an_error() -> None:
    verdict = {"error": "NotServed: no websockets.", "receivers": [], "notes": []}
    unserved = unserved_cell(CELL, "no websockets.")
    assert unserved == CellDocument("async-view", "asend", "both", True, None, verdict, [], [], [], {})


@pytest.mark.parametrize(
    ("kind", "as_sender", "as_caller", "place"),
    [
        ("sync", True, True, "sender"),
        ("sync", True, False, "sender"),
        ("sync", False, True, "caller"),
        ("sync", False, False, "worker"),
        ("async", True, True, "sender"),
        ("async", False, False, "event-loop"),
    ],
)
def test_the_place_is_what_the_thread_was_for(kind: str, as_sender: bool, as_caller: bool, place: str) -> None:
    call = receiver(kind, same_thread_as_sender=as_sender, same_thread_as_caller=as_caller)
    assert read((call, 1, 2)).places == [place]


@pytest.mark.parametrize(
    ("executor", "place"), [("new-loop", "new-loop"), ("main-loop", "event-loop"), (None, "event-loop")]
)
def test_of_an_async_receiver_the_hop_above_it_tells_whose_loop_it_was(executor: str | None, place: str) -> None:
    hop: Document = {"id": 7, "attributes": {} if executor is None else {"executor": executor}}
    call = receiver("async", same_thread_as_sender=False)
    assert read(({**call, "hop": 7}, 1, 2), hops=(hop,)).places == [place]


@pytest.mark.parametrize(
    ("calls", "order"),
    [
        ([], []),
        ([("sync", 1, 5), ("async", 5, 9)], [["sync"], ["async"]]),
        ([("async", 5, 9), ("sync", 1, 5)], [["sync"], ["async"]]),
        ([("sync", 1, 5), ("async", 4, 9)], [["sync", "async"]]),
        ([("async", 1, 5), ("sync", 4, 9)], [["sync", "async"]]),
        # A long one has both of the others beside it, though they do not meet.
        ([("sync", 1, 9), ("async", 2, 3), ("async", 5, 6)], [["sync", "async", "async"]]),
        ([("sync", 1, 3), ("async", 3, 6), ("async", 5, 8)], [["sync"], ["async", "async"]]),
        # Of one that never ended nobody knows for how long it was beside the next.
        ([("async", 1, None), ("async", 2, 3)], [["async"], ["async"]]),
    ],
)
def test_those_of_a_group_ran_side_by_side(calls: list[tuple[str, int, int | None]], order: list[list[str]]) -> None:
    assert read(*[(receiver(kind), start_ns, end_ns) for kind, start_ns, end_ns in calls]).order == order


def test_the_order_is_that_of_the_first_dispatch() -> None:
    later, first = receiver("async", dispatch=1), receiver("sync", dispatch=2)
    assert read((later, 5, 9), (first, 1, 2)).order == [["sync"]]


@pytest.mark.parametrize(
    ("kind", "free", "disturbed"),
    [("async", False, True), ("async", True, False), ("async", None, False), ("sync", False, False)],
)
def test_only_a_coroutine_that_held_its_loop_was_disturbed(kind: str, free: bool | None, disturbed: bool) -> None:
    quiet: Any = receiver("sync"), 1, 2
    assert was_disturbed(run_of(quiet, (receiver(kind, event_loop_free=free), 1, 2))) is disturbed
