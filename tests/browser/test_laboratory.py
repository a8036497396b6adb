"""A button is pressed, and the bar is on the right lane before the handler has ended."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.laboratory import PATIENCE, LaboratoryPage
from tests.parts.api import Api
from tests.parts.server import Server, Servers


@pytest.fixture
def laboratory(page: Page) -> LaboratoryPage:
    return LaboratoryPage(page).open()


def lanes_of(page: Page) -> list[dict[str, Any]]:
    lanes: list[dict[str, Any]] = page.evaluate("window.signalbox.lanes()")
    return lanes


class TestWhileItRuns:
    def test_the_sync_handler_of_an_async_view_grows_on_a_worker_thread(self, laboratory: LaboratoryPage) -> None:
        laboratory.page.click("button[data-caller=async-view][data-way=sync_to_async]")

        bar = laboratory.wait_for_bar("my_signal_handler")
        assert bar["running"]
        assert not bar["lane"]["event_loop"]
        assert laboratory.wait_for_bar("my_signal_handler", wider_than=bar["width"] + 10)["running"]
        first = lanes_of(laboratory.page)[0]
        assert first["event_loop"], "the event loop's lane comes first"
        assert "async_view" in {span["name"].rpartition(".")[2] for row in first["rows"] for span in row}
        assert "running" in laboratory.page.inner_text("#verdict").lower()

        assert "As the sender: yes." in laboratory.wait_for_verdict()

    def test_an_async_handler_under_asend_is_on_the_event_loop(self, laboratory: LaboratoryPage) -> None:
        laboratory.run(caller="async-view", way="asend", receivers="async", delay_ms=800)
        bar = laboratory.wait_for_bar("on_thread_asked_async")
        assert bar["running"]
        assert bar["is_async"]
        assert bar["lane"]["event_loop"]
        laboratory.wait_for_verdict()

    def test_a_command_has_lanes_of_its_own_process_while_it_runs(
        self, laboratory: LaboratoryPage, server: Server
    ) -> None:
        laboratory.run(caller="command", way="save", delay_ms=1500)
        bar = laboratory.wait_for_bar("my_signal_handler")
        assert bar["running"]
        assert bar["lane"]["process"] != server.pid
        assert "As the caller: yes." in laboratory.wait_for_verdict()

    def test_a_thread_that_the_view_has_left_goes_on(self, laboratory: LaboratoryPage) -> None:
        laboratory.run(caller="sync-view-thread", way="save", delay_ms=800)
        bar = laboratory.wait_for_bar("my_signal_handler")
        assert bar["running"]
        assert "sync_view_thread" not in {
            span["name"].rpartition(".")[2] for row in bar["lane"]["rows"] for span in row
        }
        assert re.search(r"Did the caller wait\?\nNo", laboratory.wait_for_verdict())

    @pytest.mark.parametrize("caller", ["async-consumer", "sync-consumer"])
    def test_consumers_are_asked_over_a_websocket(self, laboratory: LaboratoryPage, caller: str) -> None:
        laboratory.run(caller=caller, way="asave", delay_ms=300)
        assert laboratory.wait_for_bar("my_signal_handler")["running"]
        assert "Yes, 3" in laboratory.wait_for_verdict()


class TestTheVerdict:
    def test_a_sync_view_and_its_handler_share_everything(self, laboratory: LaboratoryPage) -> None:
        laboratory.run(caller="sync-view", way="save", atomic=True)
        verdict = laboratory.wait_for_verdict()
        for answer in ("As the sender: yes.", "As the caller: yes.", "Was the event loop free?\nYes."):
            assert answer in verdict
        assert "inside atomic(), 1 deep" in verdict

    def test_a_blocked_loop_is_said_to_be_blocked(self, laboratory: LaboratoryPage) -> None:
        laboratory.run(caller="async-view", way="send", delay_ms=300)
        verdict = laboratory.wait_for_verdict()
        assert re.search(r"Was the event loop free\?\nNo", verdict)
        assert "no other request, task or socket was served" in verdict

    def test_what_django_refuses_is_shown_as_its_answer(self, laboratory: LaboratoryPage) -> None:
        laboratory.run(caller="async-view", way="save")
        verdict = laboratory.wait_for_verdict()
        assert "SynchronousOnlyOperation" in verdict
        assert "You cannot call this from an async context" in verdict

    def test_two_receivers_have_an_answer_each(self, laboratory: LaboratoryPage) -> None:
        laboratory.run(caller="async-view", way="asave", receivers="both", delay_ms=50)
        verdict = laboratory.wait_for_verdict()
        assert "my_signal_handler" in verdict
        assert "my_async_signal_handler" in verdict

    def test_the_source_that_ran_stands_beside_it(self, laboratory: LaboratoryPage) -> None:
        laboratory.run(caller="sync-view", way="create", delay_ms=0)
        laboratory.wait_for_verdict()
        code = laboratory.page.inner_text("#code")
        for source in ("def sync_view(", "objects.create(", "def my_signal_handler("):
            assert source in code

    def test_the_table_has_the_spans_of_the_picture(self, laboratory: LaboratoryPage) -> None:
        laboratory.run(caller="sync-view", way="save", delay_ms=0)
        laboratory.wait_for_verdict()
        laboratory.page.click("summary:has-text('Table')")
        kinds = laboratory.page.locator("#spans tbody td:first-child")
        expected = ["request", "caller", "step", "step", "dispatch", "sync receiver"]
        expect(kinds).to_have_text(expected, timeout=PATIENCE)


class TestManyAtOnce:
    def test_requests_have_a_lane_each_and_consumers_share_one(self, laboratory: LaboratoryPage) -> None:
        lanes = {}
        for caller in ("async-view", "async-consumer"):
            laboratory.run(caller=caller, way="asave", delay_ms=100, concurrency=5)
            verdict = laboratory.wait_for_verdict()
            assert "5 calls with the same answers" in verdict
            assert ("SB402" in verdict) == (caller == "async-consumer")
            laboratory.page.goto(laboratory.page.locator("#run-links a").first.get_attribute("href") or "")
            laboratory.wait_for_bar("my_signal_handler")
            handlers = [
                [span for row in lane["rows"] for span in row if span["name"].endswith("my_signal_handler")]
                for lane in lanes_of(laboratory.page)
            ]
            lanes[caller] = [len(spans) for spans in handlers if spans]
            assert "5 at once" in laboratory.page.inner_text(".run-head")
            laboratory.open()
        assert lanes == {"async-view": [1] * 5, "async-consumer": [5]}
        expect(laboratory.page.locator("#runs .kind").first).to_have_text("sync ×5", timeout=PATIENCE)

    def test_fifty_lanes_are_there_to_scroll_to(self, laboratory: LaboratoryPage) -> None:
        laboratory.run(caller="sync-view", way="save", delay_ms=100, concurrency=50)
        assert "50 calls with the same answers" in laboratory.wait_for_verdict()
        assert sum(not lane["event_loop"] for lane in lanes_of(laboratory.page)) == 50
        heights = laboratory.page.evaluate("[...document.querySelectorAll('#stage *')].map(part => part.scrollHeight)")
        assert max(heights) > 50 * 40, "no lane is squeezed"

    def test_a_command_is_one_caller(self, laboratory: LaboratoryPage) -> None:
        laboratory.set(caller="command", way="save", concurrency=5)
        expect(laboratory.page.locator("[name=concurrency]")).to_be_disabled()
        expect(laboratory.page.locator("#at-once")).to_have_text("1")
        laboratory.set(caller="sync-view", way="save", concurrency=5)
        expect(laboratory.page.locator("#at-once")).to_have_text("5")


class TestRuns:
    def test_a_run_is_listed_and_its_permalink_draws_the_same_lanes(self, laboratory: LaboratoryPage) -> None:
        laboratory.run(caller="async-view", way="sync_to_async", receivers="both", delay_ms=30)
        laboratory.wait_for_verdict()
        live = laboratory.wait_for_bar("my_signal_handler")["lane"]
        link = laboratory.page.locator("#runs a").first
        expect(link).to_have_text(re.compile("async view"), timeout=PATIENCE)
        laboratory.page.goto(link.get_attribute("href") or "")
        stored = laboratory.wait_for_bar("my_signal_handler")["lane"]
        assert (stored["key"], stored["ident"], stored["name"]) == (live["key"], live["ident"], live["name"])
        assert "As the sender: yes." in laboratory.page.inner_text("#verdict")

    def test_its_page_leads_to_the_same_in_the_laboratory(self, api: Api, page: Page) -> None:
        page.goto(api.run("sync-view", "create", receivers="both", atomic=True, delay_ms=1)["url"])
        expect(page.locator("nav [aria-current]")).to_have_text("Runs")
        page.locator("#run-links").get_by_role("link", name="Laboratory").click()
        form = page.locator("form#experiment")
        expect(form.locator("[name=way]")).to_have_value("create", timeout=PATIENCE)
        expect(form.locator("[name=caller]")).to_have_value("sync-view")
        expect(form.locator("[name=receivers][value=both]")).to_be_checked()
        expect(form.locator("[name=atomic]")).to_be_checked()

    def test_what_only_a_claim_runs_is_in_no_form_and_no_map(self, api: Api, page: Page) -> None:
        page.goto(api.run("sync-view", "send_from_threads", delay_ms=1)["url"])
        expect(page.locator("#run-links a")).to_have_text(["JSON"], timeout=PATIENCE)

    def test_no_run_is_there_at_first_and_the_page_says_what_to_press(
        self, start_server: Servers, context: Any
    ) -> None:
        page = context.new_page()
        page.goto(start_server().url)
        page.wait_for_selector("html[data-ready=true]", timeout=PATIENCE)
        expect(page.locator("#empty")).to_be_visible()
        expect(page.locator("#empty")).to_contain_text("Press")


class TestTheConnection:
    def test_after_a_restart_of_the_server_the_page_is_live_again_and_runs(
        self, start_server: Servers, context: Any, page_problems: list[str]
    ) -> None:
        server = start_server()
        page = context.new_page()
        page.goto(server.url)
        page.wait_for_selector("html[data-live=live]", timeout=PATIENCE)
        server.stop()
        page.wait_for_selector("html[data-live=reconnecting]", timeout=PATIENCE)
        server.start()
        page.wait_for_selector("html[data-live=live]", timeout=PATIENCE)
        page.click("button[data-caller=sync-view]")
        laboratory = LaboratoryPage(page)
        assert laboratory.wait_for_bar("my_signal_handler")["running"]
        laboratory.wait_for_verdict()
        # The browser tells the console about each attempt that failed while the server was away.
        page_problems[:] = [problem for problem in page_problems if "ERR_CONNECTION_" not in problem]

    def test_an_error_of_the_server_is_one_sentence_on_the_page(
        self, laboratory: LaboratoryPage, page_problems: list[str]
    ) -> None:
        laboratory.page.context.clear_cookies()
        laboratory.page.click("button[data-caller=sync-view]")
        expect(laboratory.page.locator("#notice")).to_contain_text("csrftoken", timeout=PATIENCE)
        page_problems[:] = [problem for problem in page_problems if "403" not in problem]
