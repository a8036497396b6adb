"""From a request to an experiment and from its run to the response, for sync and async views alike."""

import asyncio
import functools
import inspect
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.request import RawPostDataException

from app.callers.running import aperform, aperform_stream, begin, perform
from app.callers.siblings import Place, leave_it_to_siblings, place_of
from app.experiments import LARGEST_BODY, Experiment, Malformed, Refused, read_experiment, too_large
from app.runs.documents import RunDocument
from app.runs.under_way import RunUnderWay

View = Callable[..., Any]


def runs_experiment(slug: str) -> Callable[[View], View]:
    """Make a function of (request, way) the view that runs the caller `slug`. It stays what it is: sync or async."""

    def decorate(caller: View) -> View:
        return _async_view(slug, caller) if inspect.iscoroutinefunction(caller) else _sync_view(slug, caller)

    return decorate


def _sync_view(slug: str, caller: View) -> View:
    @functools.wraps(caller)
    def view(request: HttpRequest) -> HttpResponse:
        if place := place_of(_scope(request)):
            return perform(place, caller, request) or HttpResponse("raised")
        try:
            run = begin(read_request(slug, request))
            if not leave_it_to_siblings(run, _scope(request), request.body):
                perform(Place(run), caller, request)
            return _answer(run.document())
        except Refused as refusal:
            return refused(refusal)

    return view


def _async_view(slug: str, caller: View) -> View:
    @functools.wraps(caller)
    async def view(request: HttpRequest) -> HttpResponse:
        if place := place_of(_scope(request)):
            return await aperform(place, caller, request) or HttpResponse("raised")
        try:
            run = begin(read_request(slug, request))
        except Refused as refusal:
            return refused(refusal)
        if not leave_it_to_siblings(run, _scope(request), request.body):
            await aperform(Place(run), caller, request)
        return _answer(await document_of(run))

    return view


def streams_experiment(slug: str) -> Callable[[View], View]:
    """Make an async function of (request, way) that returns a streaming response the view that runs the caller `slug`.

    The response's body is the caller: the function is called, and its response's parts are taken in, when the server
    asks for the first part of the answer, whose headers have gone out by then. The answer is the run's document.
    """

    def decorate(caller: View) -> View:
        @functools.wraps(caller)
        async def view(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
            if place := place_of(_scope(request)):
                return _streamed(place, caller, request)
            try:
                run = begin(read_request(slug, request))
            except Refused as refusal:
                return refused(refusal)
            if leave_it_to_siblings(run, _scope(request), request.body):
                return _answer(await document_of(run))
            return _streamed(Place(run), caller, request)

        return view

    return decorate


def _streamed(place: Place, caller: View, request: HttpRequest) -> StreamingHttpResponse:
    async def body() -> AsyncIterator[bytes]:
        await aperform_stream(place, caller, request)
        if place.asked_ns is None:  # a sibling's answer is for nobody
            yield msgspec.json.encode(await document_of(place.run))

    response = StreamingHttpResponse(body(), content_type="application/json")
    # A client that leaves early takes its response along before anybody has asked for the body.
    weakref.finalize(response, place.give_up, "The client left before the body of its answer was asked for.")
    return response


def _scope(request: HttpRequest) -> Any:
    """The ASGI scope; empty where no ASGI server has brought the request."""
    return getattr(request, "scope", {})


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
