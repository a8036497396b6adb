"""What recording costs, side by side: every instrument in a fresh process per sample, one after the other, in rounds.

python -m benchmarks.overhead [rounds]
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.instruments import INSTRUMENTS
from benchmarks.machine import machine
from benchmarks.page import ratios

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "overhead.json"

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
    sys.stdout.write(ratios(medians) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
