"""Cells and runs as documents, as much of them as is asked for."""

from typing import Any

from app.map.comparing import ANSWERS

Document = dict[str, Any]


def receiver(
    kind: str = "sync", dispatch: int = 1, name: str = "app.receivers.handler", **answers: bool | None
) -> Document:
    """One receiver call of a verdict; all answers are yes unless given."""
    return {
        "dispatch": dispatch,
        "name": name,
        "is_async": kind == "async",
        **dict.fromkeys(ANSWERS, True),
        **answers,
    }


def cell(*receivers: Document, error: str | None = None, **parts: Any) -> Document:
    """A cell with these receiver calls, in the sender's thread one after the other unless said otherwise."""
    kinds = ["async" if one["is_async"] else "sync" for one in receivers]
    return {
        "caller": "sync-view",
        "way": "save",
        "receivers": "both",
        "atomic": False,
        "verdict": {"error": error, "receivers": [*receivers]},
        "places": ["sender"] * len(receivers),
        "outcomes": ["ok"] * len(receivers),
        "order": [[kind] for kind in kinds],
        "contextvars_kept": dict.fromkeys(kinds, True),
        **parts,
    }


def map_of(*cells: Document, beside: tuple[Document, ...] = (), **environment: str) -> Document:
    return {"environment": environment, "cells": [*cells], "beside": [*beside]}
