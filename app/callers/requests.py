"""From a request to an experiment and from its run to the response, for sync and async views alike."""

import asyncio
import functools
import inspect
from collections.abc import Callable
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException

from app.callers.running import aperform, perform
from app.experiments import LARGEST_BODY, Experiment, Malformed, Refused, read_experiment, too_large
from app.runs.collector import RunUnderWay
from app.runs.documents import RunDocument

View = Callable[..., Any]


def runs_experiment(slug: str) -> Callable[[View], View]:
    """Make a function of (request, way) the view that runs the caller `slug`. It stays what it is: sync or async."""

    def decorate(caller: View) -> View:
        return _async_view(slug, caller) if inspect.iscoroutinefunction(caller) else _sync_view(slug, caller)

    return decorate


def _sync_view(slug: str, caller: View) -> View:
    @functools.wraps(caller)
    def view(request: HttpRequest) -> HttpResponse:
        try:
            run = perform(read_request(slug, request), caller, request)
            return _answer(run.result.result())
        except Refused as refusal:
            return refused(refusal)

    return view


def _async_view(slug: str, caller: View) -> View:
    @functools.wraps(caller)
    async def view(request: HttpRequest) -> HttpResponse:
        try:
            run = await aperform(read_request(slug, request), caller, request)
            return _answer(await document_of(run))
        except Refused as refusal:
            return refused(refusal)

    return view


async def document_of(run: RunUnderWay) -> RunDocument:
    """Wait for the run's document without holding the loop."""
    # Shielded: when the client goes away, the run still gets its document.
    return await asyncio.shield(asyncio.wrap_future(run.result))


def read_request(slug: str, request: HttpRequest) -> Experiment:
    """The experiment that a request asks for. Raises Refused."""
    if request.method != "POST":
        raise Refused(405, f"Expected POST; got {request.method}.")
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise too_large(int(request.headers.get("Content-Length") or LARGEST_BODY + 1)) from error
    except RawPostDataException as error:  # the CSRF check has read a form already
        raise Malformed(f"Expected a JSON body; got {request.content_type}.") from error
    return read_experiment(slug, body)


def _answer(document: RunDocument) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(document), content_type="application/json")


def refused(refusal: Refused) -> HttpResponse:
    """The refusal as a JSON response: `{"error": sentence}`."""
    headers = {405: {"Allow": "POST"}, 429: {"Retry-After": "1"}}.get(refusal.status)
    body = msgspec.json.encode({"error": str(refusal)})
    return HttpResponse(body, status=refusal.status, headers=headers, content_type="application/json")
