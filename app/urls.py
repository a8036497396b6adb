"""The HTTP addresses."""

from django.urls import path

from app import api, pages
from app.callers import views
from app.callers.process import command_in_a_process

urlpatterns = [
    path("", pages.laboratory, name="laboratory"),
    path("runs/", pages.runs, name="runs"),
    path("runs/<str:run_id>/", pages.run, name="run"),
    path("runs/<str:run_id>.json", api.run, name="run-document"),
    path("api/experiments/", api.experiments, name="experiments"),
    path("api/runs/", api.runs, name="api-runs"),
    path("experiments/sync-view/", views.sync_view),
    path("experiments/async-view/", views.async_view),
    path("experiments/command/", command_in_a_process),
    path("experiments/<str:caller>/", api.unknown_caller),
]
