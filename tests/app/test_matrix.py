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
    # Whoever does not wait for its receivers is to be gone before they are.
    delay_ms = 0 if rules.CALLERS[caller].waits else 50
    document = shared_api.run(caller, way, receivers=receivers, atomic=atomic, delay_ms=delay_ms)
    compare_with_the_rules(document)
    validity = combinations[caller, way, receivers]["valid_in_transaction" if atomic else "valid"]
    assert validity == (document["verdict"]["error"] is None)


# Each takes a process of its own: one of each kind of way.
@pytest.mark.parametrize(
    ("way", "atomic"),
    [("save", True), ("asave", False), ("sync_to_async_insensitive", False), ("send", False), ("asend", True)],
)
@pytest.mark.parametrize("caller", [slug for slug, caller in rules.CALLERS.items() if not caller.in_server])
def test_in_a_command(shared_api: Api, caller: str, way: str, atomic: bool) -> None:
    compare_with_the_rules(shared_api.run(caller, way, receivers="both", atomic=atomic, delay_ms=0))


def compare_with_the_rules(document: Document) -> None:
    check(document)
    experiment, verdict = document["experiment"], document["verdict"]
    major, minor = document["environment"]["django"].split(".")[:2]
    circumstances = rules.Circumstances((int(major), int(minor)), atomic=experiment["atomic"])
    possible = rules.derivations(experiment["caller"], experiment["way"], experiment["receivers"], circumstances)
    error = None if verdict["error"] is None else verdict["error"].partition(":")[0]
    measured = error, document["contextvars_kept"], answers_of(document)
    assert measured in [(cell.error, cell.kept, cell.answers) for cell in possible]


def answers_of(document: Document) -> list[rules.Answers]:
    # Under asend() both kinds run at once on Django before 6.1, so that either may come first.
    receivers = sorted(
        document["verdict"]["receivers"], key=lambda receiver: (receiver["dispatch"], receiver["is_async"])
    )
    answers = [rules.Answers(**{name: receiver[name] for name in rules.Answers._fields}) for receiver in receivers]
    if rules.CALLERS[document["experiment"]["caller"]].waits:
        return answers
    # A receiver that has nothing to do may have ended before its caller, whom nothing keeps: the first m2m_changed.
    return [
        one
        if took_ns(document, receiver) >= document["experiment"]["delay_ms"] * 1e6
        else one._replace(caller_waited=False)
        for one, receiver in zip(answers, receivers, strict=True)
    ]


def took_ns(document: Document, receiver: dict[str, Any]) -> int:
    (span,) = (span for span in document["spans"] if span["id"] == receiver["span"])
    return int(span["end_ns"] - span["start_ns"])
