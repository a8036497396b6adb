"""SB701 to SB703, word for word."""

from typing import Any

import pytest

from signalbox.documents import SpanDocument
from signalbox.findings import Finding
from tests.signalbox.findings.by_hand.recordings import (
    LOOP,
    WORKER,
    called,
    caller,
    findings_in,
    hopped,
    sent,
)


class TestThreadLocalsWordForWord:
    def test_of_a_caller(self) -> None:
        unseen = {"parent": 1, "threadlocal_visible": False}
        assert findings_in(
            caller(9, LOOP, 0, 100),
            sent(1, LOOP, 10, 90, "asend", parent=9, is_async=True),
            called(2, WORKER, 20, 30, **unseen),
            called(3, WORKER, 30, 40, **unseen),
            called(4, WORKER, 40, 50, "shop.ship", parent=1, threadlocal_visible=True),
        ) == [
            Finding(
                code="SB701",
                title="Thread-locals of the caller not visible",
                severity="info",
                spans=[2, 3],
                explain="shop.bill ran 2 times in Worker, where the thread-locals of shop.view in MainThread are not"
                " to be read: a current user or tenant that is kept in a threading.local is missing, or another's.",
                fix="Keep it in a contextvars.ContextVar or an asgiref.local.Local, which go with the work; or send it"
                " along with the signal.",
                source="shop.bill:1",
            )
        ]

    def test_of_a_caller_that_was_not_recorded(self) -> None:
        receiver = called(2, WORKER, 20, 30, parent=1, threadlocal_visible=False)
        (finding,) = findings_in(sent(1, LOOP, 10, 90, "asend"), receiver)
        assert "ran in Worker, where the thread-locals are not to be read" in finding.explain


class TestVariablesWordForWord:
    def of(self, receiver: SpanDocument, *others: SpanDocument, **known: Any) -> list[Finding]:
        return findings_in(sent(1, LOOP, 10, 90, "asend", task=1, is_async=True, **known), receiver, *others)

    def setting(self, number: int = 2, *names: str, **known: Any) -> SpanDocument:
        known = {"parent": 1, "is_async": True, "task": number, **known}
        return called(number, LOOP, 20 + number, 40, contextvars_set=[*names], **known)

    def test_lost_by_an_async_receiver(self) -> None:
        assert self.of(
            self.setting(2, "tenant", "decimal_context", "language"), self.setting(3, "language", "tenant")
        ) == [
            Finding(
                code="SB702",
                title="Context variable of a receiver lost",
                severity="info",
                spans=[2, 3],
                explain="shop.bill set the context variables language, tenant 2 times, and after ordered.asend() the"
                " caller does not see it: asend() ran the receiver as a task of its own, and a task has a copy of the"
                " context.",
                fix="Return the value from the receiver, as the sender gets it among the responses; or send a mutable"
                " object along with the signal, or put one into the variable beforehand, and let the receiver write"
                " into it.",
                source="shop.bill:1",
            )
        ]

    def test_lost_by_a_sync_receiver_behind_a_hop(self) -> None:
        hop = hopped(5, LOOP, 15, 45, "request-context", WORKER, parent=1, task=2)
        receiver = called(2, WORKER, 20, 40, parent=5, contextvars_set=["language"])
        (finding,) = self.of(receiver, hop)
        assert finding.explain == (
            "shop.bill set the context variable language, and after ordered.asend() the caller does not see it: asend()"
            " ran the receiver behind a hop in a task of its own, and a task has a copy of the context."
        )

    def test_leaked(self) -> None:
        kept = ["asgiref.local", "tenant"]
        findings = self.of(
            self.setting(2, "asgiref.local", "other"), self.setting(3, "asgiref.local"), contextvars_kept=kept
        )
        assert [finding.code for finding in findings] == ["SB703", "SB702"]
        assert findings[0] == Finding(
            code="SB703",
            title="Context variable of a receiver leaked into its caller",
            severity="warning",
            spans=[2, 3],
            explain="shop.bill set the context variable asgiref.local (an asgiref Local, such as the active language or"
            " time zone) 2 times, and after ordered.asend() the caller goes on with the receiver's value: from Django"
            " 6.1 on async receivers run in the context of their sender, not in copies of it.",
            fix="Reset the variable before the receiver ends, by the token of set() in a finally or by a context"
            " manager such as translation.override().",
            source="shop.bill:1",
        )
        assert "the context variable other, and" in findings[1].explain

    def test_each_receiver_and_each_set_of_variables_is_told(self) -> None:
        receivers = self.setting(2, "a"), self.setting(3, "b"), self.setting(4, "a", name="shop.ship")
        assert [finding.spans for finding in self.of(*receivers)] == [[2], [3], [4]]

    def test_near_miss_in_the_senders_own_task(self) -> None:
        assert self.of(self.setting(2, "language", task=1), self.setting(3, "decimal_context")) == []

    def test_near_miss_a_dispatch_that_is_under_way_says_nothing_yet_and_keeps_no_other_from_it(self) -> None:
        under_way = sent(7, LOOP, 5, None, "asend", task=1, is_async=True)
        begun = called(8, LOOP, 6, 9, parent=7, is_async=True, task=9, contextvars_set=["language"])
        assert [finding.spans for finding in self.of(self.setting(2, "language"), under_way, begun)] == [[2]]

    @pytest.mark.parametrize("parent", [1, 5], ids=["called by the send", "behind a hop"])
    def test_near_miss_a_sync_receiver_whose_variable_is_there(self, parent: int) -> None:
        hop = hopped(5, LOOP, 15, 45, "request-context", WORKER, parent=1, task=2)
        receiver = called(2, LOOP, 20, 40, parent=parent, task=1, contextvars_set=["language"])
        assert self.of(receiver, hop, contextvars_kept=["language"]) == []
