"""Own versions of Django's methods stand behind a check of the source that they equal."""

from typing import Any

import pytest
from django.dispatch import Signal

import signalbox
from signalbox.sources import KNOWN, fingerprint, version_of


@pytest.fixture
def bare(probe: None) -> None:
    signalbox.uninstall()


@pytest.mark.parametrize("name", KNOWN)
def test_this_djangos_methods_are_known(bare: None, name: str) -> None:
    assert version_of(getattr(Signal, name)) in KNOWN[name].values()


@pytest.mark.parametrize("name", KNOWN)
def test_a_hook_in_the_place_of_one_is_not(probe: None, name: str) -> None:
    assert version_of(Signal.__dict__[name]) is None


def test_the_fingerprint_is_that_of_what_is_done_not_of_how_it_is_written() -> None:
    def one(self: Any, sender: Any) -> Any:
        """Documented so."""
        return [sender]  # said so

    def two(self: Any, sender: Any) -> Any:
        """Documented otherwise."""
        return [
            sender,
        ]

    def three(self: Any, sender: Any) -> Any:
        """Documented so."""
        return [self]

    assert fingerprint(one) == fingerprint(two) != fingerprint(three)


def test_a_method_without_source_has_none() -> None:
    assert fingerprint(len) == ""
