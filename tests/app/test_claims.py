"""The four claims of the README, decided by running Django."""

from typing import Any

import pytest
from django.db.models.signals import post_save
from django.dispatch import Signal, receiver

from tests.parts.api import Api


def receivers_of(document: dict[str, Any]) -> dict[bool, dict[str, Any]]:
    """The verdicts of the sync and of the async receiver."""
    return {verdict["is_async"]: verdict for verdict in document["verdict"]["receivers"]}


def test_1_handlers_run_in_the_senders_thread_holds_for_sync_receivers_under_send_alone(api: Api) -> None:
    under_send = receivers_of(api.run("sync-view", "save", receivers="both", delay_ms=1))
    under_asend = receivers_of(api.run("async-view", "asend", receivers="both", delay_ms=1))
    assert under_send[False]["same_thread_as_sender"]
    assert not under_send[True]["same_thread_as_sender"]
    assert not under_asend[False]["same_thread_as_sender"]


@pytest.mark.parametrize(
    ("caller", "way"),
    [("sync-view", "send"), ("sync-view", "send_robust"), ("async-view", "asend"), ("async-view", "asend_robust")],
)
def test_2_the_sender_waits_for_every_handler_holds(api: Api, caller: str, way: str) -> None:
    verdicts = receivers_of(api.run(caller, way, receivers="both", delay_ms=20))
    assert [verdict["caller_waited"] for verdict in verdicts.values()] == [True, True]


def test_3_an_async_parameter_is_false() -> None:
    with pytest.raises(SyntaxError):
        compile("@receiver(post_save, async=True)\ndef handler(**kwargs): ...", "claim", "exec")
    with pytest.raises(TypeError, match="async"):
        receiver(post_save, **{"async": True})(lambda **kwargs: None)


def test_3_what_there_is_instead() -> None:
    async def handler(**kwargs: Any) -> str:
        return "async"

    signal = Signal()
    signal.connect(handler)
    assert signal.send(sender=None) == [(handler, "async")]


def test_4_a_separate_thread_and_a_sender_that_does_not_wait_is_false(api: Api) -> None:
    verdict = receivers_of(api.run("async-view", "asend", receivers="async", delay_ms=20))[True]
    assert verdict["same_thread_as_sender"]
    assert verdict["caller_waited"]
