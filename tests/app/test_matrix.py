"""Every caller × every way × every kind of receivers, run for real, against what the rules derive."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.app import rules
from tests.app.documents import check
from tests.parts.ahead import Ahead, key_of, parameters_of, running_ahead
from tests.parts.api import Api, Document
from tests.parts.server import Server

IN_THE_SERVER = [slug for slug, caller in rules.CALLERS.items() if caller.in_server]


@pytest.fixture(scope="module")
def combinations(shared_api: Api) -> dict[tuple[str, str, str], dict[str, Any]]:
    listed = shared_api.get("/api/experiments/")["combinations"]
    return {(one["caller"], one["way"], one["receivers"]): one for one in listed}


def test_the_rules_know_every_combination(combinations: dict[tuple[str, str, str], Any]) -> None:
    known = {(caller, way, kind) for caller in rules.CALLERS for way in rules.WAYS for kind in rules.RECEIVERS}
    assert set(combinations) == known


def experiment(caller: str, **order: Any) -> dict[str, Any]:
    # Whoever does not wait for its receivers is to be gone before they are.
    return {"caller": caller, "delay_ms": 0 if rules.CALLERS[caller].waits else 50, **order}


@pytest.fixture(scope="module")
def ahead(shared_api: Api, request: pytest.FixtureRequest) -> Iterator[Ahead]:
    """Who does not wait holds transactions open behind its caller's back, and would have to queue for the database."""
    chosen = [experiment(**parameters) for parameters in parameters_of("test_in_the_server", request.session)]
    waiting, going_on = (
        [one for one in chosen if rules.CALLERS[one["caller"]].waits is waits] for waits in (True, False)
    )
    with running_ahead(shared_api, side_by_side=waiting, in_turn=going_on) as ahead:
        yield ahead


@pytest.mark.parametrize("atomic", [False, True], ids=["plain", "atomic"])
@pytest.mark.parametrize("receivers", rules.RECEIVERS)
@pytest.mark.parametrize("way", rules.WAYS)
@pytest.mark.parametrize("caller", IN_THE_SERVER)
def test_in_the_server(
    ahead: Ahead, combinations: dict[tuple[str, str, str], Any], caller: str, way: str, receivers: str, atomic: bool
) -> None:
    document = ahead.run(**experiment(caller, way=way, receivers=receivers, atomic=atomic))
    compare_with_the_rules(document)
    validity = combinations[caller, way, receivers]["valid_in_transaction" if atomic else "valid"]
    assert validity == (document["verdict"]["error"] is None)


@pytest.fixture(scope="module")
def in_one_process(server: Server, request: pytest.FixtureRequest) -> dict[bytes, Document]:
    orders = [command(**parameters) for parameters in parameters_of("test_in_a_command", request.session)]
    printed = server.manage("experiments", input="".join(f"{json.dumps(order)}\n" for order in orders)).stdout
    return dict(zip(map(key_of, orders), map(json.loads, printed.splitlines()), strict=True))


def command(caller: str, **order: Any) -> dict[str, Any]:
    return {"caller": caller, "delay_ms": 0, "receivers": "both", **order}


@pytest.mark.parametrize("atomic", [False, True], ids=["plain", "atomic"])
@pytest.mark.parametrize("way", ["save", "asave", "sync_to_async_insensitive", "send", "asend"])
@pytest.mark.parametrize("caller", [slug for slug, caller in rules.CALLERS.items() if not caller.in_server])
def test_in_a_command(in_one_process: dict[bytes, Document], caller: str, way: str, atomic: bool) -> None:
    compare_with_the_rules(in_one_process[key_of(command(caller, way=way, atomic=atomic))])


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
