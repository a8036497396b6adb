"""Receivers, cells and maps as documents: as a quiet run leaves them, but for what is given."""

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
        "why": f"{kind}, in dispatch {dispatch}.",
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
        "run": None,
        "verdict": {"error": error, "receivers": [*receivers], "notes": []},
        "places": ["sender"] * len(receivers),
        "outcomes": ["ok"] * len(receivers),
        "order": [[kind] for kind in kinds],
        "contextvars_kept": dict.fromkeys(kinds, True),
        **parts,
    }


def map_of(*cells: Document, beside: tuple[Document, ...] = (), **environment: str) -> Document:
    """A map of these cells alone, measured on the older Django under Daphne unless said otherwise."""
    return {
        "schema": 1,
        "environment": {"python": "3.11.7", "django": "5.2.19", "server": "daphne 4.2.3", **environment},
        "measured": {"at": "2026-11-22T09:00:00+00:00", "seconds": 1.0, "whole": False},
        "cells": [*cells],
        "beside": [*beside],
    }
