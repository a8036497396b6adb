"""The callers that hand the work on to a task or a thread, or put it off until after their transaction.

What they start is waited for where that is what people write: a task is awaited before the view answers, because a
request takes its thread along when it is over. A thread is not joined, because nobody starts one in a view in order to
wait for it.
"""

import asyncio
import threading

from asgiref.sync import async_to_sync
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from app.callers.requests import runs_experiment
from app.ways.bound import BoundWay

AT_ONCE = 3


@runs_experiment("async-view-task")
async def async_view_task(request: HttpRequest, way: BoundWay) -> HttpResponse:
    async def work() -> None:
        with way.transaction():
            if way.is_async:
                await way.run()
            else:
                way.run()

    task = asyncio.create_task(work())
    # … the view goes on, and waits for the task before it answers
    await task
    return HttpResponse("done")


@runs_experiment("async-view-to-thread")
async def async_view_to_thread(request: HttpRequest, way: BoundWay) -> HttpResponse:
    def work() -> None:
        with way.transaction():
            if way.is_async:
                async_to_sync(way.run)()
            else:
                way.run()

    await asyncio.to_thread(work)
    return HttpResponse("done")


@runs_experiment("async-view-gather")
async def async_view_gather(request: HttpRequest, way: BoundWay) -> HttpResponse:
    async def work() -> None:
        with way.transaction():
            if way.is_async:
                await way.run()
            else:
                way.run()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return HttpResponse("done")


@runs_experiment("sync-view-thread")
def sync_view_thread(request: HttpRequest, way: BoundWay) -> HttpResponse:
    def work() -> None:
        with way.transaction():
            if way.is_async:
                async_to_sync(way.run)()
            else:
                way.run()

    threading.Thread(target=work).start()
    return HttpResponse("started")


@runs_experiment("sync-view-on-commit")
def sync_view_on_commit(request: HttpRequest, way: BoundWay) -> HttpResponse:
    def work() -> None:
        with way.transaction():
            if way.is_async:
                async_to_sync(way.run)()
            else:
                way.run()

    with transaction.atomic():
        transaction.on_commit(work)
    return HttpResponse("done")
