"""What `/ws/live/` refuses, and how."""

import json

import pytest
from websockets.exceptions import ConnectionClosed

from app.experiments import LARGEST_FRAME
from tests.app.sentences import check_sentence
from tests.parts.api import Api
from tests.parts.live import Live

MALFORMED = [
    "ack",
    "",
    "[]",
    "null",
    "{}",
    '{"type": "shout"}',
    '{"type": "hello"}',
    '{"type": "ack"}',
    '{"type": "ack", "sequence": -1}',
    '{"type": "ack", "sequence": "1"}',
    '{"type": "ack", "sequence": 1, "colour": "red"}',
    '{"type": "resume"}',
    '{"type": "resume", "from": 1.5}',
    '{"type": "pause", "paused": 1}',
    '{"type": "filter", "signal": 1}',
    '{"type": "filter", "signal": "' + "x" * 201 + '"}',
    '{"type": "ack", "sequence": ' + "[" * 2_000 + "]" * 2_000 + "}",
    '{"type": "\\ud800"}',
]


def check_refused(live: Live, code: int, *parts: str) -> None:
    error = live.hear_until(lambda frame: frame["type"] == "error")
    assert list(error) == ["type", "error"]
    check_sentence(error["error"], *parts)
    with pytest.raises(ConnectionClosed) as closed:
        live.hear()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


@pytest.mark.parametrize("frame", MALFORMED, ids=lambda frame: frame[:40])
def test_a_malformed_frame(live: Live, frame: str) -> None:
    live.websocket.send(frame)
    check_refused(live, 4400, "ack, resume, filter or pause")


def test_a_binary_frame(live: Live) -> None:
    live.websocket.send(b'{"type": "ack", "sequence": 1}')
    check_refused(live, 4400, "text frame", "binary frame")


@pytest.mark.parametrize("letter", [" ", "é"])
def test_a_frame_that_is_too_large(live: Live, letter: str) -> None:
    frame = '{"type": "ack", "sequence": 1}'
    live.websocket.send(frame + letter * ((LARGEST_FRAME - len(frame)) // len(letter.encode()) + 1))
    check_refused(live, 4413, "65536")


def test_the_largest_frame_and_numbers_out_of_this_world(api: Api, live: Live) -> None:
    live.websocket.send(json.dumps({"type": "ack", "sequence": 10**30}).ljust(LARGEST_FRAME))
    live.say("resume", **{"from": 10**30})
    live.say("filter", process=-(10**30))
    live.say("filter")
    api.run("sync-view", "send", delay_ms=0)
    live.hear_ends()
