"""The websocket addresses."""

from typing import Any

from django.urls import path, re_path

from app.callers.consumers import AsyncConsumer, SyncConsumer
from app.callers.sockets import UnknownCaller
from app.live.consumer import LiveConsumer
from app.map.consumer import MapConsumer

websocket_urlpatterns: list[Any] = [
    path("ws/live/", LiveConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/map/", MapConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/experiments/async-consumer/", AsyncConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/experiments/sync-consumer/", SyncConsumer.as_asgi()),  # type: ignore[arg-type]
    re_path(r"", UnknownCaller.as_asgi()),  # type: ignore[arg-type]
]
