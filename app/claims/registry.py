"""All claims, by subject."""

import msgspec

from app.claims.claim import Claim
from app.claims.receiving import RECEIVING
from app.claims.seed import SEED
from app.claims.threads import THREADS
from app.claims.transactions import TRANSACTIONS
from app.claims.waiting import WAITING


class Subject(msgspec.Struct, frozen=True):
    """Claims about one thing, under its heading."""

    title: str
    claims: tuple[Claim, ...]


SUBJECTS = (
    Subject("The question that it started from", SEED),
    Subject("Waiting", WAITING),
    Subject("Threads", THREADS),
    Subject("Transactions", TRANSACTIONS),
    Subject("Receivers among each other", RECEIVING),
)
CLAIMS: dict[str, Claim] = {claim.slug: claim for subject in SUBJECTS for claim in subject.claims}
