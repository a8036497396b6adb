"""The pages, and the errors as a person or a program gets them."""

import os
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from app.access import wants_html
from app.callers.requests import refused
from app.experiments import Refused
from app.runs.documents import alike
from app.runs.environment import environment as measured_on
from app.runs.listing import PAGE, listed_runs, newest_runs, read_before, stored_run


def environment(request: HttpRequest) -> dict[str, Any]:
    """The context that every page has: what this server runs on."""
    return {"environment": measured_on("server"), "process": os.getpid(), "debug": settings.DEBUG}


@require_safe
@ensure_csrf_cookie
def laboratory(request: HttpRequest) -> HttpResponse:
    return render(request, "app/laboratory.html")


@require_safe
@ensure_csrf_cookie
def runs(request: HttpRequest) -> HttpResponse:
    try:
        before = read_before(request.GET.get("before", ""))
    except Refused as refusal:
        return _error(request, refusal.status, "Not a list of runs", str(refusal))
    listed = newest_runs(PAGE, before)
    context = {
        "runs": [{**each, "receivers": alike(each["receivers"])} for each in listed],
        "next_before": listed[-1]["started_at"] if len(listed) == PAGE else None,
        "total": listed_runs().count(),
    }
    return render(request, "app/runs.html", context)


@require_safe
@ensure_csrf_cookie
def run(request: HttpRequest, run_id: str) -> HttpResponse:
    found = stored_run(run_id)
    if found is None:
        return _error(request, 404, "No such run", no_such_run(run_id))
    return render(request, "app/run.html", {"run_id": run_id, "document": found.document})


def no_such_run(run_id: str) -> str:
    """The sentence for a run that isn't there."""
    return f"Expected the id of a stored run; there is none with {run_id[:60]}."


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = f"Expected the csrftoken cookie, echoed in the X-CSRFToken header, from this origin. {reason}"
    return refused(Refused(403, sentence)) if not wants_html(request) else _error(request, 403, "Refused", sentence)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400, "Bad request", "The server could not understand this request.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403, "Not allowed", "This page asks for a signed-in member of staff.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404, "Not found", f"There is nothing at {request.path}.")


def server_error(request: HttpRequest) -> HttpResponse:
    if wants_html(request):
        return render(request, "500.html", status=500)
    return JsonResponse({"error": "The server failed; its log says how."}, status=500)


def _error(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    """One sentence: on a page for a person, as JSON for a program."""
    if not wants_html(request):
        return JsonResponse({"error": message}, status=status)
    return render(request, "app/error.html", {"status": status, "title": title, "message": message}, status=status)
