"""Reading an experiment: whatever comes, it is an experiment or a sentence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.experiments import Experiment, Malformed, Refused, check_experiment, read_experiment
from app.work import Work
from tests.app.sentences import check_sentence

KEYS = ["way", "receivers", "atomic", "delay_ms", "fail", "concurrency"]
WORDS = st.sampled_from(["save", "sync", "async", "both"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def test_only_the_way_is_required() -> None:
    assert check_experiment("sync-view", {"way": "save"}) == Experiment(
        caller="sync-view", way="save", receivers="sync", atomic=False, delay_ms=200, fail=None, concurrency=1
    )


def test_every_option_is_read() -> None:
    order = (
        b'{"way": "asave", "receivers": "both", "atomic": true, "delay_ms": 10000, "fail": "async", "concurrency": 50}'
    )
    experiment = read_experiment("async-view", order)
    assert experiment == Experiment(
        caller="async-view",
        way="asave",
        receivers="both",
        atomic=True,
        delay_ms=10_000,
        fail="async",
        concurrency=50,
    )
    assert experiment.work() == Work(10.0, frozenset({"async"}))


@pytest.mark.parametrize(
    ("fail", "failing"),
    [(None, set()), ("sync", {"sync"}), ("async", {"async"}), ("both", {"sync", "async"})],
)
def test_who_is_to_fail(fail: str | None, failing: set[str]) -> None:
    experiment = check_experiment("sync-view", {"way": "save", "receivers": "both", "fail": fail, "delay_ms": 0})
    assert experiment.work() == Work(0.0, frozenset(failing))


@pytest.mark.parametrize(("receivers", "fail"), [("sync", "async"), ("async", "sync"), ("sync", "both")])
def test_only_receivers_that_are_there_can_fail(receivers: str, fail: str) -> None:
    with pytest.raises(Refused, match=f"null or {receivers}, .* got {fail}"):
        check_experiment("sync-view", {"way": "save", "receivers": receivers, "fail": fail})


@given(VALUES | st.dictionaries(st.sampled_from(KEYS) | st.text(), VALUES))
def test_anything_else_is_refused_in_one_sentence(order: Any) -> None:
    refused = refusal_of(order)
    if refused is not None:
        assert refused.status == 400
        assert "xpected" in str(refused)
        assert str(refused).endswith(".")


def refusal_of(order: Any) -> Refused | None:
    try:
        check_experiment("sync-view", order)
    except Refused as refused:
        return refused
    return None


@given(st.binary() | st.text())
def test_what_is_no_json_is_malformed(body: bytes | str) -> None:
    with pytest.raises(Refused) as refused:
        read_experiment("sync-view", body)
    assert refused.value.status == 400


def test_a_value_is_quoted_up_to_a_length() -> None:
    with pytest.raises(Refused) as refused:
        check_experiment("sync-view", {"way": "x" * 10_000})
    check_sentence(str(refused.value), "xxx…")


def test_malformed_is_a_refusal_of_its_own() -> None:
    with pytest.raises(Malformed):
        read_experiment("sync-view", "{")
