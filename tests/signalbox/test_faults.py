"""A fault of the probe removes the probe, is logged once, and changes nothing for the program that it watches."""

import asyncio
import contextvars
import functools
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections, transaction
from django.dispatch import Signal

import signalbox
from signalbox import sources
from tests.signalbox.receivers import Refusal, aanswer, answer, arefuse, refuse, signal_with

#: Every part of the probe that runs in the watched program's calls, by the module that uses it.
PARTS = [
    *(f"signalbox.dispatch.{name}" for name in ("buffer", "SyncStandIn", "AsyncStandIn")),
    *(f"signalbox.calls.{name}" for name in ("new_span", "function_of", "sender_of", "buffer", "Dispatch", "faulty")),
    *(f"signalbox.calls.{name}" for name in ("Span", "open_connection", "_beside", "_marks")),
    *(f"signalbox.sending.{name}" for name in ("end_span", "function_of", "sender_of", "Span")),
    *(f"signalbox.sending.{name}" for name in ("Dispatch", "next_id", "calling_get", "new_span", "current_thread")),
    *(f"signalbox.hops.{name}" for name in ("new_span", "function_of", "buffer", "current_thread")),
    *(f"signalbox.hops.{name}" for name in ("Hop", "_executor", "_main_loop", "_copy_with", "open_connections")),
    *(f"signalbox.commits.{name}" for name in ("describe_connection", "function_of", "note")),
    *(f"signalbox.tasks.{name}" for name in ("StartedTask", "StartedTask.look", "current_thread", "describe_error")),
    *(f"signalbox.tasks.{name}" for name in ("Hop", "_error_of", "_forget_those_that_are_gone")),
    *(f"signalbox.coroutines.{name}" for name in ("end_span", "write_down_kept")),
    "signalbox.contexts._compare",
    "signalbox.connections._serials.renew",
    "signalbox.spans.current_thread",
    "signalbox.spans.open_connection",
    "signalbox.spans.current_task_serial",
    "signalbox.spans.heartbeats.keep_beating",
]


def program() -> list[Any]:
    """Every kind of dispatch and of hop, with what each gives."""
    mixed, plain, failing = signal_with(answer, aanswer), signal_with(answer), signal_with(refuse)
    seen: list[Any] = [signal_with(each).send(None) for each in (register, start_tasks, remember)]
    connections.close_all()
    seen += [plain.send(None), mixed.send(None), mixed.send_robust(None)]
    with ThreadPoolExecutor(1) as pool:
        seen += [signal_with(answer_to_all).send(Refusal), pool.submit(plain.send, None).result()]
    with ThreadPoolExecutor(1) as pool:
        seen += [pool.submit(mixed.send, None).result()]
    seen += [asyncio.run(sending_on_a_loop(plain))]
    seen += [asyncio.run(mixed.asend(None)), asyncio.run(mixed.asend_robust(None))]
    crossings = [sync_to_async(answer), sync_to_async(answer, thread_sensitive=False)]
    seen += [asyncio.run(signalbox.caller("inside").around(crossing())) for crossing in crossings]
    seen += [async_to_sync(aanswer)()]
    with pytest.raises(Refusal):
        failing.send(None)
    return seen


#: Named by what it calls, at each call.
answer_to_all = functools.partial(answer, to="all")


async def sending_on_a_loop(signal: Signal) -> Any:
    return signal.send(None)


def register(**kwargs: Any) -> list[str]:
    called: list[str] = []
    transaction.on_commit(lambda: called.append("at once"))
    return called


remembered: contextvars.ContextVar[object] = contextvars.ContextVar("remembered")


async def remember(**kwargs: Any) -> None:
    remembered.set(object())


kept: list[asyncio.Task[None]] = []


async def start_tasks(**kwargs: Any) -> list[str]:
    """One that the receiver waits for and keeps, and one that fails and is forgotten, of which asyncio tells."""
    told: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: told.append(context["message"]))
    kept[:] = [asyncio.create_task(arefuse())]
    await asyncio.gather(*kept, return_exceptions=True)
    asyncio.create_task(arefuse())  # noqa: RUF006
    signal_with(start_one).send(None)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return told


def start_one(**kwargs: Any) -> None:
    asyncio.create_task(aanswer())  # noqa: RUF006


def fails(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("a fault of the probe")


@pytest.fixture
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Nothing is written to it, so there is nothing to be tidied up."""
    with django_db_blocker.unblock():
        yield


@pytest.mark.parametrize("known", [sources.KNOWN, {}], ids=["own versions", "stand-ins alone"])
@pytest.mark.parametrize("part", PARTS)
def test_a_fault_in_any_part(
    probe: None, database: None, caplog: pytest.LogCaptureFixture, part: str, known: dict[str, Any]
) -> None:
    signalbox.uninstall()
    bare = program()
    with mock.patch.object(sources, "KNOWN", known):
        signalbox.install()
    scope = signalbox.caller("here")
    with scope, caplog.at_level(logging.ERROR, logger="signalbox"), mock.patch(part, fails):
        probed = program()
    assert probed == bare
    own_send_alone = part.startswith("signalbox.sending") and not known
    assert signalbox.installed() is own_send_alone
    assert [record.name for record in caplog.records if record.name == "signalbox"] == (
        [] if own_send_alone else ["signalbox"]
    )


def test_a_fault_under_many_threads_is_logged_once(probe: None, caplog: pytest.LogCaptureFixture) -> None:
    signal = signal_with(answer)

    async def many() -> None:
        send: Callable[..., Any] = sync_to_async(signal.send, thread_sensitive=False)
        await asyncio.gather(*(send(None) for _ in range(50)))

    with mock.patch("signalbox.sending.Dispatch", fails):
        asyncio.run(many())
    assert [record.name for record in caplog.records] == ["signalbox"]


def test_installed_again_it_records_again_and_would_say_so_again(probe: None, caplog: pytest.LogCaptureFixture) -> None:
    signal = signal_with(answer)
    for _ in range(2):
        with mock.patch("signalbox.sending.Dispatch", fails):
            signal.send(None)
        assert not signalbox.installed()
        signalbox.install()
        signalbox.buffer().drain()
        signal.send(None)
        assert len(signalbox.buffer().drain()) == 2
    assert len(caplog.records) == 2
