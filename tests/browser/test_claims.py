"""A teacher presses a claim's button, and the stamp falls."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.laboratory import PATIENCE
from tests.parts.server import Servers


@pytest.fixture
def claims(page: Page) -> Page:
    return open_claims(page, "/claims/")


def open_claims(page: Page, url: str) -> Page:
    page.goto(url)
    page.wait_for_selector("html[data-ready=true]", timeout=PATIENCE)
    return page


def test_a_button_runs_it_and_the_verdict_links_to_its_runs(start_server: Servers, page: Page) -> None:
    server = start_server()
    open_claims(page, f"{server.url}/claims/")
    card = page.locator("#thread-per-consumer")
    expect(card.locator(".stamp")).to_have_text("not yet run", use_inner_text=True)
    expect(card.locator(".truth")).to_be_hidden()
    card.get_by_role("button", name="Run it").click()

    expect(card.locator(".stamp")).to_have_text("false", use_inner_text=True, timeout=PATIENCE)
    expect(card.locator(".truth")).to_have_text(re.compile("All consumers of a process share one thread"))
    expect(card.locator(".because")).to_contain_text("Of consumers, 4 calls ran in 1 thread")
    expect(page.locator("#said")).to_have_text(re.compile("^false: Of consumers"))
    tally = {answer: page.locator(f".tally [data-count][data-answer={answer}] b") for answer in ("false", "not_run")}
    expect(tally["false"]).to_have_text("1")
    expect(tally["not_run"]).to_have_text("22")

    links = card.locator(".decided-by a")
    expect(links).to_have_text(["sync-consumer · save · sync, 4 at once", "sync-view · save · sync, 4 at once"])
    links.first.click()
    expect(page.locator(".run-head")).to_contain_text("4 at once", timeout=PATIENCE)

    page.go_back()
    expect(page.locator("#thread-per-consumer .stamp")).to_have_text("false", use_inner_text=True)
    expect(page.locator("#thread-per-consumer").get_by_role("button", name="Run again")).to_be_enabled(timeout=PATIENCE)


def test_all_of_them_are_run_one_after_the_other(claims: Page) -> None:
    claims.click("#run-all")
    expect(claims.locator("#run-all")).to_have_text("Stop")
    expect(claims.locator("#claims-progress-text")).to_contain_text(re.compile(r"^\d+ of 23: "))
    expect(claims.locator("#said")).to_have_text("23 claims of 23 have been run.", timeout=4 * PATIENCE)
    expect(claims.locator(".claim[data-answer=not_run], .claim[data-answer=open]")).to_have_count(0)
    counts = claims.locator(".tally b").all_inner_texts()
    assert sum(map(int, filter(None, counts))) == 23
    expect(claims.locator("#claims-progress")).to_be_hidden()


def test_it_stops_between_two(claims: Page) -> None:
    claims.click("#run-all")
    claims.click("#run-all")
    expect(claims.locator("#said")).to_have_text(re.compile(r"^\d+ claims? of 23"), timeout=PATIENCE)
    expect(claims.locator("#run-all")).to_have_text("Run all")
    expect(claims.locator(".run-claim:disabled")).to_have_count(0)


def test_an_error_stands_in_its_card_and_the_stamp_is_as_it_was(claims: Page, page_problems: list[str]) -> None:
    card = claims.locator("#bulk-sends")
    before = card.get_attribute("data-answer")
    claims.context.clear_cookies()
    card.locator(".run-claim").click()
    expect(card.get_by_role("alert")).to_contain_text("csrftoken", timeout=PATIENCE)
    expect(card).to_have_attribute("data-answer", before or "")
    expect(card.locator(".run-claim")).to_be_enabled()
    page_problems[:] = [problem for problem in page_problems if "403" not in problem]


def test_the_keyboard_runs_a_claim(claims: Page) -> None:
    card = claims.locator("#async-parameter")
    card.locator(".run-claim").focus()
    claims.keyboard.press("Enter")
    expect(claims.locator("#said")).to_have_text(re.compile("^false: .*SyntaxError"), timeout=PATIENCE)


def test_the_page_is_in_the_navigation(page: Page) -> None:
    page.goto("/runs/")
    page.get_by_role("navigation").get_by_role("link", name="Claims").click()
    expect(page.locator("nav [aria-current=page]")).to_have_text("Claims")
