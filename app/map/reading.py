"""From a run's document to a cell's: pure functions."""

from typing import Any

from app.map.documents import CellDocument, Place
from app.map.grid import Cell
from app.work import ReceiverKind

Span = dict[str, Any]


def read_cell(cell: Cell, run: dict[str, Any]) -> CellDocument:
    """The cell as the run's document answers it."""
    spans = {span["id"]: span for span in run["spans"]}
    receivers = run["verdict"]["receivers"]
    return CellDocument(
        cell.caller,
        cell.way,
        cell.receivers,
        cell.atomic,
        run["id"],
        run["verdict"],
        [_place(receiver, spans) for receiver in receivers],
        [spans[receiver["span"]]["outcome"] for receiver in receivers],
        _order(receivers, spans),
        run["contextvars_kept"],
    )


def unserved_cell(cell: Cell, why: str) -> CellDocument:
    """The cell of a caller that the server cannot have."""
    verdict = {"error": f"NotServed: {why}", "receivers": [], "notes": []}
    return CellDocument(cell.caller, cell.way, cell.receivers, cell.atomic, None, verdict, [], [], [], {})


def _place(receiver: dict[str, Any], spans: dict[int, Span]) -> Place:
    if receiver["same_thread_as_sender"]:
        return "sender"
    if receiver["is_async"]:
        hop = spans.get(receiver["hop"])
        return "new-loop" if hop is not None and hop["attributes"].get("executor") == "new-loop" else "event-loop"
    return "caller" if receiver["same_thread_as_caller"] else "worker"


def _order(receivers: list[dict[str, Any]], spans: dict[int, Span]) -> list[list[ReceiverKind]]:
    """The groups of receivers of the first dispatch that ran one after the other.

    Where a caller dispatches several times at once, the later ones queue for their thread, so that it is chance what
    else has ended when their turn comes.
    """
    calls = sorted(receivers, key=lambda receiver: int(spans[receiver["span"]]["start_ns"]))
    order: list[list[ReceiverKind]] = []
    end_ns = 0
    for receiver in calls:
        if receiver["dispatch"] != calls[0]["dispatch"]:
            continue
        span = spans[receiver["span"]]
        if span["start_ns"] >= end_ns:
            order.append([])
        order[-1].append("async" if receiver["is_async"] else "sync")
        end_ns = max(end_ns, span["end_ns"] or span["start_ns"])
    # Which of two that run at the same time began first is chance, too.
    return [sorted(group, reverse=True) for group in order]


def was_disturbed(run: dict[str, Any]) -> bool:
    """Whether the machine had something else to do than the run: no async receiver of a map holds its loop."""
    return any(
        receiver["is_async"] and receiver["event_loop_free"] is False for receiver in run["verdict"]["receivers"]
    )
