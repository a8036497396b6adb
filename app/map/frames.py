"""The frames of `/ws/map/` as types: docs/protocol.md is their description."""

from typing import Annotated, Literal

import msgspec

from app.map.showing import ShownCell

PROTOCOL = 1
State = Literal["measuring", "ending", "done", "cancelled", "failed"]

Word = Annotated[str, msgspec.Meta(max_length=60)]


class Measurement(msgspec.Struct):
    """One measurement: what of the map, under which server, and how far it is."""

    id: str
    server: str
    only: dict[str, list[str]]
    total: int
    state: State = "measuring"
    remaining_s: float | None = None
    error: str | None = None


class HelloFrame(msgspec.Struct, tag="hello", tag_field="type"):
    protocol: int
    servers: list[str]


class NewsFrame(msgspec.Struct, tag="news", tag_field="type"):
    """The cells from the ``first`` on, as many as fit."""

    measurement: Measurement | None
    first: int
    cells: list[ShownCell]


class MoreFrame(msgspec.Struct, tag="more", tag_field="type", forbid_unknown_fields=True):
    """What the page knows; it is told as soon as there is more."""

    measurement: Word | None
    state: Word | None
    cells: Annotated[int, msgspec.Meta(ge=0)]


class MeasureFrame(msgspec.Struct, tag="measure", tag_field="type", forbid_unknown_fields=True):
    server: Word
    only: dict[Word, list[Word]] = {}


class CancelFrame(msgspec.Struct, tag="cancel", tag_field="type", forbid_unknown_fields=True):
    pass


ClientFrame = MoreFrame | MeasureFrame | CancelFrame

_decoder = msgspec.json.Decoder(ClientFrame)


def decode_client_frame(text: str) -> ClientFrame:
    """The frame that a page sent. Raises ValueError with one sentence that says what was expected."""
    try:
        frame: ClientFrame = _decoder.decode(text)
        return frame
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(
            f"Expected a JSON object whose type is more, measure or cancel (docs/protocol.md): {error}."
        ) from error
