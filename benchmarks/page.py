"""docs/benchmarks.md, made from the results: python -m benchmarks.page"""

import json
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"

#: Ratios to bare that are aimed at; requests per second at least, all others at most.
TARGETS = {
    "Signalbox, not recording": {
        "send, 1 receiver": 1.1,
        "send, 5 receivers": 1.1,
        "asend, 1 receiver": 1.02,
        "save()": 1.01,
    },
    "Signalbox, recording": {
        "send, 1 receiver": 2.0,
        "send, 5 receivers": 2.5,
        "asend, 1 receiver": 1.1,
        "save()": 1.03,
        "requests/s": 0.97,
    },
}

TEXT = """# Benchmarks

Made by `make bench`; the raw figures are in `benchmarks/results/`.
{machine}; {versions}.

## What recording costs

Receivers that do nothing, so that nothing hides the cost. Every sample is the fastest of many short rounds in a
process of its own; {rounds} samples of each, interleaved; medians. Under 5 % is noise. `save()` saves a row of an
in-memory SQLite; a hop is one `await sync_to_async(…)()`.

{overhead}

*Not recording* is the probe installed and at rest, after `signalbox.pause()`. Sentry records nothing of async
receivers, and OpenTelemetry and VizTracer record no thread, connection or reason. Targets that are missed stand beside
the figures. What is left of the cost is Python's own: a recorded `send()` runs some 300 instructions of its bytecode
more than a bare one, and beside a `save()` or in a request few of them are in the processor's caches.

## Requests per second

A view that awaits `asave()`, one receiver, under a Daphne of its own, asked over {connections} connections at once by a
client on the same machine: {requests_rounds} samples of {requests} requests each, interleaved; medians. *A core* is how
many the server answers in a second of processor time; the clock depends on what else the machine does. Signalbox runs
with its middleware. The samples of one instrument lie far apart: a difference of less than a tenth is hardly told.

{requests_table}

## From the receiver to its bar

From a receiver's start in its thread until its bar is on the canvas of a real browser, over {runs} runs: median
{median} ms, 99th percentile {p99} ms.
"""


def ratios(medians: dict[str, dict[str, float]]) -> str:
    """A Markdown table of ratios to bare, with the time itself in the first row."""
    bare = medians["bare"]
    lines = [row("ratio to bare", bare), row("---", ["---"] * len(bare))]
    lines.append(row("bare, µs", [f"{value / 1000:.2f}" for value in bare.values()]))
    for name, figures in medians.items():
        if name == "bare":
            continue
        lines.append(row(name, [f"{figures[work] / bare[work]:.2f}" for work in bare]))
        if targets := TARGETS.get(name):
            lines.append(row("– target", [str(targets.get(work, "–")) for work in bare]))
    return "\n".join(lines)


def rates(raw: dict[str, list[dict[str, float]]]) -> str:
    """A Markdown table of requests per second: medians, and from the least to the most of the samples."""
    head = ["a core", "of bare", "target", "from", "to", "on the clock"]
    lines = [row("requests/s", head), row("---", ["---"] * len(head))]
    bare = median(sample["a core"] for sample in raw["bare"])
    for name, samples in raw.items():
        target = TARGETS.get(name, {}).get("requests/s", "–")
        a_core = [sample["a core"] for sample in samples]
        clock = median(sample["on the clock"] for sample in samples)
        figures = [f"{median(a_core):.0f}", f"{median(a_core) / bare:.2f}", str(target)]
        lines.append(row(name, [*figures, f"{min(a_core):.0f}", f"{max(a_core):.0f}", f"{clock:.0f}"]))
    return "\n".join(lines)


def row(first: str, cells: Any) -> str:
    return f"| {first} | " + " | ".join(cells) + " |"


def main() -> None:
    overhead, requests, latency = (
        json.loads((RESULTS / f"{name}.json").read_text()) for name in ("overhead", "requests", "latency")
    )
    on = overhead["machine"]
    PAGE.write_text(
        TEXT.format(
            machine=f"{on['processor']}, {on['cores']} cores, {on['system']}",
            versions=", ".join(f"{name} {version}" for name, version in overhead["versions"].items()),
            rounds=overhead["rounds"],
            overhead=ratios(overhead["medians"]),
            connections=requests["connections"],
            requests=requests["requests"],
            requests_rounds=requests["rounds"],
            requests_table=rates(requests["raw"]),
            runs=latency["runs"],
            median=latency["ms"]["median"],
            p99=latency["ms"]["p99"],
        )
    )


if __name__ == "__main__":
    main()
