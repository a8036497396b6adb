"""What programs read: the catalogue, the list of runs, a run's document."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from app.callers.registry import CALLERS
from app.callers.requests import refused
from app.catalogue import catalogue
from app.experiments import Refused
from app.pages import no_such_run
from app.runs.listing import PAGE, listed_runs, newest_runs, read_before, read_limit, stored_run


@require_safe
def experiments(request: HttpRequest) -> HttpResponse:
    return JsonResponse(catalogue())


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    try:
        before = read_before(request.GET.get("before", ""))
        listed = newest_runs(read_limit(request.GET.get("limit", str(PAGE))), before)
    except Refused as refusal:
        return refused(refusal)
    return JsonResponse({"runs": listed, "total": listed_runs().count()})


@require_safe
def run(request: HttpRequest, run_id: str) -> HttpResponse:
    found = stored_run(run_id)
    return refused(Refused(404, no_such_run(run_id))) if found is None else JsonResponse(found.document)


def unknown_caller(request: HttpRequest, caller: str) -> HttpResponse:
    """The experiment of a caller that isn't there, or that is a websocket."""
    if caller in CALLERS:
        sentence = f"Expected a websocket at {CALLERS[caller].url} for the caller {caller}; got an HTTP request."
        return refused(Refused(400, sentence))
    return refused(Refused(404, f"Expected a caller out of {', '.join(CALLERS)}; got {caller[:60]}."))
