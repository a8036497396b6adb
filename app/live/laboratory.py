"""The parts of one process's laboratory, put together: pump → runs and stream → hub."""

import asyncio
import functools

import signalbox
from app.live.hub import Hub
from app.live.pump import Pump
from app.live.stream import Stream
from app.runs.admission import Admission
from app.runs.collector import Collector


class Laboratory:
    """One per process. It works without a server, too: a command has runs, but no loop and no pages."""

    def __init__(self) -> None:
        signalbox.buffer().drain()  # what Django sent while it started is nobody's experiment
        self.admission = Admission()
        self.stream = Stream()
        self.hub = Hub(self.stream, self.admission)
        self.collector = Collector(self.admission)
        self.pump = Pump([self.stream.observe, self.collector.observe])
        self.collector.pump = self.pump

    def serve_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Learn which loop the server runs on; called for every connection, as no server says so at its start."""
        if self.stream.loop is not loop:
            self.stream.serve_on(loop)
            self.collector.serve_on(loop)

    def break_off(self) -> int:
        """Give up on all experiments, because the process ends; gives how many callers were at work for them."""
        under_way = self.admission.under_way
        self.collector.break_off()
        return under_way


@functools.cache
def laboratory() -> Laboratory:
    """The laboratory of this process, made at the first call."""
    return Laboratory()
