"""What recording costs, side by side: every instrument in a fresh process per sample, one after the other, in rounds.

python -m benchmarks.overhead [rounds]
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.instruments import INSTRUMENTS
from benchmarks.machine import machine

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "overhead.json"
PAGE = ROOT / "docs" / "benchmarks.md"
TARGETS = {
    "Signalbox, muted": {"send, 1 receiver": 1.1, "send, 5 receivers": 1.1, "asend, 1 receiver": 1.02, "save()": 1.01},
    "Signalbox, recording": {
        "send, 1 receiver": 2.0,
        "send, 5 receivers": 2.5,
        "asend, 1 receiver": 1.1,
        "save()": 1.03,
    },
}

Figures = dict[str, float]


def sample(instrument: str) -> Figures:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sample", instrument], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{instrument}: {done.stderr}")
    figures: Figures = json.loads(done.stdout)
    return figures


def main(rounds: int) -> None:
    raw: dict[str, list[Figures]] = {name: [] for name in INSTRUMENTS}
    for number in range(rounds):
        for name, samples in raw.items():
            samples.append(sample(name))
            sys.stderr.write(f"\rround {number + 1} of {rounds}: {name:<40}")
    sys.stderr.write("\n")
    medians = {
        name: {work: median(each[work] for each in samples) for work in samples[0]} for name, samples in raw.items()
    }
    document = {**machine(), "rounds": rounds, "unit": "ns per call", "medians": medians, "raw": raw}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document) + "\n")
    PAGE.write_text(page(document))
    sys.stdout.write(table(medians) + "\n")


def table(medians: dict[str, Figures]) -> str:
    """Ratios to bare as a Markdown table; the first row has the time itself."""
    bare = medians["bare"]
    lines = ["| ratio to bare | " + " | ".join(bare) + " |", "| --- |" + " --- |" * len(bare)]
    lines.append("| bare, µs | " + " | ".join(f"{value / 1000:.2f}" for value in bare.values()) + " |")
    for name, figures in medians.items():
        if name == "bare":
            continue
        lines.append(f"| {name} | " + " | ".join(f"{figures[work] / bare[work]:.2f}" for work in bare) + " |")
        if targets := TARGETS.get(name):
            lines.append("| – target | " + " | ".join(str(targets.get(work, "–")) for work in bare) + " |")
    return "\n".join(lines)


def page(document: dict[str, Any]) -> str:
    on, versions = document["machine"], document["versions"]
    return PAGE_TEXT.format(
        machine=f"{on['processor']}, {on['cores']} cores, {on['system']}",
        versions=", ".join(f"{name} {version}" for name, version in versions.items()),
        rounds=document["rounds"],
        table=table(document["medians"]),
    )


PAGE_TEXT = """# Benchmarks

Made by `make bench`; the raw figures are in `benchmarks/results/`.
{machine}; {versions}.

## What recording costs

Receivers that do nothing, so that nothing hides the cost. Every sample is the fastest of many short rounds in a
process of its own; {rounds} samples of each, interleaved; medians. Under 5 % is noise. `save()` saves a row of an
in-memory SQLite; a hop is one `await sync_to_async(…)()`.

{table}

*Muted* is the probe installed where nothing is to be recorded. Sentry records nothing of async receivers, and
OpenTelemetry and VizTracer record no thread, connection or reason. Targets that are missed stand beside the figures.
Not measured here: requests per second of a view under Daphne.
"""


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
