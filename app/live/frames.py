"""The frames of the live stream as types: docs/protocol.md is their description."""

from typing import Annotated, Any, Literal

import msgspec

from signalbox.documents import PauseDocument, SpanDocument, SpanEnd, ThreadDocument

PROTOCOL = 1
GapReason = Literal["slow", "paused", "journal", "hole"]


class ProcessDocument(msgspec.Struct):
    """A process whose spans are in the stream."""

    process: int
    role: Literal["server", "command"]


class Clock(msgspec.Struct):
    """Both clocks of the server at one moment, for a page to place spans in its own time."""

    monotonic_ns: int
    unix_ns: int


class HelloFrame(msgspec.Struct, tag="hello", tag_field="type"):
    protocol: int
    server: int
    environment: dict[str, Any]
    clock: Clock
    processes: list[ProcessDocument]
    threads: list[ThreadDocument]
    oldest: int
    newest: int


class BatchFrame(msgspec.Struct, tag="batch", tag_field="type"):
    sequence: int
    process: int
    threads: list[ThreadDocument]
    begun: list[SpanDocument]
    ended: list[SpanEnd]
    pauses: list[PauseDocument]


class GapFrame(msgspec.Struct, tag="gap", tag_field="type"):
    first: int = msgspec.field(name="from")
    last: int = msgspec.field(name="to")
    why: GapReason


class StatsFrame(msgspec.Struct, tag="stats", tag_field="type"):
    newest: int
    buffer: dict[str, int]
    slow: int
    holes: int
    viewers: int
    experiments: int


class ErrorFrame(msgspec.Struct, tag="error", tag_field="type"):
    error: str


class AckFrame(msgspec.Struct, tag="ack", tag_field="type", forbid_unknown_fields=True):
    sequence: Annotated[int, msgspec.Meta(ge=0)]


class ResumeFrame(msgspec.Struct, tag="resume", tag_field="type", forbid_unknown_fields=True):
    first: Annotated[int, msgspec.Meta(ge=0)] = msgspec.field(name="from")


class FilterFrame(msgspec.Struct, tag="filter", tag_field="type", forbid_unknown_fields=True):
    signal: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    sender: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    receiver: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    process: int | None = None

    def wants_everything(self) -> bool:
        return self == FilterFrame()


class PauseFrame(msgspec.Struct, tag="pause", tag_field="type", forbid_unknown_fields=True):
    paused: bool


#: What a page says.
CLIENT_FRAMES = msgspec.json.Decoder(AckFrame | ResumeFrame | FilterFrame | PauseFrame)

_encoder = msgspec.json.Encoder()


def encode(frame: msgspec.Struct) -> str:
    return _encoder.encode(frame).decode()
