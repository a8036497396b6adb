"""The private names that the probe relies on. Canaries, not a promise: they fail first when a name changes."""

import asyncio
import os
import threading
import weakref
from typing import Any

import pytest
from asgiref.sync import AsyncToSync, SyncToAsync, sync_to_async
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.dispatch import Signal
from django.urls import resolve

import signalbox
from signalbox.heartbeat import run_of


def heard(**kwargs: object) -> None:
    pass


async def aheard(**kwargs: object) -> None:
    pass


def test_signal_resolves_its_receivers_in_one_method_into_sync_and_async_ones() -> None:
    signal = Signal()
    signal.connect(heard)
    signal.connect(aheard)
    assert signal._live_receivers(None) == ([heard], [aheard])


def test_the_last_element_of_a_receivers_entry_says_whether_it_is_async() -> None:
    signal = Signal()
    signal.connect(heard)
    signal.connect(aheard)
    assert [entry[-1] for entry in signal.receivers] == [False, True]


def test_a_caching_signal_keeps_entries_by_weak_references_to_their_senders() -> None:
    class Sender:
        pass

    signal = Signal(use_caching=True)
    signal.connect(heard, sender=Sender)
    signal.send(Sender)
    (entry,) = signal.sender_receivers_cache.data[weakref.ref(Sender)]  # type: ignore[attr-defined]
    assert (entry[0](), entry[-1]) == (heard, False)
    assert not signal._dead_receivers  # type: ignore[attr-defined]


async def test_asyncios_loops_know_whether_they_are_in_debug_mode() -> None:
    assert asyncio.get_running_loop()._debug is asyncio.get_running_loop().get_debug()  # type: ignore[attr-defined]


def test_all_send_methods_resolve_through_live_receivers() -> None:
    was_installed = signalbox.installed()
    signalbox.uninstall()
    try:
        names = {name: getattr(Signal, name).__code__.co_names for name in ("send", "send_robust")}
        names |= {name: getattr(Signal, name).__code__.co_names for name in ("asend", "asend_robust")}
    finally:
        if was_installed:
            signalbox.install()
    assert all("_live_receivers" in used for used in names.values()), names


def test_database_connections_live_in_a_thread_critical_local() -> None:
    local = connections._connections  # type: ignore[attr-defined]
    assert isinstance(local._storage, threading.local)


async def test_on_an_event_loop_they_live_in_a_context_variable_of_that_local() -> None:
    local = connections._connections  # type: ignore[attr-defined]
    local.canary = "sings"
    try:
        assert local._storage.__dict__["cvar"]._data.get().data["canary"] == "sings"
        assert local._storage.__dict__["cvar"]._data.get().thread_id == threading.get_ident()
    finally:
        del local.canary


def test_on_commit_is_one_method_of_all_database_wrappers() -> None:
    wrapper = connections["default"]
    assert isinstance(wrapper, BaseDatabaseWrapper)
    assert "on_commit" in BaseDatabaseWrapper.__dict__
    assert [kind for kind in type(wrapper).__mro__ if "on_commit" in vars(kind)] == [BaseDatabaseWrapper]
    assert wrapper.in_atomic_block is False
    assert wrapper.atomic_blocks == []


def test_threading_knows_its_threads_by_ident() -> None:
    assert threading._active[threading.get_ident()] is threading.current_thread()  # type: ignore[attr-defined]


async def test_asyncio_tells_which_loop_runs() -> None:
    assert asyncio._get_running_loop() is asyncio.get_running_loop()


async def test_a_task_shows_its_error_without_counting_as_asked() -> None:
    async def fail() -> None:
        raise LookupError

    task = asyncio.get_running_loop().create_task(fail())
    await asyncio.wait([task])
    assert isinstance(task._exception, LookupError)  # type: ignore[attr-defined]
    assert task._log_traceback  # type: ignore[attr-defined]
    task.exception()


async def test_every_task_is_made_by_one_method_of_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    create_task = asyncio.BaseEventLoop.create_task

    def noted(self: asyncio.BaseEventLoop, coro: Any, **kwargs: Any) -> Any:
        made.append(coro)
        return create_task(self, coro, **kwargs)

    async def nothing() -> None:
        pass

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_task", noted)
    await asyncio.create_task(nothing())
    await asyncio.ensure_future(nothing())
    await asyncio.gather(nothing())
    async with asyncio.TaskGroup() as group:
        group.create_task(nothing())
    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(nothing(), asyncio.get_running_loop()))
    assert len(made) == 5


def test_asgiref_keeps_the_function_of_a_crossing_in_its_object() -> None:
    assert SyncToAsync(heard).func is heard
    assert AsyncToSync(aheard).awaitable is aheard


def test_asyncio_keeps_another_ident_object_for_each_run_of_a_loop() -> None:
    loop = asyncio.new_event_loop()

    async def run() -> tuple[object, object]:
        before = run_of(loop)
        await asyncio.sleep(0)
        return before, run_of(loop)

    (first, still_first), (second, _) = loop.run_until_complete(run()), loop.run_until_complete(run())
    loop.close()
    assert first is still_first
    assert first == second == threading.get_ident()
    assert first is not second


async def test_asgiref_chooses_a_thread_by_these_names() -> None:
    assert SyncToAsync(heard)._thread_sensitive
    assert SyncToAsync(heard)._executor is None
    assert getattr(AsyncToSync.executors, "current", None) is None
    assert SyncToAsync.thread_sensitive_context.get(None) is None
    assert isinstance(AsyncToSync.loop_thread_executors, dict)


def test_asgiref_keeps_the_executor_of_a_waiting_thread_with_the_threads_ident() -> None:
    async def found() -> tuple[int, Any, Any]:
        storage = AsyncToSync.executors._storage._data.get(None)
        return storage.thread_id, storage.data["current"], AsyncToSync.executors.current

    ident, executor, current = AsyncToSync(found)()
    assert executor is current
    assert ident != threading.get_ident()  # of the new loop's thread: asgiref hands it on with the context


async def test_asgiref_marks_the_threads_that_work_for_a_loop() -> None:
    mark = await sync_to_async(lambda: SyncToAsync.threadlocal.main_event_loop)()
    assert mark is asyncio.get_running_loop()
    assert await sync_to_async(lambda: SyncToAsync.threadlocal.main_event_loop_pid)() == os.getpid()


def test_a_resolver_match_knows_the_dotted_name_of_its_view() -> None:
    assert resolve("/sync/7/", "tests.signalbox.own_project")._func_path == "tests.signalbox.own_project.sync_view"
