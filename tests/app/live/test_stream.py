"""The stream as a page gets it: a real server, a real websocket."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from app.live.viewer import WINDOW_FRAMES
from tests.app.documents import the
from tests.parts.api import Api
from tests.parts.elsewhere import run_elsewhere
from tests.parts.live import Live, watching
from tests.parts.server import Servers

HELLO = ["type", "protocol", "server", "environment", "clock", "processes", "threads", "oldest", "newest"]


def run_until(api: Api, live: Live, batches: int) -> int:
    """Run experiments until so many batches were published since the page came; gives the newest number."""
    while (newest := newest_of(api)) < live.hello["newest"] + batches:
        for _ in range(5):
            api.run("sync-view", "send", delay_ms=15)
    return newest


def newest_of(api: Api) -> int:
    with watching(api) as other:
        return int(other.hello["newest"])


def test_hello_comes_first_and_says_who_speaks(api: Api, live: Live) -> None:
    hello = live.hello
    assert list(hello) == HELLO
    assert (hello["type"], hello["protocol"]) == ("hello", 1)
    assert hello["server"] == api.server.pid
    assert {"process": api.server.pid, "role": "server"} in hello["processes"]
    assert hello["environment"] == api.run("sync-view", "send", delay_ms=0)["environment"]
    # A monotonic clock is the machine's, and this is the same machine.
    assert 0 <= time.monotonic_ns() - hello["clock"]["monotonic_ns"] < 60e9
    assert abs(time.time_ns() - hello["clock"]["unix_ns"]) < 60e9


@pytest.mark.parametrize("caller", ["sync-view", "async-view", "async-consumer", "sync-consumer"])
def test_a_span_is_told_of_when_it_begins(api: Api, live: Live, caller: str) -> None:
    with run_elsewhere(api, caller, "asave", receivers="both", delay_ms=500) as run:
        for name in ("my_signal_handler", "my_async_signal_handler"):
            receiver = live.hear_begin(name)
            assert receiver["outcome"] is None
            assert receiver["end_ns"] is None
            assert not run.done()
    live.hear_ends()
    assert {span["id"] for span in live.begun.values()} == {span["id"] for span in run.result()["spans"]}


def test_what_is_told_is_what_is_stored(api: Api, live: Live) -> None:
    document = api.run("async-view", "asave", receivers="both", delay_ms=50)
    live.hear_ends()
    told = {span["id"]: span for span in live.begun.values()}
    for end in (end for batch in live.of_type("batch") for end in batch["ended"]):
        if told[end["id"]]["kind"] == "request":  # it ended after its answer, with the document in it, had been made
            continue
        told[end["id"]] |= {**end, "attributes": told[end["id"]]["attributes"] | end["attributes"]}
    assert sorted(told.values(), key=lambda span: span["start_ns"]) == document["spans"]
    lanes = [thread for frame in live.frames for thread in frame.get("threads", [])]
    assert all(thread in lanes for thread in document["threads"])


def test_numbers_have_no_holes(api: Api, live: Live) -> None:
    for _ in range(5):
        api.run("sync-view", "m2m_add", receivers="both", delay_ms=10)
    live.hear_all()
    assert len(live.sequences) > 5
    assert live.sequences == list(range(live.hello["newest"] + 1, live.sequences[-1] + 1))
    assert not live.of_type("gap")


def test_a_page_that_never_acknowledges_is_told_what_it_missed(api: Api, live: Live) -> None:
    newest = run_until(api, live, WINDOW_FRAMES + 10)
    first = live.hello["newest"] + 1
    slow = newest - (first + WINDOW_FRAMES - 1)
    # The end of a request is published after its answer, so there may be a batch more than was known of.
    stats = live.hear_until(lambda frame: frame["type"] == "stats" and frame["slow"] >= slow)
    assert live.sequences == list(range(first, first + WINDOW_FRAMES))
    assert not live.of_type("gap")
    live.say("ack", sequence=live.sequences[-1])
    gap = live.hear_until(lambda frame: frame["type"] == "gap")
    assert gap["to"] >= newest
    assert gap == {"type": "gap", "from": first + WINDOW_FRAMES, "to": gap["to"], "why": "slow"}
    api.run("sync-view", "send", delay_ms=0)
    assert live.hear_until(lambda frame: frame["type"] == "batch")["sequence"] == gap["to"] + 1
    assert stats["holes"] == 0


def test_what_was_missed_can_be_asked_for(api: Api, live: Live) -> None:
    with watching(api) as other:
        for _ in range(5):
            api.run("sync-view", "save", delay_ms=10)
        other.hear_all()
    first = other.sequences[2]
    with watching(api) as late:
        assert late.hello["newest"] >= other.sequences[-1]
        late.say("resume", **{"from": first})
        late.hear_until(lambda frame: frame.get("sequence") == late.hello["newest"])
    heard = {batch["sequence"]: batch for batch in late.of_type("batch")}
    assert list(heard) == list(range(first, late.hello["newest"] + 1))
    assert all(heard[batch["sequence"]] == batch for batch in other.of_type("batch")[2:])


def test_a_replay_keeps_to_the_window(api: Api, live: Live) -> None:
    newest = run_until(api, live, 2 * WINDOW_FRAMES)
    first = live.hello["newest"] + 1
    with watching(api) as late:
        late.say("resume", **{"from": first})
        late.hear_until(lambda frame: frame.get("sequence") == first + WINDOW_FRAMES - 1)
        late.hear_nothing_more()
        assert late.sequences[-1] == first + WINDOW_FRAMES - 1
        late.say("ack", sequence=late.sequences[-1])
        late.hear_until(lambda frame: frame.get("sequence") == first + 2 * WINDOW_FRAMES - 1)
    assert late.sequences == list(range(first, first + 2 * WINDOW_FRAMES))
    assert not late.of_type("gap")
    assert newest >= late.sequences[-1]


def test_resuming_from_the_future_is_resuming_from_now(api: Api, live: Live) -> None:
    live.say("resume", **{"from": live.hello["newest"] + 1_000})
    api.run("sync-view", "send", delay_ms=0)
    live.hear_all()
    assert live.sequences[0] == live.hello["newest"] + 1


def test_a_pause_is_silent_and_ends_with_what_was_missed(api: Api, live: Live) -> None:
    live.say("pause", paused=True)
    api.run("sync-view", "save", delay_ms=10)
    live.hear_nothing_more()
    assert live.sequences == []
    live.say("pause", paused=False)
    gap = live.hear_until(lambda frame: frame["type"] == "gap")
    assert gap == {"type": "gap", "from": live.hello["newest"] + 1, "to": gap["to"], "why": "paused"}
    assert gap["to"] > live.hello["newest"]
    api.run("sync-view", "send", delay_ms=0)
    assert live.hear_until(lambda frame: frame["type"] == "batch")["sequence"] == gap["to"] + 1


def test_a_filter_leaves_the_numbers_as_they_are(api: Api, live: Live) -> None:
    live.say("filter", signal="post_save")
    for way in ("save", "send"):
        api.run("sync-view", way, delay_ms=0)
    live.hear_all()
    signals = {span["attributes"]["signal"] for span in live.begun.values() if span["kind"] in {"dispatch", "receiver"}}
    assert signals == {"post_save"}
    assert live.sequences == list(range(live.hello["newest"] + 1, live.sequences[-1] + 1))


def test_statistics_come_every_second(api: Api, live: Live) -> None:
    api.run("sync-view", "save", delay_ms=0)
    times = []
    for _ in range(3):
        stats = live.hear_until(lambda frame: frame["type"] == "stats")
        times.append(time.monotonic())
    assert all(0.5 < later - earlier < 3 for earlier, later in pairwise(times))
    assert list(stats) == ["type", "newest", "buffer", "slow", "holes", "viewers", "experiments"]
    assert list(stats["buffer"]) == ["capacity", "held", "peak", "recorded", "dropped"]
    assert stats["newest"] == live.sequences[-1]
    assert stats["buffer"]["recorded"] >= len(live.begun) > 0
    assert (stats["buffer"]["dropped"], stats["slow"], stats["holes"]) == (0, 0, 0)
    assert (stats["viewers"], stats["experiments"]) == (1, 0)


def test_a_page_that_disappears_leaves_everything_tidy(api: Api, live: Live) -> None:
    with watching(api) as other, run_elsewhere(api, "sync-view", "save", delay_ms=400) as run:
        other.hear_begin("my_signal_handler")
        other.websocket.socket.close()  # no goodbye
        live.hear_until(lambda frame: frame["type"] == "stats" and frame["viewers"] == 1)
    assert run.result()["verdict"]["error"] is None
    live.hear_ends()


def test_another_server_on_the_same_port_says_so(start_server: Servers) -> None:
    server = start_server()
    api = Api(server)
    with watching(api) as live:
        api.run("sync-view", "save", delay_ms=0)
        live.hear_all()
        assert live.hello["server"] == server.pid
        server.restart()
    api.close()
    api = Api(server)
    with watching(api) as again:
        assert again.hello["server"] == server.pid != live.hello["server"]
        assert (again.hello["oldest"], again.hello["newest"]) == (0, 0)
        api.run("sync-view", "save", delay_ms=0)
        again.hear_all()
        assert again.sequences[0] == 1
    api.close()


def test_a_receiver_that_holds_the_loop_is_a_pause_of_the_loop(api: Api, live: Live) -> None:
    document = api.run("async-view", "send", delay_ms=300)
    receiver = the(document, "receiver")
    (verdict,) = document["verdict"]["receivers"]
    assert verdict["event_loop_free"] is False
    (pause,) = (pause for pause in document["pauses"] if pause["end_ns"] - pause["start_ns"] > 200e6)
    assert pause["thread"] == receiver["thread"]
    # The heartbeat was due at most one interval after the receiver began, and came when the loop was free again.
    assert pause["start_ns"] < receiver["start_ns"] + 20e6
    assert pause["end_ns"] >= receiver["end_ns"]
    assert pause["span"] == receiver["id"]
    # Who held the loop is known once the run is judged.
    live.hear_until(lambda frame: pause | {"span": None} in frame.get("pauses", []))


def test_a_sync_view_listens_to_the_servers_loop_too(api: Api, live: Live) -> None:
    """Nothing of such a run is on the loop, and it is told of what another run did to the loop meanwhile."""
    watching_the_loop = Api(api.server)
    with ThreadPoolExecutor(1) as pool:
        listening = pool.submit(watching_the_loop.run, "sync-view", "save", delay_ms=1500)
        live.hear_begin("my_signal_handler")
        blocking = api.run("async-view", "send", delay_ms=300)
        document = listening.result()
    watching_the_loop.close()
    (pause,) = (pause for pause in blocking["pauses"] if pause["end_ns"] - pause["start_ns"] > 200e6)
    assert pause | {"span": None} in document["pauses"]
    (verdict,) = document["verdict"]["receivers"]
    assert verdict["event_loop_free"] is True
    assert "something else held it for" in verdict["reasons"]["event_loop_free"]


def test_a_receiver_that_awaits_leaves_the_loop_free(api: Api) -> None:
    document = api.run("async-view", "asend", receivers="async", delay_ms=300)
    (verdict,) = document["verdict"]["receivers"]
    assert verdict["event_loop_free"] is True
    assert all(pause["end_ns"] - pause["start_ns"] < 200e6 for pause in document["pauses"])


def test_a_frame_is_json_text(api: Api) -> None:
    with api.websocket("/ws/live/") as websocket:
        assert isinstance(text := websocket.recv(5), str)
        assert json.loads(text)["type"] == "hello"
