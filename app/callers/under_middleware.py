"""The callers behind a middleware that cannot do both, so that Django takes them across to the other kind and back."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import async_to_sync
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware, sync_only_middleware

from app.callers.requests import View, runs_experiment
from app.ways.bound import BoundWay


def behind(middleware: Any) -> Callable[[View], View]:
    """Put one view behind a middleware, as Django's handler puts all behind those in MIDDLEWARE.

    It adapts the view by the same method, so the hops are the same; in the list, it would change every other caller.
    """

    def decorate(view: View) -> View:
        adapted = BaseHandler().adapt_method_mode(middleware.async_capable, view)
        return functools.wraps(view)(middleware(adapted))

    return decorate


@async_only_middleware
def async_middleware(get_response: Callable[..., Awaitable[HttpResponse]]) -> Callable[..., Any]:
    async def middleware(request: HttpRequest) -> HttpResponse:
        return await get_response(request)

    return middleware


@behind(async_middleware)
@runs_experiment("async-middleware-sync-view")
def async_middleware_sync_view(request: HttpRequest, way: BoundWay) -> HttpResponse:
    with way.transaction():
        if way.is_async:
            async_to_sync(way.run)()
        else:
            way.run()
    return HttpResponse("done")


@sync_only_middleware
def sync_middleware(get_response: Callable[..., HttpResponse]) -> Callable[..., Any]:
    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware


@behind(sync_middleware)
@runs_experiment("sync-middleware-async-view")
async def sync_middleware_async_view(request: HttpRequest, way: BoundWay) -> HttpResponse:
    with way.transaction():
        if way.is_async:
            await way.run()
        else:
            way.run()
    return HttpResponse("done")
