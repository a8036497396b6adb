"""Where a receiver must run, derived from the rules of Django and asgiref alone: docs/rules.md in Python.

What is measured is compared with this, so nothing here may come from a measurement, and nothing from the laboratory.
`tables` says what callers and ways are, `deriving` what follows from it.
"""

from tests.app.rules.deriving import Answers, Call, Cell, Circumstances, derivations, derive
from tests.app.rules.tables import BESIDE, CALLERS, RECEIVERS, WAYS

__all__ = [
    "BESIDE",
    "CALLERS",
    "RECEIVERS",
    "WAYS",
    "Answers",
    "Call",
    "Cell",
    "Circumstances",
    "derivations",
    "derive",
]
