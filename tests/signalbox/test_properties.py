"""Random trees of signals and receivers, run bare and probed: results, orders, threads and exceptions are equal."""

import asyncio
import functools
import threading
from typing import Any
from unittest import mock

import pytest
from django.dispatch import Signal
from hypothesis import given, settings
from hypothesis import strategies as st

import signalbox
from signalbox import sources

ASYNC_KINDS = ("async", "async at once")
KINDS = ("function", "method", "partial", "object", *ASYNC_KINDS, "dying", "connects", "disconnects")


class Sender:
    """Sends every signal."""


class Silent:
    """Sends none."""


SENDERS = (None, Sender, Silent)


def receivers(kinds: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Receivers: of which kind, whom they listen to, whether one raises, and the trees that it sends itself."""
    return st.lists(st.tuples(kinds, st.sampled_from(SENDERS), st.booleans(), st.lists(trees, max_size=1)), max_size=4)


any_kind, sync_kind = st.sampled_from(KINDS), st.sampled_from([kind for kind in KINDS if kind not in ASYNC_KINDS])
#: A dispatch: whether its signal caches, the method that sends it, and the receivers that it meets. An `asend` meets
#: either sync or async ones: Django 5.2 runs both side by side, and which of them is first to fail is not the same
#: twice.
trees: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(
        st.tuples(st.booleans(), st.sampled_from(("send", "send_robust")), receivers(any_kind)),
        st.tuples(st.booleans(), st.sampled_from(("asend", "asend_robust")), receivers(sync_kind)),
        st.tuples(st.booleans(), st.sampled_from(("asend", "asend_robust")), receivers(st.sampled_from(ASYNC_KINDS))),
    )
)


class Listener:
    def __init__(self, hear: Any) -> None:
        self._hear = hear

    def hear(self, **kwargs: Any) -> Any:
        return self._hear(**kwargs)

    def __call__(self, **kwargs: Any) -> Any:
        return self._hear(**kwargs)


class Play:
    """Plays a tree for real and takes down what happened, in words that are equal for equal behaviour.

    A receiver is named by its place in the tree, and its thread by whether the signal was sent from it.
    """

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def perform(self, tree: Any, place: str = "") -> Any:
        caching, method, parts = tree
        signal = Signal(use_caching=caching)
        ident = threading.get_ident()
        # Connected receivers are kept in the list, so that only those that are to die do.
        kept = [self._connect(signal, part, ident, f"{place}/{number}") for number, part in enumerate(parts)]
        return self._readable(self._send(signal, method)), len(kept)

    def _connect(self, signal: Signal, part: Any, ident: int, place: str) -> Any:
        kind, sent_by, fails, nested = part
        name = f"{place} {kind}"
        body = functools.partial(self._act, name, fails, nested, signal, sent_by, ident)
        if kind in ASYNC_KINDS:
            receiver: Any = self._coroutine_function(body, waits=kind == "async")
        elif kind == "partial":
            receiver = functools.partial(body)
        elif kind in {"object", "method"}:
            listener = Listener(body)
            receiver = listener if kind == "object" else listener.hear
        else:
            receiver = self._function(body)
        signal.connect(receiver, sent_by, weak=kind == "dying", dispatch_uid=name)
        return None if kind == "dying" else receiver

    @staticmethod
    def _function(body: Any) -> Any:
        def receiver(**kwargs: Any) -> Any:
            return body(**kwargs)

        return receiver

    @staticmethod
    def _coroutine_function(body: Any, *, waits: bool) -> Any:
        async def receiver(**kwargs: Any) -> Any:
            if waits:
                await asyncio.sleep(0)
            return body(**kwargs)

        return receiver

    def _act(self, name: str, fails: bool, nested: Any, own: Signal, sent_by: Any, ident: int, /, **kwargs: Any) -> Any:
        self.heard.append((name, "the sender's thread" if threading.get_ident() == ident else "another thread"))
        if name.endswith(" connects"):
            own.connect(self._function(lambda **kwargs: "late"), weak=False, dispatch_uid=f"late-{name}")
        if name.endswith(" disconnects"):
            own.disconnect(sender=sent_by, dispatch_uid=name)
        results = [self.perform(tree, name) for tree in nested]
        if fails:
            raise ValueError(name)
        return name, results

    @staticmethod
    def _send(signal: Signal, method: str) -> Any:
        try:
            if not method.startswith("a"):
                return getattr(signal, method)(sender=Sender)
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                return asyncio.run(getattr(signal, method)(sender=Sender))
            return "not from a running loop"
        except Exception as error:
            return error

    def _readable(self, outcome: Any) -> Any:
        if isinstance(outcome, list):
            assert not any("StandIn" in type(receiver).__name__ for receiver, _ in outcome)
            return [(type(receiver).__name__, self._readable(response)) for receiver, response in outcome]
        if isinstance(outcome, Exception):
            last = outcome.__traceback__
            while last is not None and last.tb_next is not None:
                last = last.tb_next
            return type(outcome).__name__, str(outcome), last and last.tb_frame.f_code.co_name
        return outcome


def play(tree: Any) -> tuple[Any, list[tuple[str, str]]]:
    performance = Play()
    return performance.perform(tree), performance.heard


@pytest.mark.parametrize("known", [sources.KNOWN, {}], ids=["own versions", "stand-ins alone"])
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@settings(max_examples=150, deadline=None)
@given(tree=trees)
def test_a_probed_tree_plays_as_a_bare_one(known: dict[str, Any], tree: Any) -> None:
    was_installed = signalbox.installed()
    try:
        signalbox.uninstall()
        bare = play(tree)
        with mock.patch.object(sources, "KNOWN", known):
            signalbox.install()
        signalbox.buffer().drain()
        probed = play(tree)
        assert signalbox.installed()
    finally:
        signalbox.uninstall()
        if was_installed:
            signalbox.install()
    assert probed == bare
    spans = signalbox.buffer().drain()
    assert len([span for span in spans if span.kind == "receiver"]) >= len(probed[1])
    assert all(span.end_ns is not None for span in spans)
