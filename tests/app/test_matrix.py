"""Every caller × every way × every kind of receivers, run for real, against what the rules derive."""

from typing import Any

import pytest

from tests.app import rules
from tests.app.documents import check
from tests.parts.api import Api, Document

IN_THE_SERVER = [slug for slug, caller in rules.CALLERS.items() if caller.in_server]


@pytest.fixture(scope="module")
def combinations(shared_api: Api) -> dict[tuple[str, str, str], dict[str, Any]]:
    listed = shared_api.get("/api/experiments/")["combinations"]
    return {(one["caller"], one["way"], one["receivers"]): one for one in listed}


def test_the_rules_know_every_combination(combinations: dict[tuple[str, str, str], Any]) -> None:
    known = {(caller, way, kind) for caller in rules.CALLERS for way in rules.WAYS for kind in rules.RECEIVERS}
    assert set(combinations) == known


@pytest.mark.parametrize("atomic", [False, True], ids=["plain", "atomic"])
@pytest.mark.parametrize("receivers", rules.RECEIVERS)
@pytest.mark.parametrize("way", rules.WAYS)
@pytest.mark.parametrize("caller", IN_THE_SERVER)
def test_in_the_server(
    shared_api: Api, combinations: dict[tuple[str, str, str], Any], caller: str, way: str, receivers: str, atomic: bool
) -> None:
    document = shared_api.run(caller, way, receivers=receivers, atomic=atomic, delay_ms=0)
    compare_with_the_rules(document)
    validity = combinations[caller, way, receivers]["valid_in_transaction" if atomic else "valid"]
    assert validity == (document["verdict"]["error"] is None)


# Each takes a process of its own: one of each kind of way.
@pytest.mark.parametrize(
    ("way", "atomic"),
    [("save", True), ("asave", False), ("sync_to_async_insensitive", False), ("send", False), ("asend", True)],
)
def test_in_a_command(shared_api: Api, way: str, atomic: bool) -> None:
    compare_with_the_rules(shared_api.run("command", way, receivers="both", atomic=atomic, delay_ms=0))


def compare_with_the_rules(document: Document) -> None:
    check(document)
    experiment, verdict = document["experiment"], document["verdict"]
    combination = rules.CALLERS[experiment["caller"]], rules.WAYS[experiment["way"]], experiment["receivers"]
    atomic = experiment["atomic"]
    error = None if verdict["error"] is None else verdict["error"].partition(":")[0]
    assert error == rules.expected_error(*combination, atomic=atomic)
    # Under asend() both kinds run at once on Django before 6.1, so that either may come first.
    receivers = sorted(verdict["receivers"], key=lambda receiver: (receiver["dispatch"], receiver["is_async"]))
    answers = [rules.Answers(**{name: receiver[name] for name in rules.Answers._fields}) for receiver in receivers]
    assert answers == rules.expected_answers(*combination, atomic=atomic)
