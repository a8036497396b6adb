"""The HTTP addresses."""

from django.urls import path

from app import api, pages
from app.callers import background, handing_on, under_middleware, views
from app.callers.process import command_in_a_process
from app.map import views as map_views

urlpatterns = [
    path("", pages.laboratory, name="laboratory"),
    path("runs/", pages.runs, name="runs"),
    path("runs/<str:run_id>/", pages.run, name="run"),
    path("runs/<str:run_id>.json", api.run, name="run-document"),
    path("map/", map_views.page, name="map"),
    path("map.json", map_views.document, name="map-document"),
    path("api/map/", map_views.cells),
    path("api/map/differences/", map_views.differences),
    path("api/experiments/", api.experiments, name="experiments"),
    path("api/runs/", api.runs, name="api-runs"),
    path("experiments/sync-view/", views.sync_view),
    path("experiments/async-view/", views.async_view),
    path("experiments/streaming-view/", views.streaming_view),
    path("experiments/async-view-task/", handing_on.async_view_task),
    path("experiments/async-view-to-thread/", handing_on.async_view_to_thread),
    path("experiments/async-view-gather/", handing_on.async_view_gather),
    path("experiments/sync-view-thread/", handing_on.sync_view_thread),
    path("experiments/sync-view-on-commit/", handing_on.sync_view_on_commit),
    path("experiments/async-middleware-sync-view/", under_middleware.async_middleware_sync_view),
    path("experiments/sync-middleware-async-view/", under_middleware.sync_middleware_async_view),
    path("experiments/background-task/", background.background_task),
    path("experiments/command/", command_in_a_process, {"caller": "command"}),
    path("experiments/command-async/", command_in_a_process, {"caller": "command-async"}),
    path("experiments/<str:caller>/", api.unknown_caller),
]
