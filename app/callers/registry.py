"""The table of callers: slug, what it is called, what to know about it, and the function that the page shows."""

import inspect
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from app.callers import background, commands, consumers, handing_on, under_middleware, views
from app.django_tasks import NO_TASKS
from app.experiments import COMMANDS, MOST_AT_ONCE
from app.runs.environment import Where

Transport = Literal["http", "websocket"]


class Caller(msgspec.Struct, frozen=True):
    """A real entry point from which an experiment is run."""

    slug: str
    title: str
    summary: str
    function: Callable[..., Any]
    transport: Transport = "http"
    #: What stands right above it in its file and belongs to it.
    above: Callable[..., Any] | None = None
    #: Whether the way is called on an event loop, where that is not just where the function runs.
    calls_on_loop: bool | None = None
    #: Why it cannot do anything on this version of Django, in one sentence.
    missing: str | None = None
    #: Whether it goes on only when what it has started is done.
    waits: bool = True

    @property
    def is_async(self) -> bool:
        return inspect.iscoroutinefunction(inspect.unwrap(self.function))

    @property
    def on_loop(self) -> bool:
        """Whether the way is called on a thread with a running event loop."""
        return self.is_async if self.calls_on_loop is None else self.calls_on_loop

    @property
    def hands_to_pool(self) -> bool:
        """Whether the way is called in a thread of the loop's pool, whose past has a say in what happens there."""
        return self.is_async and not self.on_loop

    @property
    def where(self) -> Where:
        return "command" if self.slug in COMMANDS else "server"

    @property
    def most_at_once(self) -> int:
        """The largest ``concurrency`` of its experiments."""
        return MOST_AT_ONCE if self.where == "server" else 1

    @property
    def url(self) -> str:
        return f"{'/ws' if self.transport == 'websocket' else ''}/experiments/{self.slug}/"


_TABLE = (
    Caller("sync-view", "sync view", "A plain Django view, in the request's own worker thread.", views.sync_view),
    Caller("async-view", "async view", "An async def view, on the server's event loop.", views.async_view),
    Caller(
        "async-view-task",
        "async view, create_task",
        "The view starts a task on its loop, and awaits it before it answers.",
        handing_on.async_view_task,
    ),
    Caller(
        "async-view-to-thread",
        "async view, to_thread",
        "The view awaits asyncio.to_thread(): any thread of the loop's pool, whatever it has done before.",
        handing_on.async_view_to_thread,
        calls_on_loop=False,
    ),
    Caller(
        "async-view-gather",
        "async view, gather",
        "The view awaits three of them at once with asyncio.gather().",
        handing_on.async_view_gather,
    ),
    Caller(
        "sync-view-thread",
        "sync view, Thread",
        "The view starts a threading.Thread and does not wait for it.",
        handing_on.sync_view_thread,
        waits=False,
    ),
    Caller(
        "sync-view-on-commit",
        "sync view, on_commit",
        "The view leaves it to transaction.on_commit(): right after its transaction, in the same thread.",
        handing_on.sync_view_on_commit,
    ),
    Caller(
        "streaming-view",
        "streaming view",
        "The body of a StreamingHttpResponse, an async generator: it runs when the headers have been sent.",
        views.streaming_view,
    ),
    Caller(
        "async-middleware-sync-view",
        "sync view under async middleware",
        "Django takes the request from the event loop to the view's thread.",
        under_middleware.async_middleware_sync_view,
        above=under_middleware.async_middleware,
    ),
    Caller(
        "sync-middleware-async-view",
        "async view under sync middleware",
        "The request's thread waits in the middleware, while the view is on the event loop.",
        under_middleware.sync_middleware_async_view,
        above=under_middleware.sync_middleware,
    ),
    Caller(
        "async-consumer",
        "async consumer",
        "A Channels consumer on the server's event loop.",
        consumers.AsyncConsumer.receive,
        "websocket",
    ),
    Caller(
        "sync-consumer",
        "sync consumer",
        "A Channels consumer in the one thread that all sync consumers share.",
        consumers.SyncConsumer.receive,
        "websocket",
    ),
    Caller(
        "command",
        "management command",
        "A process of its own, without an event loop.",
        commands.command,
    ),
    Caller(
        "command-async",
        "management command, async_to_sync",
        "A process of its own; async_to_sync() makes an event loop in a second thread.",
        commands.command_async,
        calls_on_loop=True,
    ),
    Caller(
        "background-task",
        "background task",
        "A view enqueues a task of Django's Tasks framework, whose ImmediateBackend runs it at once, in place.",
        background.background_task,
        above=background.save_in_the_background.func,
        missing=NO_TASKS,
    ),
)

CALLERS: dict[str, Caller] = {caller.slug: caller for caller in _TABLE}
