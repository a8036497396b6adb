"""Predict first: what is picked before the run is judged by the run, and the score stays for the sitting."""

import re
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from app.map.grid import Cell
from app.map.reading import read_cell
from app.map.showing import shown
from tests.browser.laboratory import PATIENCE, LaboratoryPage
from tests.browser.predicting import PredictingLaboratory, violations_in_both_schemes
from tests.browser.test_accessibility import PHONE
from tests.parts.api import Api

#: Every choice that an outcome makes right, for each question. ``of`` reads it from the document.
RIGHT = """async ([document, of, kind]) => {
  const { judge } = await import('/static/js/judging.js');
  const outcome = (await import('/static/js/outcomes.js'))[of](document);
  const { QUESTIONS } = await import('/static/js/questions.js');
  const isRight = (topic, pick) => judge({[kind]: {[topic]: pick}}, outcome)[0].result === 'right';
  return QUESTIONS.map(({topic, choices}) =>
    choices.map(({slug}) => slug).filter(pick => isRight(topic, pick)).join(' '));
}"""
JUDGE = """async ([prediction, run]) => {
  const { judge } = await import('/static/js/judging.js');
  const { outcomeOf } = await import('/static/js/outcomes.js');
  return judge(prediction, outcomeOf(run));
}"""


def cell_of(run: dict[str, Any]) -> Any:
    """The cell of the map that would be measured from the run, as the map's page has it."""
    experiment = run["experiment"]
    cell = Cell(experiment["caller"], experiment["way"], experiment["receivers"], atomic=experiment["atomic"])
    return msgspec.to_builtins(shown(msgspec.to_builtins(read_cell(cell, run))))


@pytest.fixture
def predicting(page: Page) -> PredictingLaboratory:
    return PredictingLaboratory(page).open()


class TestWhatIsRight:
    """The judge, over the documents of real runs and the cells of the map that come of them."""

    @pytest.fixture
    def blank(self, page: Page) -> Page:
        page.goto("/runs/")
        return page

    def test_each_choice_that_holds(self, blank: Page, api: Api) -> None:
        """From caller, way, receivers, and the kind asked about: where it runs, the waiting, the transaction."""
        expected = {
            ("sync-view", "save", "sync", "sync"): ("sender caller", "yes", "none"),
            ("sync-view", "save", "async", "async"): ("event-loop", "yes", "none"),
            ("sync-view", "delete", "sync", "sync"): ("sender caller", "yes", "yes"),
            ("sync-view", "delete", "async", "async"): ("event-loop", "yes", "no"),
            ("sync-view-thread", "save", "sync", "sync"): ("sender", "no", "none"),
            ("async-view", "asave", "both", "sync"): ("sender", "yes", "none"),
            ("async-view", "asave", "both", "async"): ("caller event-loop", "yes", "none"),
            ("async-view", "send", "sync", "sync"): ("sender caller event-loop", "yes", "none"),
            ("async-view", "asend", "sync", "sync"): ("worker", "yes", "none"),
            ("async-view-gather", "asend", "async", "async"): ("sender caller event-loop", "yes", "none"),
            ("command", "save", "async", "async"): ("new-loop", "yes", "none"),
            ("command", "asend", "both", "sync"): ("caller", "yes", "none"),
            ("command", "asend", "both", "async"): ("sender event-loop", "yes", "none"),
            ("async-view", "save", "sync", "sync"): ("nowhere", "", ""),
            ("async-view", "send", "both", "async"): ("nowhere", "", ""),
            ("sync-view", "bulk_create", "sync", "sync"): ("nowhere", "", ""),
        }
        in_run, in_cell = {}, {}
        for case in expected:
            caller, way, receivers, kind = case
            run = api.run(caller, way, receivers=receivers, delay_ms=1)
            in_run[case] = tuple(blank.evaluate(RIGHT, [run, "outcomeOf", kind]))
            in_cell[case] = tuple(blank.evaluate(RIGHT, [cell_of(run), "outcomeOfCell", kind]))
        assert in_run == expected
        assert in_cell == expected, "the map's cell of the same run"

    def test_what_did_not_run_has_no_other_answer(self, blank: Page, api: Api) -> None:
        run = api.run("sync-view", "save", receivers="both", fail="sync", delay_ms=5)
        picks = {"place": "event-loop", "waiting": "no", "transaction": "none"}
        place, *others = blank.evaluate(JUDGE, [{"async": picks}, run])
        assert (place["result"], place["truths"]) == ("wrong", ["nowhere"])
        assert place["reason"] == "ToldToFail: the sync receiver was told to fail"
        assert {(other["result"], other["reason"]) for other in others} == {
            ("unscored", "It did not run, so there is nothing to answer.")
        }

    def test_an_answer_that_cannot_be_known_is_not_scored(self, blank: Page, api: Api) -> None:
        run = api.run("sync-view", "save", delay_ms=5)
        run["verdict"]["receivers"][0]["caller_waited"] = None
        (judged,) = blank.evaluate(JUDGE, [{"sync": {"waiting": "yes"}}, run])
        assert (judged["result"], judged["truths"], judged["reason"]) == ("unscored", [], "This run cannot tell.")

    def test_what_holds_for_some_calls_only_is_not_scored(self, blank: Page, api: Api) -> None:
        run = api.run("async-view-gather", "asave", delay_ms=5)
        run["verdict"]["receivers"][0]["caller_waited"] = False
        (judged,) = blank.evaluate(JUDGE, [{"sync": {"waiting": "yes"}}, run])
        assert (judged["result"], judged["reason"]) == ("unscored", "It holds for 2 of 3 calls.")


