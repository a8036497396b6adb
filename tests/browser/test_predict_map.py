"""Predict first, on the map: cells are covered, and uncovering one is a prediction."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.predicting import PredictingMap, violations_in_both_schemes
from tests.browser.test_accessibility import PHONE


@pytest.fixture
def predicting(page: Page) -> PredictingMap:
    return PredictingMap(page).open()


def test_a_cell_is_predicted_and_uncovered_by_keyboard(predicting: PredictingMap) -> None:
    page = predicting.page
    expect(page.locator("#map td button.covered")).to_have_count(page.locator("#map td button").count())
    assert "sender" not in page.locator("#map tbody").inner_text()
    cell = predicting.cell("async view", "asave")
    cell.focus()
    predicting.press("Enter")
    expect(predicting.form).to_be_visible()
    expect(page.locator("#cell-body")).to_be_hidden()
    predicting.press("3", "1", "3", "Enter")
    expect(predicting.judgement).to_contain_text("2 of 3 right")
    wrong = predicting.judgement.locator("li.wrong")
    expect(wrong).to_contain_text(re.compile("You said: The event loop's thread.*It was: The sender's thread"))
    expect(wrong.locator(".reason")).to_contain_text("send() calls sync receivers itself")
    expect(predicting.score).to_have_text("2 of 3 right · 2 in a row")
    expect(page.locator("#cell-body")).to_contain_text("It ran in the thread that sent the signal")
    expect(cell).to_contain_text("sender")
    expect(cell).to_be_focused()

    predicting.press("ArrowRight")
    expect(predicting.form).to_be_hidden()  # to pass by is not to ask
    predicting.press("Enter", "1", "1", "3", "Enter")
    expect(predicting.judgement).to_contain_text("3 of 3 right")
    expect(predicting.score).to_have_text("5 of 6 right · 5 in a row")


def test_what_django_refuses_and_what_is_just_shown(predicting: PredictingMap) -> None:
    predicting.cell("async view", "save").click()
    predicting.press("6", "Enter")
    expect(predicting.judgement).to_contain_text("1 of 1 right")
    expect(predicting.judgement).to_contain_text("SynchronousOnlyOperation: You cannot call this from an async context")
    predicting.cell("async view", "create").click()
    expect(predicting.judgement).to_be_hidden()
    predicting.form.get_by_role("button", name="Just show it").click()
    expect(predicting.cell("async view", "create")).to_contain_text("error")
    expect(predicting.score).to_have_text("1 of 1 right")


def test_leaving_leaves_it_covered_and_switching_off_uncovers_all(predicting: PredictingMap) -> None:
    page = predicting.page
    predicting.cell("sync view", "save").click()
    predicting.press("Escape")
    expect(page.locator("#cell")).to_be_hidden()
    expect(predicting.cell("sync view", "save")).to_have_text("?covered")
    predicting.cell("sync view", "save").click()
    page.uncheck("#predict-first")
    expect(predicting.form).to_be_hidden()
    expect(page.locator("#cell-body")).to_contain_text("It ran in the thread that sent the signal")
    expect(page.locator("#map td button.covered")).to_have_count(0)


def test_axe_finds_nothing_while_it_is_asked_and_when_it_is_judged(page: Page) -> None:
    predicting = PredictingMap(page).open(receivers="both")
    predicting.cell("async view", "asave").click()
    predicting.press("1", "1", "3", "6")
    assert violations_in_both_schemes(page) == []
    predicting.press("Enter")
    expect(predicting.judgement).to_be_visible()
    assert violations_in_both_schemes(page) == []


def test_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)
    predicting = PredictingMap(page).open()
    predicting.cell("sync view", "save").click()
    predicting.press("1")
    expect(predicting.form.get_by_role("group", name="Will the caller wait for it?")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
