"""The stored runs of a claim: those that it is asked about, or else the newest ones on what this server runs on."""

from collections.abc import Sequence
from typing import Any

import msgspec

from app.claims.claim import Claim
from app.claims.judging import Run, in_order
from app.experiments import Experiment, Refused
from app.pages import no_such_run
from app.runs.environment import environment
from app.runs.listing import listed_runs, stored_run


def runs_with(claim: Claim, ids: Sequence[str]) -> list[Run]:
    """The runs with these ids, in the order of the claim's experiments. Raises Refused."""
    if len(ids) > len(claim.experiments):
        raise Refused(400, f"run: expected {len(claim.experiments)} at the most; got {len(ids)}.")
    return in_order(claim, [_document_of(run_id) for run_id in ids])


def newest_runs(claim: Claim) -> list[Run] | None:
    """The newest run of each of the claim's experiments; None where one has not been run here."""
    runs = [_newest(experiment) for experiment in claim.experiments]
    return [run for run in runs if run is not None] if None not in runs else None


def _document_of(run_id: str) -> dict[str, Any]:
    found = stored_run(run_id)
    if found is None:
        raise Refused(404, no_such_run(run_id))
    return dict(found.document)


def _newest(experiment: Experiment) -> Run | None:
    found = listed_runs().filter(
        caller=experiment.caller,
        way=experiment.way,
        receivers=experiment.receivers,
        document__experiment=msgspec.to_builtins(experiment),
        document__environment=environment("server"),
    )
    run = found.first()
    return None if run is None else dict(run.document)
