"""The callers that answer an HTTP request: each is the view at its URL, an `async def` one all the way down."""

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse

from app.callers.requests import runs_experiment
from app.ways.bound import BoundWay


@runs_experiment("sync-view")
def sync_view(request: HttpRequest, way: BoundWay) -> HttpResponse:
    with way.transaction():
        if way.is_async:
            async_to_sync(way.run)()
        else:
            way.run()
    return HttpResponse("done")


@runs_experiment("async-view")
async def async_view(request: HttpRequest, way: BoundWay) -> HttpResponse:
    with way.transaction():
        if way.is_async:
            await way.run()
        else:
            way.run()
    return HttpResponse("done")
