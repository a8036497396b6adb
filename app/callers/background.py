"""The caller that enqueues a background task. Django's own ImmediateBackend runs it at once, in place."""

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse

from app.callers.requests import runs_experiment
from app.django_tasks import task
from app.ways.bound import BoundWay, bound_ways


@task
def save_in_the_background(ticket: str) -> None:
    way = bound_ways[ticket]
    with way.transaction():
        if way.is_async:
            async_to_sync(way.run)()
        else:
            way.run()


@runs_experiment("background-task")
def background_task(request: HttpRequest, way: BoundWay) -> HttpResponse:
    save_in_the_background.enqueue(way.ticket)
    return HttpResponse("enqueued")
