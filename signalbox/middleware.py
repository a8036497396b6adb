"""Django middleware that puts each request inside a span: ``"signalbox.middleware.request_spans"`` in ``MIDDLEWARE``.

The span lasts from here to the response: first in the list, it has the other middleware inside it. The body of a
streaming response, ``request_started`` and ``request_finished`` are outside of it: Django's handlers send and iterate
those before and after the middleware (``django/core/handlers/asgi.py``, ``wsgi.py``).
"""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from signalbox.faults import give_up
from signalbox.install import installed
from signalbox.requests import LONGEST_PATH, Request
from signalbox.scopes import request as request_scope


@sync_and_async_middleware
def request_spans(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """The middleware: a coroutine function where Django's chain is async, a function where it is sync."""
    return _async_middleware(get_response) if iscoroutinefunction(get_response) else _sync_middleware(get_response)


def _sync_middleware(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], Any]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        asked = _asked(request)
        if asked is None:
            return get_response(request)
        with request_scope(asked):
            response = get_response(request)
            _note_answer(asked, request, response)
            return response

    return middleware


def _async_middleware(get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> Callable[..., Any]:
    async def middleware(request: HttpRequest) -> HttpResponseBase:
        asked = _asked(request)
        if asked is None:
            return await get_response(request)
        response: HttpResponseBase = await request_scope(asked).around(answer(asked, request))
        return response

    async def answer(asked: Request, request: HttpRequest) -> HttpResponseBase:
        response = await get_response(request)
        _note_answer(asked, request, response)
        return response

    return middleware


def _asked(request: HttpRequest) -> Request | None:
    """The request as lifeless facts; None where nothing is recorded."""
    if not installed():
        return None
    try:
        return Request("http", request.path[:LONGEST_PATH], (request.method or "")[:LONGEST_PATH])
    except Exception as fault:
        give_up(fault)
        return None


def _note_answer(asked: Request, request: HttpRequest, response: HttpResponseBase) -> None:
    try:
        asked.status = response.status_code
        match = request.resolver_match
        if match is not None:
            asked.route, asked.view = match.route, match._func_path
    except Exception as fault:
        give_up(fault)
