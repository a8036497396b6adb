"""Predict first, on the map: cells are covered, and uncovering one is a prediction."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.laboratory import PATIENCE
from tests.browser.test_accessibility import PHONE, violations

COMMITTED = "python-3.11-django-5.2-daphne"


class PredictingMap:
    """The page of a committed map, with its cells covered."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, **view: str) -> "PredictingMap":
        query = "&".join(f"{name}={value}" for name, value in ({"map": COMMITTED} | view).items())
        self.page.goto(f"/map/?{query}")
        self.page.wait_for_selector("html[data-ready=true]", timeout=PATIENCE)
        self.page.check("#predict-first")
        return self

    def cell(self, caller: str, way: str) -> Locator:
        column = self.page.locator("#map .ways th").all_inner_texts().index(way)
        row = self.page.locator("#map tbody tr", has=self.page.get_by_role("rowheader", name=caller, exact=True))
        return row.locator("td button").nth(column - 1)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def form(self) -> Locator:
        return self.page.locator("#prediction")

    @property
    def judgement(self) -> Locator:
        return self.page.locator("#judgement")


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
    expect(page.locator("#score span")).to_have_text("2 of 3 right · 2 in a row")
    expect(page.locator("#cell-body")).to_contain_text("It ran in the thread that sent the signal")
    expect(cell).to_contain_text("sender")
    expect(cell).to_be_focused()

    predicting.press("ArrowRight")
    expect(predicting.form).to_be_hidden()  # to pass by is not to ask
    predicting.press("Enter", "1", "1", "3", "Enter")
    expect(predicting.judgement).to_contain_text("3 of 3 right")
    expect(page.locator("#score span")).to_have_text("5 of 6 right · 5 in a row")


def test_what_django_refuses_and_what_is_just_shown(predicting: PredictingMap) -> None:
    predicting.cell("async view", "save").click()
    predicting.press("6", "Enter")
    expect(predicting.judgement).to_contain_text("1 of 1 right")
    expect(predicting.judgement).to_contain_text("SynchronousOnlyOperation: You cannot call this from an async context")
    predicting.cell("async view", "create").click()
    expect(predicting.judgement).to_be_hidden()
    predicting.form.get_by_role("button", name="Just show it").click()
    expect(predicting.cell("async view", "create")).to_contain_text("error")
    expect(predicting.page.locator("#score span")).to_have_text("1 of 1 right")


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_it_is_asked_and_when_it_is_judged(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    predicting = PredictingMap(page).open(receivers="both")
    predicting.cell("async view", "asave").click()
    predicting.press("1", "1", "3", "6")
    assert violations(page) == []
    predicting.press("Enter")
    expect(predicting.judgement).to_be_visible()
    assert violations(page) == []


def test_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    predicting = PredictingMap(page).open()
    predicting.cell("sync view", "save").click()
    predicting.press("1")
    expect(predicting.form.get_by_role("group", name="Will the caller wait for it?")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
