"""SB701 to SB703: what a caller left in its thread, and what receivers left in their context."""

import asyncio
import contextvars
import decimal
from collections.abc import Callable
from typing import Any

import django
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.utils import translation

import signalbox
from tests.signalbox.findings.parts import Found, codes, run_async, signal_of, source, the


def heard(**kwargs: Any) -> None:
    pass


def test_a_receiver_in_another_thread_than_its_caller(found: Found) -> None:
    async def view() -> None:
        await signal_of(heard).asend(sender=None)

    run_async(view)
    finding = the("SB701", found())
    assert finding.severity == "info"
    assert finding.source == source(heard)
    assert "where the thread-locals of the caller in MainThread are not to be read" in finding.explain


def test_near_miss_a_receiver_in_its_callers_thread(found: Found) -> None:
    with signalbox.caller("the caller"):
        signal_of(heard).send(sender=None)
    assert codes(found()) == []


language: contextvars.ContextVar[str] = contextvars.ContextVar("language", default="en")


async def sets_for_good(**kwargs: Any) -> None:
    language.set("fr")
    await asyncio.sleep(0)


async def activates(**kwargs: Any) -> None:
    translation.activate("fr")


async def sets_and_resets(**kwargs: Any) -> None:
    token = language.set("fr")
    await asyncio.sleep(0)
    language.reset(token)


async def only_crosses(**kwargs: Any) -> None:
    """asgiref sets variables of its own, and its Locals anew, at each crossing."""
    await sync_to_async(translation.get_language)()
    await sync_to_async(async_to_sync(only_reads))()


async def only_reads() -> None:
    assert decimal.getcontext().prec
    assert language.get() == "en"


def sets_in_sync_code(**kwargs: Any) -> None:
    language.set("fr")


CONTEXTS = {"SB702", "SB703"}
SHARES_ITS_CONTEXT = django.VERSION >= (6, 1)


def in_a_context_of_its_own(function: Callable[[], Any]) -> Any:
    """What leaks stays in there."""
    return contextvars.copy_context().run(function)


def asend(receiver: Callable[..., Any]) -> str:
    """The language of the caller after the dispatch."""

    async def view() -> str:
        await signal_of(receiver).asend(sender=None)
        return language.get()

    told: str = in_a_context_of_its_own(lambda: run_async(view))
    return told


class TestVariables:
    def test_of_an_async_receiver(self, found: Found) -> None:
        assert asend(sets_for_good) == ("fr" if SHARES_ITS_CONTEXT else "en"), "the hazard itself"
        finding = the("SB703" if SHARES_ITS_CONTEXT else "SB702", found())
        assert finding.severity == ("warning" if SHARES_ITS_CONTEXT else "info")
        assert finding.source == source(sets_for_good)
        assert "sets_for_good set the context variable language, and after" in finding.explain

    def test_of_a_sync_receiver_under_asend(self, found: Found) -> None:
        assert asend(sets_in_sync_code) == ("fr" if SHARES_ITS_CONTEXT else "en")
        assert CONTEXTS & set(codes(found())) == (set() if SHARES_ITS_CONTEXT else {"SB702"})

    def test_of_an_async_receiver_under_send(self, found: Found) -> None:
        def command() -> str:
            with signalbox.caller("a command"):
                signal_of(sets_for_good).send(sender=None)
            return language.get()

        assert in_a_context_of_its_own(command) == ("fr" if SHARES_ITS_CONTEXT else "en")
        assert CONTEXTS & set(codes(found())) == {"SB703" if SHARES_ITS_CONTEXT else "SB702"}

    def test_the_active_language_is_one(self, found: Found) -> None:
        asend(activates)
        explain = the("SB703" if SHARES_ITS_CONTEXT else "SB702", found()).explain
        assert "the context variable asgiref.local (an asgiref Local, such as the active language" in explain

    @pytest.mark.parametrize("receiver", [sets_and_resets, only_crosses])
    def test_near_miss_a_receiver_that_leaves_its_context_as_it_was(self, found: Found, receiver: Any) -> None:
        asend(receiver)
        assert not CONTEXTS & set(codes(found()))

    def test_near_miss_a_sync_receiver_under_send(self, found: Found) -> None:
        def command() -> str:
            with signalbox.caller("a command"):
                signal_of(sets_in_sync_code).send(sender=None)
            return language.get()

        assert in_a_context_of_its_own(command) == "fr", "a plain call: the caller counts on it"
        assert not CONTEXTS & set(codes(found()))
