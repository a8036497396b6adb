"""`manage.py claims`: verdicts from runs through a server of its own, for a person and for a program."""

import json
import platform
from pathlib import Path

import django
import pytest

from app.claims.registry import CLAIMS
from tests.app.management.refusing import refusal
from tests.parts.server import Server

VERSIONED = {
    "sync-receivers-first": "false" if django.VERSION < (6, 1) else "holds",
    "contextvar-is-lost": "holds" if django.VERSION < (6, 1) else "false",
}


@pytest.fixture
def machine(tmp_path: Path) -> Server:
    """No server is running, and there is no database yet."""
    return Server(tmp_path)


def test_all_of_them_as_json(machine: Server) -> None:
    listed = json.loads(machine.manage("claims", "--json", timeout=120).stdout)
    answers = {claim["slug"]: claim["verdict"]["answer"] for claim in listed["claims"]}
    assert list(answers) == list(CLAIMS)
    assert VERSIONED.items() <= answers.items()
    assert (answers["async-parameter"], answers["sender-waits"]) == ("false", "holds")
    assert (listed["summary"]["open"], listed["summary"]["not_run"]) == (0, 0)
    assert {claim["verdict"]["environment"]["django"] for claim in listed["claims"]} == {django.get_version()}


def test_some_of_them_in_words(machine: Server) -> None:
    said = machine.manage("claims", "async-parameter", "sync-receivers-first", timeout=60).stdout
    words = " ".join(said.split())
    assert "false @receiver(…, async=True) makes a handler asynchronous." in words
    assert "TypeError: Signal.connect() got an unexpected keyword argument 'async'." in words
    assert f"{VERSIONED['sync-receivers-first']} asend() is done with the sync receivers" in words
    assert "Depends on the version. Django 5.2 and 6.0" in words
    assert f"2 claims on Python {platform.python_version()}, Django {django.get_version()}: " in words


def test_an_unknown_claim_gets_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(capsys, "claims", "async-parameter", "the-earth-is-flat")
    assert "claim: expected some of senders-thread, sender-waits, " in said
    assert said.rstrip().endswith("; got the-earth-is-flat.")
    assert "Traceback" not in said
