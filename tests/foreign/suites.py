"""Which tests are run: whose they are, by which framework, and what makes one suite."""

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Suite:
    """``labels`` are what its framework is told to run; none means everything."""

    name: str
    distribution: str
    framework: Literal["django", "pytest"]
    labels: tuple[str, ...] = ()
    #: Each test is a caller, so that the probe also records the hops that no dispatch is above of.
    in_callers: bool = False
    #: Without callers, a suite that sends no signal leaves no span.
    leaves_spans: bool = True


DJANGO_LABELS = (
    "dispatch",
    "signals",
    "async",
    "asgi",
    "handlers",
    "transactions",
    "transaction_hooks",
    "test_client",
    "m2m_signals",
    "requests_tests",
    "auth_tests",
    "admin_views",
)

#: Those that cross between threads.
DJANGO_LABELS_IN_CALLERS = ("signals", "async", "asgi", "handlers", "test_client")

# Its conftest.py names its settings; a manage.py further up is not its own. Its sample project wants a browser.
CHANNELS = ("-o", "django_find_project=false", "--ignore=tests/sample_project/tests")
ASGIREF = ("-p", "no:django")

SUITES = (
    *(Suite(f"django {label}", "django", "django", (label,)) for label in DJANGO_LABELS),
    Suite("channels", "channels", "pytest", CHANNELS),
    Suite("asgiref", "asgiref", "pytest", ASGIREF, leaves_spans=False),
    *(
        Suite(f"django {label}, in callers", "django", "django", (label,), in_callers=True)
        for label in DJANGO_LABELS_IN_CALLERS
    ),
    Suite("channels, in callers", "channels", "pytest", CHANNELS, in_callers=True),
    Suite("asgiref, in callers", "asgiref", "pytest", ASGIREF, in_callers=True),
)


def labels_around(suite: Suite, test: str) -> tuple[str, ...]:
    """What to run to see the test again with its neighbours: its class in Django's tests, its file in pytest's."""
    if suite.framework == "pytest":
        return (*suite.labels, test.partition("::")[0])
    # "setUpClass (module.Class)": what failed before the first test of a class.
    whole = re.fullmatch(r"\w+ \((.+)\)", test)
    label = whole[1] if whole else test.rpartition(".")[0]
    return (label,) if label.partition(".")[0] in suite.labels else suite.labels
