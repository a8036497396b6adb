"""The options of the probe: the Django setting ``SIGNALBOX``, a dict in which everything has a default.

    SIGNALBOX = {"LATE_MS": 50}

``LATE_MS`` (20) is for how many ms something may hold an event loop before that counts.
"""

import math
from typing import Any

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from signalbox.heartbeat import LATE_NS


class Options(msgspec.Struct, frozen=True):
    """What was set, or else the defaults."""

    late_ns: int = LATE_NS


def read_options() -> Options:
    """The options as they are set now; the defaults while settings are not configured, which this never does.

    Raises ImproperlyConfigured, which says what was expected and what came.
    """
    given = getattr(settings, "SIGNALBOX", {}) if settings.configured else {}
    if not isinstance(given, dict) or given.keys() - {"LATE_MS"}:
        raise ImproperlyConfigured(f"SIGNALBOX: expected a dict that may have the key 'LATE_MS', got {given!r}.")
    return Options(_nanoseconds(given["LATE_MS"])) if "LATE_MS" in given else Options()


def _nanoseconds(late_ms: Any) -> int:
    is_number = isinstance(late_ms, int | float) and not isinstance(late_ms, bool)
    if not is_number or not 0 < late_ms < math.inf:
        raise ImproperlyConfigured(f"SIGNALBOX['LATE_MS']: expected a number of milliseconds above 0, got {late_ms!r}.")
    return int(late_ms * 1e6)
