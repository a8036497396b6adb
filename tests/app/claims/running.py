"""Running what decides a claim, and what would decide it otherwise, through the real entry points."""

from typing import Any

import msgspec

from app.claims.claim import Claim, asked
from app.experiments import Experiment
from tests.parts.api import Api, Document


class Runs:
    """Runs each experiment once, however many claims ask for it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._documents: dict[bytes, Document] = {}

    def of(self, claim: Claim) -> list[Document]:
        return [self.run(experiment) for experiment in claim.experiments]

    def asked(self, *arguments: Any, **options: Any) -> Document:
        return self.run(asked(*arguments, **options))

    def run(self, experiment: Experiment) -> Document:
        key = msgspec.json.encode(experiment)
        if key not in self._documents:
            order = msgspec.to_builtins(experiment)
            self._documents[key] = self._api.run(order.pop("caller"), order.pop("way"), **order)
        return self._documents[key]
