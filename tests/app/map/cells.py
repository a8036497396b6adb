"""Cells as documents, written down for tests of pure functions."""

from typing import Any

Document = dict[str, Any]


def receiver(*, is_async: bool = False, dispatch: int = 1, **answers: bool | None) -> Document:
    """A receiver call that was answered alike to all questions, but for those given."""
    names = ("same_thread_as_sender", "same_thread_as_caller", "caller_waited", "same_connection", "same_transaction")
    more = ("event_loop_free", "contextvar_visible", "threadlocal_visible")
    return {
        "name": "app.receivers.handler",
        "is_async": is_async,
        "dispatch": dispatch,
        "why": f"{'async' if is_async else 'sync'}, in dispatch {dispatch}.",
        **dict.fromkeys((*names, *more), True),
        **answers,
    }


def cell(way: str = "save", *receivers: Document, caller: str = "sync-view", **more: Any) -> Document:
    """A cell whose receivers all ran in the sender's thread, one after the other."""
    kinds = ["async" if one["is_async"] else "sync" for one in receivers]
    return {
        "caller": caller,
        "way": way,
        "receivers": "sync",
        "atomic": False,
        "run": None,
        "verdict": {"error": None, "receivers": [*receivers], "notes": []},
        "places": ["sender"] * len(receivers),
        "outcomes": ["ok"] * len(receivers),
        "order": [[kind] for kind in kinds],
        "contextvars_kept": {},
        **more,
    }


def map_of(*cells: Document, **environment: str) -> Document:
    known = {"python": "3.11.7", "django": "5.2.19", "server": "daphne 4.2.3"}
    measured = {"at": "2026-11-22T09:00:00+00:00", "seconds": 1.0, "whole": False}
    return {
        "schema": 1,
        "environment": known | environment,
        "measured": measured,
        "cells": [*cells],
        "beside": [],
    }
