"""From a receiver's start in its thread to its bar on the canvas, over real runs in a real browser.

    python -m benchmarks.latency [runs]

The page marks when it has drawn a receiver for the first time (User Timing, `signalbox:drawn`). Its clock is the
server's, from the two clocks in the stream's `hello` frame; both run on this machine.
"""

import json
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.machine import machine
from tests.browser.laboratory import LaboratoryPage
from tests.parts import chromium
from tests.parts.server import Server, Servers

RESULTS = Path(__file__).parent / "results" / "latency.json"
CALLERS = (("sync-view", "save"), ("async-view", "sync_to_async"), ("async-view", "asave"), ("sync-view", "create"))
DELAY_MS = 150
TARGETS_MS = {"median": 40.0, "p99": 80.0}

#: The latency of the receiver that was drawn for the first time since the marks were cleared, or null.
DRAWN = "performance.getEntriesByName('signalbox:drawn').at(0)?.detail.latency_ms ?? null"


def measure(page: Page, server: Server, runs: int) -> list[float]:
    """Run experiments from the page's own form, one after the other, as its user does."""
    page.goto(server.url)
    laboratory = LaboratoryPage(page)
    page.wait_for_selector("html[data-ready=true][data-live=live]")
    latencies = []
    for number in range(runs):
        caller, way = CALLERS[number % len(CALLERS)]
        page.evaluate("performance.clearMarks('signalbox:drawn')")
        laboratory.run(caller=caller, way=way, delay_ms=DELAY_MS)
        laboratory.wait_for_verdict()
        latency = page.evaluate(DRAWN)
        assert latency is not None, f"run {number}: the receiver ended before its bar was drawn"
        latencies.append(round(latency, 2))
    return latencies


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        servers = Servers(lambda: Path(directory))
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        try:
            latencies = measure(browser.new_page(viewport={"width": 1440, "height": 900}), servers(), runs)
        finally:
            browser.close()
            servers.stop()
    write(latencies)


def write(latencies: list[float]) -> None:
    measured: dict[str, Any] = {
        "median": round(median(latencies), 1),
        "p99": round(quantiles(latencies, n=100)[98], 1),
        "most": max(latencies),
    }
    document = {**machine(), "runs": len(latencies), "ms": measured, "targets_ms": TARGETS_MS, "raw_ms": latencies}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document) + "\n")
    sys.stdout.write(f"receiver's start to its bar, {len(latencies)} runs, ms: {measured}; targets {TARGETS_MS}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