class TestTheQuestions:
    def test_by_keyboard_alone_all_right(self, page: Page) -> None:
        predicting = PredictingLaboratory(page)
        LaboratoryPage.open(predicting)
        predicting.set(caller="sync-view", way="save", delay_ms=300)
        expect(page.locator("#predict-first")).not_to_be_checked()
        page.focus("#predict-first")
        predicting.press(" ")
        page.focus("button[data-caller=sync-view]")
        predicting.press("Enter", "2", "1", "3", "Enter")
        for button in page.locator("button[data-caller], #experiment button[type=submit]").all():
            expect(button).to_be_disabled()
        judgement = predicting.wait_for_judgement()
        assert judgement.startswith("3 of 3 right")
        assert "You said: The caller's thread" in judgement
        assert "It was: The sender's thread = the caller's thread" in judgement
        assert "send() calls sync receivers itself" in judgement
        expect(predicting.score).to_have_text("3 of 3 right · 3 in a row")
        expect(predicting.judgement).to_be_focused()
        expect(page.locator("button[data-caller=sync-view]")).to_be_enabled()

    def test_what_would_tell_is_covered(self, predicting: PredictingLaboratory) -> None:
        predicting.ask(caller="async-view", way="save")
        page = predicting.page
        for telling in ("#stage", "#verdict", "#run-links", ".table-panel", "#refused", "#way-summary"):
            expect(page.locator(telling)).to_be_hidden()
        assert "(refused)" not in (page.locator("[name=way]").text_content() or "")
        expect(page.locator("#code")).to_contain_text("def async_view(")
        predicting.press("Escape")
        expect(predicting.form).to_be_hidden()
        expect(page.locator("#stage")).to_be_visible()
        expect(page.locator("#experiment button[type=submit]")).to_be_focused()
        page.uncheck("#predict-first")
        expect(page.locator("#refused")).to_contain_text("Django refuses")

    def test_each_receiver_is_asked_about_and_an_answer_can_be_changed(self, predicting: PredictingLaboratory) -> None:
        predicting.ask(caller="async-view", way="asave", receivers="both")
        run = predicting.form.get_by_role("button", name="Run it and see")
        predicting.press("4", "2", "Backspace", "1", "3")
        expect(predicting.form.get_by_role("heading", name="Where will the async receiver run?")).to_be_visible()
        expect(predicting.form.locator(".choice.worker .guess")).to_have_text("sync receiver")
        predicting.press("6")
        expect(predicting.form.get_by_role("button", name="None is open")).to_be_disabled()
        expect(run).to_be_focused()
        predicting.form.locator(".choice.event-loop").click()
        expect(run).to_be_disabled()
        predicting.press("1", "3", "Enter")
        assert predicting.wait_for_judgement().startswith("5 of 6 right")

    def test_it_can_be_run_without(self, predicting: PredictingLaboratory) -> None:
        predicting.ask(caller="sync-view", way="save")
        predicting.form.get_by_role("button", name="Just run it").click()
        predicting.wait_for_verdict()
        expect(predicting.judgement).to_be_hidden()
        expect(predicting.score).to_have_text("no prediction yet")


