"""The page of the map, and what it reads."""

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_safe

from app.callers.requests import refused
from app.experiments import Refused
from app.map.comparing import compare, grouped
from app.map.files import decode_map
from app.map.library import HERE, committed, document_of, existing, head, nearest
from app.map.showing import shown
from app.map.text import as_json
from app.map.words import ANSWERS, PLACES, compared
from app.runs.environment import environment

#: Of an uploaded map, in bytes. One with every cell has some 2 MB.
LARGEST_MAP = 8 * 1024 * 1024


@require_safe
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "app/map.html")


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The map as `manage.py map --json` prints it."""
    try:
        text = as_json(existing(request.GET.get("map", HERE)))
    except Refused as refusal:
        return refused(refusal)
    return HttpResponse(text, content_type="application/json")


@require_safe
def cells(request: HttpRequest) -> HttpResponse:
    """A map as the page shows it, and which others there are."""
    name = request.GET.get("map", HERE)
    try:
        found = document_of(name)
    except Refused as refusal:
        return refused(refusal)
    here = environment("server")
    answer = {
        "environment": here,
        "committed": list(committed().values()),
        "nearest": nearest(here),
        "words": {
            "places": {place: words._asdict() for place, words in PLACES.items()},
            "answers": [answer._asdict() for answer in ANSWERS],
        },
        "map": None if found is None else head(name, found),
        "cells": [] if found is None else [shown(cell) for cell in found["cells"]],
    }
    return _json(answer)


@require_http_methods(["GET", "HEAD", "POST"])
def differences(request: HttpRequest) -> HttpResponse:
    """What is otherwise in another map: a committed one, or the one in the body of a POST."""
    try:
        one = existing(request.GET.get("map", HERE))
        if request.method == "POST":
            name, other = "file", _uploaded(request)
        else:
            name = request.GET.get("with", "")
            other = existing(name)
    except Refused as refusal:
        return refused(refusal)
    return _json({"environment": other["environment"], "name": name, **_compared(one, other)})


def _compared(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Cells that only one of the two has are counted, not named: a part of a map lacks more than it has."""
    found = compare(one, other)
    alone = {difference.cell for difference in found if difference.what == "cell"}
    groups = grouped(difference for difference in found if difference.what != "cell")
    return {
        "differing": len({difference.cell for difference in found} - alone),
        "alone": len(alone),
        "groups": [
            {
                "what": compared(what),
                "here": before,
                "there": after,
                "cells": list(dict.fromkeys(difference.cell for difference in group)),
            }
            for (what, before, after), group in groups.items()
        ],
    }


def _uploaded(request: HttpRequest) -> dict[str, Any]:
    """The map in the request's body. Raises Refused."""
    text = request.read(LARGEST_MAP + 1)  # not `body`, whose bound is that of an experiment
    if len(text) > LARGEST_MAP:
        raise Refused(413, f"Expected a map of at most {LARGEST_MAP} bytes; got more.")
    try:
        return decode_map(text, "this file")
    except ValueError as error:
        raise Refused(400, str(error)) from error


def _json(answer: dict[str, Any]) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json")
