"""The request middleware under Django's own handlers: what it records, and that nothing else is to be seen of it."""

import asyncio
import contextlib
import gc
import traceback
import weakref
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.utils.decorators import async_only_middleware, sync_only_middleware

import signalbox
from signalbox.documents import SpanDocument
from signalbox.middleware import request_spans
from tests.signalbox.own_project import ordered

Recorded = Callable[[], list[SpanDocument]]

SPANS = "signalbox.middleware.request_spans"
SYNC_ONLY = f"{__name__}.sync_only"
ASYNC_ONLY = f"{__name__}.async_only"
MIXIN = "django.middleware.common.CommonMiddleware"
ORDERS = [
    [SPANS],
    [SPANS, SYNC_ONLY],
    [SYNC_ONLY, SPANS],
    [SPANS, ASYNC_ONLY],
    [ASYNC_ONLY, SPANS],
    [MIXIN, SPANS, MIXIN],
]
PATHS = ["/sync/7/", "/async/", "/streaming/", "/async-streaming/", "/refusing/", "/nowhere/"]


@sync_only_middleware
def sync_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware


@async_only_middleware
def async_only(get_response: Callable[[HttpRequest], Awaitable[HttpResponse]]) -> Callable[..., Any]:
    async def middleware(request: HttpRequest) -> HttpResponse:
        return await get_response(request)

    return middleware


