"""From a signal to a frame: the whole way, through a server and a websocket, in one picture."""

from tests.parts.api import Api
from tests.parts.elsewhere import run_elsewhere
from tests.parts.live import watching

DELAY_MS = 1_500


def test_a_receiver_is_on_its_lane_before_it_ends(api: Api) -> None:
    with watching(api) as page:
        with run_elsewhere(api, "async-view", "sync_to_async", delay_ms=DELAY_MS) as answer:
            receiver = page.hear_begin("my_signal_handler")
            assert not answer.done()
        page.hear_ends()
    document = answer.result()

    # While the receiver was running, its bar had a beginning, no end, and a place.
    assert (receiver["end_ns"], receiver["outcome"]) == (None, None)
    spans = {(span["kind"], span["name"]): span for span in page.begun.values()}
    caller = spans["caller", "app.callers.views.async_view"]
    save = spans["step", "MyModel.save"]
    dispatch = spans["dispatch", "post_save.send"]
    told = [thread for frame in page.frames for thread in frame.get("threads", [])]
    lanes = {thread["key"]: thread for thread in told if thread["process"] == api.server.pid}
    assert lanes[caller["thread"]]["event_loop"]
    assert not lanes[receiver["thread"]]["event_loop"]
    assert receiver["thread"] == dispatch["thread"] == save["thread"] != caller["thread"]

    # Then it ended, for the page as in the document that is stored.
    (end,) = (end for batch in page.of_type("batch") for end in batch["ended"] if end["id"] == receiver["id"])
    assert end["end_ns"] - receiver["start_ns"] >= DELAY_MS * 1e6
    assert {**receiver, **end, "attributes": receiver["attributes"] | end["attributes"]} == {
        **next(span for span in document["spans"] if span["id"] == receiver["id"]),
        "process": api.server.pid,
    }
    assert api.get(f"/runs/{document['id']}.json") == document

    # And the four questions are answered.
    (verdict,) = document["verdict"]["receivers"]
    assert verdict["caller_waited"]
    assert verdict["same_thread_as_sender"]
    assert not verdict["same_thread_as_caller"]
    assert verdict["same_connection"]
    assert verdict["event_loop_free"]
