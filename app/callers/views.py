"""The callers that answer an HTTP request: each is the view at its URL, an `async def` one all the way down."""

from collections.abc import AsyncIterator

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from app.callers.requests import runs_experiment, streams_experiment
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


@streams_experiment("streaming-view")
async def streaming_view(request: HttpRequest, way: BoundWay) -> StreamingHttpResponse:
    async def body() -> AsyncIterator[str]:
        yield "saving"
        with way.transaction():
            if way.is_async:
                await way.run()
            else:
                way.run()
        yield "done"

    return StreamingHttpResponse(body())
