"""How many requests per second a view that awaits `asave()` answers under Daphne, with each instrument in turn.

python -m benchmarks.requests [rounds]

What counts is how many requests a core can answer: the processor time that the server spends on them (Linux tells it),
which other work on the machine disturbs less than the time on the clock.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.instruments import INSTRUMENTS
from benchmarks.machine import machine
from benchmarks.page import rates
from tests.parts.server import Server

RESULTS = Path(__file__).parent / "results" / "requests.json"
CONNECTIONS = 4
REQUESTS = 1_500
WARM_UP = 300
REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
#: VizTracer writes down every call of the server, which is another question.
COMPARED = [name for name in INSTRUMENTS if not name.startswith("VizTracer")]


Figures = dict[str, float]


class ServerOfOneView(Server):
    application = "benchmarks.serving:application"


async def ask(port: int, requests: int) -> None:
    """So many requests, one after the other, over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(requests):
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            sys.exit(head.decode())
        length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()


async def ask_at_once(port: int, requests: int) -> float:
    """Requests per second over several connections."""
    began = time.perf_counter()
    await asyncio.gather(*(ask(port, requests // CONNECTIONS) for _ in range(CONNECTIONS)))
    return requests / (time.perf_counter() - began)


def processor_s(pid: int) -> float:
    """What the process has used of the processor, itself and in the system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def sample(instrument: str) -> Figures:
    with tempfile.TemporaryDirectory() as directory:
        server = ServerOfOneView(Path(directory), BENCHMARK_INSTRUMENT=instrument)
        server.start()
        try:
            asyncio.run(ask_at_once(server.port, WARM_UP))
            used = processor_s(server.pid)
            on_the_clock = asyncio.run(ask_at_once(server.port, REQUESTS))
            a_core = REQUESTS / (processor_s(server.pid) - used)
            return {"a core": round(a_core, 1), "on the clock": round(on_the_clock, 1)}
        finally:
            server.stop()


def main(rounds: int) -> None:
    raw: dict[str, list[Figures]] = {name: [] for name in COMPARED}
    for number in range(rounds):
        for name, samples in raw.items():
            samples.append(sample(name))
            sys.stderr.write(f"\rround {number + 1} of {rounds}: {name:<40}")
    sys.stderr.write("\n")
    medians = {
        name: {kind: median(each[kind] for each in samples) for kind in samples[0]} for name, samples in raw.items()
    }
    measured = {"rounds": rounds, "connections": CONNECTIONS, "requests": REQUESTS, "unit": "requests per second"}
    RESULTS.write_text(json.dumps({**machine(), **measured, "medians": medians, "raw": raw}) + "\n")
    sys.stdout.write(rates(raw) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
