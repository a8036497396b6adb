"""Storing runs when the process is about to end."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.experiments import check_experiment
from app.runs import store
from app.runs.documents import RunDocument
from app.runs.under_way import BrokenOff, RunUnderWay
from signalbox.verdict import Verdict
from tests.app.sentences import check_sentence


def test_whoever_waits_for_a_run_is_told_when_nothing_is_stored_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = ThreadPoolExecutor(1)
    ended.shutdown()
    monkeypatch.setattr(store, "_thread", ended)
    run = RunUnderWay(check_experiment("sync-view", {"way": "save"}), "server")
    run.result.set_running_or_notify_cancel()
    document = RunDocument(
        id=str(run.id),
        url="",
        started_at="",
        experiment=run.experiment,
        environment={},
        threads=[],
        spans=[],
        pauses=[],
        verdict=Verdict(None, [], []),
    )
    store.store(document, run.result)
    with pytest.raises(BrokenOff) as broken_off:
        run.document()
    assert broken_off.value.status == 503
    check_sentence(str(broken_off.value), "until the run was stored")
    assert store.waiting() == 0
