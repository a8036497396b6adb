"""SB901 and SB902: receivers that take much of the time, or are called again and again."""

from typing import Any

import pytest

import signalbox
from signalbox.findings import load
from signalbox.findings.load import MANY_CALLS
from signalbox.requests import Request
from signalbox.scopes import Scope
from signalbox.scopes import request as request_scope
from tests.signalbox.findings.parts import Found, codes, compute, milliseconds, run_async, signal_of, source


@pytest.fixture(autouse=True)
def a_tenth_of_a_second_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The half second that it is otherwise is what the recordings in `by_hand` are about."""
    monkeypatch.setattr(load, "SLOW_NS", 100_000_000)


def computes(**kwargs: Any) -> None:
    compute(0.11)


def is_quick(**kwargs: Any) -> None:
    pass


class TestSlow:
    def test_most_of_the_callers_time(self, found: Found) -> None:
        with signalbox.caller("the caller"):
            signal_of(computes).send(sender=None)
        findings = found()
        assert codes(findings) == ["SB901"]
        assert findings[0].severity == "info"
        assert findings[0].source == source(computes)
        assert milliseconds("ran for", findings[0]) >= 110
        assert "of the caller, which waited for it" in findings[0].explain

    def test_the_one_that_takes_the_time_and_not_the_one_that_sent_to_it(self, found: Found) -> None:
        inner = signal_of(computes)

        def passes_on(**kwargs: Any) -> None:
            inner.send(sender=None)

        with signalbox.caller("the caller"):
            signal_of(passes_on).send(sender=None)
        findings = found()
        assert [finding.source for finding in findings] == [source(computes)]

    def test_near_miss_a_small_share(self, found: Found) -> None:
        with signalbox.caller("the caller"):
            compute(1)
            signal_of(computes).send(sender=None)
        assert found() == []

    def test_near_miss_it_blocked_a_loop_and_is_told_as_that(self, found: Found) -> None:
        async def view() -> None:
            signal_of(computes).send(sender=None)

        run_async(view)
        assert codes(found()) == ["SB101"]


class TestManyCalls:
    def test_in_one_caller(self, found: Found) -> None:
        signal = signal_of(is_quick)
        with signalbox.caller("an import"):
            for _ in range(MANY_CALLS):
                signal.send(sender=None)
        findings = found()
        assert codes(findings) == ["SB902"]
        assert f"is_quick was called {MANY_CALLS} times within an import" in findings[0].explain

    def test_near_miss_fewer(self, found: Found) -> None:
        signal = signal_of(is_quick)
        for _ in range(2):
            with signalbox.caller("an import"):
                for _ in range(MANY_CALLS - 1):
                    signal.send(sender=None)
        assert found() == []


class TestInARequest:
    """The request is what is asked about, where there is one that has been answered; else the caller in it."""

    def asked(self) -> Scope:
        return request_scope(Request("http", "/orders/", "POST"))

    def test_its_time_counts(self, found: Found) -> None:
        with self.asked():
            signal_of(computes).send(sender=None)
        (finding,) = found()
        assert "of POST /orders/, which waited for it" in finding.explain

    def test_near_miss_a_small_share_of_it(self, found: Found) -> None:
        with self.asked():
            compute(1)
            with signalbox.caller("the caller"):
                signal_of(computes).send(sender=None)
        assert found() == []

    def test_calls_by_several_callers(self, found: Found) -> None:
        signal = signal_of(is_quick)
        with self.asked():
            for _ in range(2):
                with signalbox.caller("an import"):
                    for _ in range(MANY_CALLS // 2):
                        signal.send(sender=None)
        (finding,) = found()
        assert f"is_quick was called {MANY_CALLS} times within POST /orders/" in finding.explain

    def test_the_caller_while_it_is_under_way(self, found: Found) -> None:
        with self.asked():
            with signalbox.caller("the caller"):
                signal_of(computes).send(sender=None)
            (finding,) = found()
        assert "of the caller, which waited for it" in finding.explain

    def test_near_miss_a_connection_is_no_request(self, found: Found) -> None:
        signal = signal_of(is_quick)
        with request_scope(Request("websocket", "/ws/shop/")):
            for _ in range(2):
                with signalbox.caller("receive"):
                    for _ in range(MANY_CALLS // 2):
                        signal.send(sender=None)
        assert found() == []
