"""A developer's own project in one file: the probe's app, its middleware, its wrapper, and nothing of the laboratory.

`daphne tests.signalbox.own_project:application` serves it; `GET /spans/` tells what was recorded since the last time.
"""

from typing import Any

import django
import msgspec
from channels.generic.websocket import AsyncWebsocketConsumer, WebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

if not settings.configured:
    settings.configure(
        SECRET_KEY="of a test",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["signalbox"],
        MIDDLEWARE=["signalbox.middleware.request_spans"],
        DATABASES={},
        LOGGING_CONFIG=None,
    )
    django.setup()

from django.core.asgi import get_asgi_application
from django.dispatch import Signal

import signalbox
from signalbox.asgi import ConsumerSpans

ordered = Signal()


def write_bill(**kwargs: Any) -> None:
    pass


ordered.connect(write_bill)


def sync_view(request: HttpRequest, number: int) -> HttpResponse:
    ordered.send(sender="a shop")
    return HttpResponse("thanks", headers={"X-Order": "7"})


async def async_view(request: HttpRequest) -> HttpResponse:
    await ordered.asend(sender="a shop")
    return HttpResponse("thanks", status=201)


def refusing_view(request: HttpRequest) -> HttpResponse:
    raise LookupError("sold out")


def streaming_view(request: HttpRequest) -> StreamingHttpResponse:
    def body() -> Any:
        yield b"one "
        ordered.send(sender="a shop")
        yield b"two"

    return StreamingHttpResponse(body())


async def async_streaming_view(request: HttpRequest) -> StreamingHttpResponse:
    async def body() -> Any:
        yield b"one "
        await ordered.asend(sender="a shop")
        yield b"two"

    return StreamingHttpResponse(body())


async def spans(request: HttpRequest) -> HttpResponse:
    found = [signalbox.span_document(span) for span in signalbox.buffer().drain()]
    return HttpResponse(msgspec.json.encode(found), content_type="application/json")


class AsyncShop(AsyncWebsocketConsumer):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await ordered.asend(sender="a shop")
        await self.send(text_data="thanks")


class SyncShop(WebsocketConsumer):
    def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        ordered.send(sender="a shop")
        self.send(text_data="thanks")


urlpatterns = [
    path("sync/<int:number>/", sync_view),
    path("async/", async_view),
    path("refusing/", refusing_view),
    path("streaming/", streaming_view),
    path("async-streaming/", async_streaming_view),
    path("spans/", spans),
]
websockets: list[Any] = [path("ws/async/", AsyncShop.as_asgi()), path("ws/sync/", SyncShop.as_asgi())]
application = ProtocolTypeRouter({"http": get_asgi_application(), "websocket": ConsumerSpans(URLRouter(websockets))})