def fails(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("a fault of the probe")


@pytest.fixture(autouse=True)
def project() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.signalbox.own_project", MIDDLEWARE=[SPANS]):
        yield


def through_wsgi(path: str, *, raising: bool = False) -> Any:
    """The answer of Django's sync handler: the exception, or what there is of the response."""
    try:
        response = Client(raise_request_exception=raising).get(path)
    except Exception as error:
        return last_frame(error)
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, sorted(response.items()), body, response.streaming


def through_asgi(path: str, *, raising: bool = False) -> Any:
    """The answer of Django's async handler."""

    async def ask() -> Any:
        response = await AsyncClient(raise_request_exception=raising).get(path)
        if not response.streaming:
            body = response.content
        elif response.is_async:
            body = b"".join([part async for part in response])
        else:
            body = b"".join(response)
        return response.status_code, sorted(response.items()), body, response.streaming

    try:
        return asyncio.run(ask())
    except Exception as error:
        return last_frame(error)


def last_frame(error: BaseException) -> Any:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return type(error), str(error), frame.filename, frame.lineno


HANDLERS = pytest.mark.parametrize("through", [through_wsgi, through_asgi])


def requests(spans: list[SpanDocument]) -> list[SpanDocument]:
    return [span for span in spans if span.kind == "request"]


@HANDLERS
@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
class TestTransparent:
    @pytest.mark.parametrize("order", ORDERS, ids=lambda order: " ".join(name.rpartition(".")[2] for name in order))
    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("raising", [False, True], ids=["responses", "exceptions"])
    def test_the_same_response_and_the_same_exception(
        self, recorded: Recorded, through: Callable[..., Any], order: list[str], path: str, raising: bool
    ) -> None:
        with override_settings(MIDDLEWARE=[name for name in order if name != SPANS]):
            bare = through(path, raising=raising)
        recorded()
        with override_settings(MIDDLEWARE=order):
            assert through(path, raising=raising) == bare
        assert [span.attributes["path"] for span in requests(recorded())] == [path]

    def test_without_the_probe_it_is_not_there(self, recorded: Recorded, through: Callable[..., Any]) -> None:
        signalbox.uninstall()
        assert through("/sync/7/")[0] == 200
        assert recorded() == []

    @pytest.mark.parametrize(
        "parts",
        [
            {"middleware.Request": fails},
            {"middleware.Request": lambda *facts: object()},  # which takes no answer
            {"scopes.new_span": fails},
            {"scopes.end_span": fails, "coroutines.end_span": fails},
        ],
        ids=["what was asked", "the answer", "the begin", "the end"],
    )
    def test_a_fault_removes_the_probe_and_the_request_goes_on(
        self, recorded: Recorded, caplog: pytest.LogCaptureFixture, through: Callable[..., Any], parts: dict[str, Any]
    ) -> None:
        bare = through("/sync/7/")
        assert signalbox.installed()
        with contextlib.ExitStack() as stack:
            for name, replacement in parts.items():
                stack.enter_context(mock.patch(f"signalbox.{name}", replacement))
            assert through("/sync/7/") == bare
        assert not signalbox.installed()
        assert [record.name for record in caplog.records] == ["signalbox"]


class TestSyncAndAsync:
    """Which of its two paths is taken is Django's choice (``BaseHandler.load_middleware``)."""

    @pytest.mark.parametrize(
        ("through", "order", "is_async"),
        [
            (through_wsgi, [SPANS], False),
            (through_wsgi, [SPANS, ASYNC_ONLY], True),
            (through_wsgi, [ASYNC_ONLY, SPANS], False),
            (through_wsgi, [MIXIN, SPANS, MIXIN], False),
            (through_asgi, [SPANS], True),
            (through_asgi, [SPANS, SYNC_ONLY], False),
            (through_asgi, [SYNC_ONLY, SPANS], True),
            (through_asgi, [MIXIN, SPANS, MIXIN], True),
        ],
    )
    def test_it_is_what_its_neighbours_are(
        self, recorded: Recorded, through: Callable[..., Any], order: list[str], is_async: bool
    ) -> None:
        with override_settings(MIDDLEWARE=order):
            through("/sync/7/")
        (request,) = requests(recorded())
        assert request.attributes["is_async"] is is_async
        assert ("running" in request.attributes) is is_async
        assert (request.loop is not None) is is_async

    def test_its_callables_are_a_function_and_a_coroutine_function(self) -> None:
        async def aget_response(request: HttpRequest) -> HttpResponse:
            return HttpResponse()

        assert not iscoroutinefunction(request_spans(lambda request: HttpResponse()))
        assert iscoroutinefunction(request_spans(aget_response))


class TestWhatGetResponseRaises:
    """Django's own get_response makes responses of exceptions; another middleware's may not."""

    def test_a_sync_one(self, recorded: Recorded) -> None:
        def refuse(request: HttpRequest) -> HttpResponse:
            raise LookupError("sold out")

        with pytest.raises(LookupError) as raised:
            request_spans(refuse)(RequestFactory().get("/shop/"))
        assert raised.traceback[-1].name == "refuse"
        (request,) = recorded()
        assert (request.outcome, request.error) == ("error", "LookupError: sold out")
        assert request.attributes["status"] is None

    async def test_an_async_one(self, recorded: Recorded) -> None:
        async def refuse(request: HttpRequest) -> HttpResponse:
            raise LookupError("sold out")

        with pytest.raises(LookupError) as raised:
            await request_spans(refuse)(RequestFactory().get("/shop/"))
        assert raised.traceback[-1].name == "refuse"
        (request,) = recorded()
        assert (request.outcome, request.error) == ("error", "LookupError: sold out")

    async def test_a_client_that_left(self, recorded: Recorded) -> None:
        begun = asyncio.Event()

        async def wait(request: HttpRequest) -> HttpResponse:
            begun.set()
            await asyncio.Event().wait()
            return HttpResponse()

        task = asyncio.create_task(request_spans(wait)(RequestFactory().get("/shop/")))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [span.outcome for span in recorded()] == ["cancelled"]


def test_a_streaming_body_is_not_begun(recorded: Recorded) -> None:
    response = Client().get("/streaming/")
    (request,) = requests(recorded())
    assert request.outcome == "ok"
    assert b"".join(response) == b"one two"
    (dispatch,) = (span for span in recorded() if span.name.startswith("tests.") and span.kind == "dispatch")
    assert dispatch.parent is None


def test_nothing_of_the_request_is_kept(recorded: Recorded) -> None:
    request, response = RequestFactory().get("/shop/"), HttpResponse()
    kept = [weakref.ref(request), weakref.ref(response)]
    answers = {id(request): response}
    assert request_spans(lambda asked: answers.pop(id(asked)))(request) is response
    del request, response
    gc.collect()
    assert [reference() for reference in kept] == [None, None]
    assert [span.name for span in recorded()] == ["GET /shop/"]


class TestMuted:
    """What a program doesn't want recorded stays unrecorded, but for the requests that it records a caller in."""

    def test_a_request_without_a_caller(self, recorded: Recorded) -> None:
        with signalbox.muted():
            through_asgi("/async/")
            through_wsgi("/sync/7/")
        assert recorded() == []

    @HANDLERS
    @pytest.mark.parametrize("path", ["/sync/7/", "/async/"])
    def test_a_request_with_callers(self, recorded: Recorded, through: Callable[..., Any], path: str) -> None:
        scopes = [signalbox.caller("first"), signalbox.caller("second")]

        def order(**kwargs: Any) -> None:
            for scope in scopes:
                with scope, signalbox.step("a step"):
                    pass
                with signalbox.step("between callers"):
                    pass

        ordered.connect(order)
        with signalbox.muted():
            through(path)
        request, *below = recorded()
        assert [(span.name, span.parent) for span in below] == [
            ("first", request.id),
            ("a step", below[0].id),
            ("second", request.id),
            ("a step", below[2].id),
        ]
        assert (request.kind, request.attributes["status"]) == ("request", 200 if path == "/sync/7/" else 201)
        assert [scope.request.id for scope in scopes if scope.request] == [request.id, request.id]
        assert all(request.start_ns <= span.start_ns for span in below)


def test_a_request_that_finds_the_buffer_full_is_answered(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signalbox.buffer(), "capacity", 0)
    assert through_wsgi("/sync/7/")[0] == 200
    assert through_asgi("/async/")[0] == 201
    assert recorded() == []
