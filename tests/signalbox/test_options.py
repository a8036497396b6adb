"""The Django setting of the probe: read when it is installed, and refused in one sentence where it makes no sense."""

import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

import signalbox
from signalbox.heartbeat import LATE_NS
from signalbox.options import Options, read_options
from signalbox.spans import heartbeats


@pytest.mark.parametrize(
    ("given", "late_ns"),
    [({}, LATE_NS), ({"LATE_MS": 50}, 50_000_000), ({"LATE_MS": 0.5}, 500_000)],
)
def test_what_is_set(settings: Settings, given: dict[str, Any], late_ns: int) -> None:
    settings.SIGNALBOX = given
    assert read_options() == Options(late_ns)


def test_nothing_has_to_be_set(settings: Settings) -> None:
    assert not hasattr(settings, "SIGNALBOX")
    assert read_options() == Options(LATE_NS)


@pytest.mark.parametrize("late_ms", [0, -1, "20", True, None, float("nan"), float("inf")])
def test_a_value_that_is_none_is_refused(settings: Settings, late_ms: Any) -> None:
    settings.SIGNALBOX = {"LATE_MS": late_ms}
    with pytest.raises(ImproperlyConfigured) as refused:
        signalbox.install()
    assert str(refused.value) == (f"SIGNALBOX['LATE_MS']: expected a number of milliseconds above 0, got {late_ms!r}.")


@pytest.mark.parametrize("given", [20, {"LATE": 20}, None])
def test_so_is_what_has_no_such_key(settings: Settings, given: Any) -> None:
    settings.SIGNALBOX = given
    with pytest.raises(ImproperlyConfigured, match="expected a dict that may have the key 'LATE_MS', got "):
        signalbox.install()


def test_a_refused_setting_installs_nothing(settings: Settings) -> None:
    was_installed = signalbox.installed()
    signalbox.uninstall()
    settings.SIGNALBOX = {"LATE_MS": "soon"}
    with pytest.raises(ImproperlyConfigured):
        signalbox.install()
    assert not signalbox.installed()
    del settings.SIGNALBOX
    if was_installed:
        signalbox.install()


def test_installing_again_reads_them_again(probe: None, settings: Settings) -> None:
    settings.SIGNALBOX = {"LATE_MS": 7}
    signalbox.install()
    assert heartbeats.late_ns == 7_000_000
    del settings.SIGNALBOX
    signalbox.install()
    assert heartbeats.late_ns == LATE_NS


def test_before_settings_are_configured_the_defaults_serve() -> None:
    script = (
        "import signalbox\n"
        "from django.conf import settings\n"
        "from signalbox.spans import heartbeats\n"
        "signalbox.install()\n"
        "assert not settings.configured\n"
        "assert heartbeats.late_ns == 20_000_000\n"
        "settings.configure(INSTALLED_APPS=['signalbox'], SIGNALBOX={'LATE_MS': 30})\n"
        "import django\n"
        "django.setup()\n"
        "assert heartbeats.late_ns == 30_000_000\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