class TestTheJudgement:
    def test_a_wrong_one_is_told_the_reason_and_the_score_is_kept_until_one_starts_over(
        self, predicting: PredictingLaboratory
    ) -> None:
        page = predicting.page
        predicting.ask(caller="async-view", way="sync_to_async")
        predicting.press("3", "1", "3", "Enter")
        assert predicting.wait_for_judgement().startswith("2 of 3 right")
        wrong = predicting.judgement.locator("li.wrong")
        expect(wrong).to_contain_text(
            re.compile("✗Wrong.*You said: The event loop's thread.*It was: The sender's thread")
        )
        expect(wrong.locator(".reason")).to_contain_text("the one thread that this request's thread-sensitive work")

        page.reload()
        page.wait_for_selector("html[data-ready=true]", timeout=PATIENCE)
        expect(page.locator("#predict-first")).to_be_checked()
        expect(predicting.score).to_have_text("2 of 3 right · 2 in a row")
        page.click("#start-over")
        expect(predicting.score).to_have_text("no prediction yet")
        expect(page.locator("#start-over")).to_be_hidden()

    def test_it_points_at_the_bar(self, predicting: PredictingLaboratory) -> None:
        predicting.ask(caller="sync-view", way="save", delay_ms=50)
        predicting.press("1", "1", "3", "Enter")
        predicting.wait_for_judgement()
        page = predicting.page
        page.click("#fit")
        expect(page.locator("#spans tbody tr")).to_have_count(6, timeout=PATIENCE)
        drawn = page.evaluate("document.querySelector('#lanes').toDataURL()")
        predicting.judgement.locator("li").first.hover()
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.querySelector('#lanes').toDataURL()") != drawn

    @pytest.mark.parametrize(
        ("pick", "score", "told"),
        [
            (["6"], "1 of 1 right", ["Right"]),
            (["3", "1", "1"], "0 of 1 right", ["Wrong", "Not scored", "Not scored"]),
        ],
    )
    def test_a_refusal(self, predicting: PredictingLaboratory, pick: list[str], score: str, told: list[str]) -> None:
        predicting.ask(caller="async-view", way="save")
        predicting.press(*pick, "Enter")
        judgement = predicting.wait_for_judgement()
        expect(predicting.judgement.locator(".result")).to_have_text(told)
        assert "SynchronousOnlyOperation: You cannot call this from an async context" in judgement
        expect(predicting.score).to_have_text(score)

    def test_many_calls_are_judged_together(self, predicting: PredictingLaboratory) -> None:
        predicting.ask(caller="async-consumer", way="asave", concurrency=4)
        expect(predicting.form).to_contain_text("4 at once")
        predicting.press("1", "1", "3", "Enter")
        assert predicting.wait_for_judgement().startswith("3 of 3 right")

    def test_a_run_without_an_answer_is_not_judged(
        self, predicting: PredictingLaboratory, page_problems: list[str]
    ) -> None:
        predicting.ask(caller="sync-view", way="save")
        predicting.page.context.clear_cookies()
        predicting.press("1", "1", "1", "Enter")
        expect(predicting.page.locator("#notice")).to_contain_text("csrftoken", timeout=PATIENCE)
        expect(predicting.judgement).to_be_hidden()
        expect(predicting.score).to_have_text("no prediction yet")
        page_problems[:] = [problem for problem in page_problems if "403" not in problem]


def test_axe_finds_nothing_in_the_form_and_in_the_result(predicting: PredictingLaboratory) -> None:
    predicting.ask(caller="async-view", way="asave", receivers="both")
    predicting.press("1", "1", "3", "6")
    assert violations_in_both_schemes(predicting.page) == []
    predicting.press("Enter")
    predicting.wait_for_judgement()
    assert violations_in_both_schemes(predicting.page) == []


def test_a_phone_is_wide_enough(page: Page) -> None:
    page.set_viewport_size(PHONE)
    predicting = PredictingLaboratory(page).open()
    predicting.ask(caller="async-view", way="asave")
    predicting.press("3")
    expect(predicting.form.get_by_role("group", name="Will the caller wait for it?")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    predicting.press("1", "3", "Enter")
    predicting.wait_for_judgement()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
