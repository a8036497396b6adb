"""The maps of docs/maps/: each has every cell, and each cell follows from the rules or is a named exception."""

import re
from typing import NamedTuple

import pytest

from app.map.comparing import Difference, facts
from app.map.grid import beside, grid
from app.map.text import as_sentences
from app.servers import SERVERS
from scripts.maps import file_name, lasting
from scripts.maps_page import FOLDER, PAGE, page
from tests.app import rules
from tests.app.map.maps import NAMES, VERSIONS, committed, derived, deviations, protocol_of
from tests.parts.server import ROOT

ON_A_LOOP = {"async-view", "async-view-task", "async-view-gather", "streaming-view", "sync-middleware-async-view"}


class Deviation(NamedTuple):
    """What is otherwise than the rules say, for a cause that docs/rules.md tells below the same title."""

    title: str
    protocol: str | None  #: None: under ASGI and under WSGI
    callers: set[str]
    ways: set[str]
    what: str
    changes: set[tuple[str, str]]  #: from what the rules say to what is measured

    def covers(self, difference: Difference, protocol: str) -> bool:
        return (
            self.protocol in {None, protocol}
            and difference.caller in self.callers
            and difference.way in self.ways
            and re.sub(r" \d+(?=\.)", "", difference.what) == self.what
            and (difference.before, difference.after) in self.changes
        )


EXCEPTIONS = [
    Deviation(
        "A thread of a pool has a history.",
        "ASGI",
        {"async-view-to-thread"},
        {"send", "send_robust"},
        "sync.same_connection",
        {("unknown", "yes")},
    ),
    Deviation(
        "A thread of a pool has a history.",
        "ASGI",
        {"async-view-to-thread"},
        {"send", "send_robust"},
        "async.same_connection",
        {("unknown", "no")},
    ),
    Deviation(
        "Nobody keeps a caller who does not wait.",
        None,
        {"sync-view-thread"},
        {"m2m_add"},
        "sync.caller_waited",
        {("no", "yes")},
    ),
    Deviation(
        "A loop that nothing is recorded on is not known.",
        "WSGI",
        {"async-middleware-sync-view"},
        {way for way, how in rules.WAYS.items() if how.method and not how.is_async},
        "sync.event_loop_free",
        {("yes", "unknown")},
    ),
    Deviation(
        "The laboratory's views wait for their orphans.",
        "WSGI",
        {*ON_A_LOOP, "async-middleware-sync-view"},
        {"asend_siblings"},
        "async.outcome",
        {("cancelled", "ok")},
    ),
]


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_follows_from_the_rules(name: str) -> None:
    unexplained = [
        difference
        for difference in deviations(name)
        if not any(exception.covers(difference, protocol_of(name)) for exception in EXCEPTIONS)
    ]
    assert list(as_sentences(unexplained)) == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_measured_that_the_rules_do_not_speak_of(name: str) -> None:
    expected = derived(name)
    for part in ("cells", "beside"):
        for one, other in zip(expected[part], committed(name)[part], strict=True):
            assert facts(one).keys() == facts(other).keys(), other


@pytest.mark.parametrize("exception", EXCEPTIONS, ids=lambda exception: f"{exception.title} {exception.what}")
def test_each_exception_occurs(exception: Deviation) -> None:
    assert any(exception.covers(difference, protocol_of(name)) for name in NAMES for difference in deviations(name))


def test_each_exception_is_told_with_its_cause() -> None:
    section = (ROOT / "docs" / "rules.md").read_text().partition("\n## Exceptions\n")[2]
    told = re.findall(r"^- \*\*(.+?)\*\*", section, re.MULTILINE)
    assert told == list(dict.fromkeys(exception.title for exception in EXCEPTIONS))


@pytest.mark.parametrize("name", NAMES)
def test_the_receivers_called_are_those_of_the_signal(name: str) -> None:
    handlers = {
        "delete": ("on_delete", "on_delete_async"),
        "adelete": ("on_delete", "on_delete_async"),
        "m2m_add": ("on_things_changed", "on_things_changed_async"),
        "m2m_aadd": ("on_things_changed", "on_things_changed_async"),
        **dict.fromkeys(("send", "asend", "send_robust", "asend_robust"), ("on_thread_asked", "on_thread_asked_async")),
    }
    for cell in committed(name)["cells"]:
        names = handlers.get(cell["way"], ("my_signal_handler", "my_async_signal_handler"))
        for receiver in cell["verdict"]["receivers"]:
            assert receiver["name"] == f"app.receivers.{names[receiver['is_async']]}"


def test_there_is_a_map_of_each_version_under_each_server() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_was_measured_on_what_it_is_named_after_and_has_nothing_that_changes_each_time(name: str) -> None:
    document = committed(name)
    server = next(name.removeprefix(f"{version}-") for version in VERSIONS if name.startswith(version))
    assert document["environment"]["server"].startswith(SERVERS[server].package)
    assert file_name(document, server) == f"{name}.json"
    assert lasting(document) == document


@pytest.mark.parametrize("name", NAMES)
def test_it_has_every_cell_of_the_grid_and_no_other(name: str) -> None:
    document = committed(name)
    for cells, expected in ((document["cells"], grid()), (document["beside"], beside())):
        keys = [(cell["caller"], cell["way"], cell["receivers"], cell["atomic"]) for cell in cells]
        assert keys == [(cell.caller, cell.way, cell.receivers, cell.atomic) for cell in expected]


def test_the_page_of_what_differs_is_generated_from_them() -> None:
    assert PAGE.read_text() == page()
