"""The wrapper around an ASGI application: the span of a connection, and an application that notices nothing of it."""

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

import signalbox
from signalbox.asgi import ConsumerSpans
from signalbox.documents import SpanDocument
from tests.signalbox.receivers import answer, signal_with

Recorded = Callable[[], list[SpanDocument]]

CONNECTION = {"type": "websocket", "path": "/ws/shop/", "query_string": b"token=secret"}


async def nothing(*message: Any) -> None:
    pass


def application(found: list[Any]) -> Any:
    async def shop(scope: Any, receive: Any, send: Any) -> str:
        found.append((scope, receive, send))
        signal_with(answer).send(None)
        return "closed"

    return shop


async def test_a_connection_is_a_span_around_what_it_does(recorded: Recorded) -> None:
    found: list[Any] = []
    assert await ConsumerSpans(application(found))(CONNECTION, nothing, nothing) == "closed"
    assert found == [(CONNECTION, nothing, nothing)]
    assert found[0][0] is CONNECTION
    connection, dispatch, _ = recorded()
    assert (connection.kind, connection.name, connection.outcome) == ("request", "websocket /ws/shop/", "ok")
    assert connection.attributes == {"is_async": True, "protocol": "websocket", "path": "/ws/shop/"}
    assert dispatch.parent == connection.id


@pytest.mark.parametrize("scope", [{"type": "http", "path": "/"}, {"type": "lifespan"}, {"type": "channel"}])
async def test_everything_else_passes_it_by(recorded: Recorded, scope: Any) -> None:
    found: list[Any] = []
    await ConsumerSpans(application(found))(scope, nothing, nothing)
    assert found[0][0] is scope
    assert [span.parent for span in recorded() if span.kind == "dispatch"] == [None]


async def test_without_the_probe_it_is_not_there(recorded: Recorded) -> None:
    signalbox.uninstall()
    await ConsumerSpans(application([]))(CONNECTION, nothing, nothing)
    assert recorded() == []


async def test_what_the_application_raises(recorded: Recorded) -> None:
    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("sold out")

    with pytest.raises(LookupError) as raised:
        await ConsumerSpans(refuse)(CONNECTION, nothing, nothing)
    assert raised.traceback[-1].name == "refuse"
    (connection,) = recorded()
    assert (connection.outcome, connection.error) == ("error", "LookupError: sold out")


async def test_a_fault_removes_the_probe_and_the_connection_goes_on(
    recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[Any] = []
    with mock.patch("signalbox.scopes.new_span", side_effect=RuntimeError("a fault")):
        assert await ConsumerSpans(application(found))(CONNECTION, nothing, nothing) == "closed"
    assert len(found) == 1
    assert not signalbox.installed()
    assert [record.name for record in caplog.records] == ["signalbox"]


async def test_a_connection_that_is_left_is_closed_in_another_context(
    recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    """As those are that a server leaves when it goes down: whoever collects them is in no context of theirs."""
    closed = []

    async def wait(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            closed.append(True)

    left = ConsumerSpans(wait)(CONNECTION, nothing, nothing)
    contextvars.copy_context().run(left.send, None)
    contextvars.copy_context().run(left.close)
    assert closed == [True]
    assert signalbox.installed()
    assert [span.outcome for span in recorded()] == ["cancelled"]
    assert caplog.records == []
