"""No violations for axe, light and dark, and every width is enough."""

import re
from itertools import combinations
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.laboratory import PATIENCE, LaboratoryPage
from tests.parts.api import Api

PHONE = ViewportSize(width=400, height=800)
#: Of a small phone, a phone, a narrow window, a tablet, a laptop.
WIDTHS = (360, PHONE["width"], 700, 1024, 1280)
#: What stands in the masthead, each with its edges.
MASTHEAD = """() => [...document.querySelectorAll('.masthead :is(a, button, .environment)')]
  .filter(part => part.checkVisibility())
  .map(part => {
    const {left, top, right, bottom} = part.getBoundingClientRect();
    return {what: part.textContent.trim(), left, top, right, bottom};
  })"""


@pytest.fixture
def run_url(api: Api) -> str:
    url: str = api.run("async-view", "asave", receivers="both", delay_ms=1)["url"]
    return url


def violations(page: Page) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
class TestAxe:
    def test_the_laboratory_empty_and_after_a_run(self, page: Page, scheme: Any) -> None:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        laboratory = LaboratoryPage(page).open()
        assert violations(page) == []
        laboratory.run(caller="async-view", way="asave", receivers="both", delay_ms=1)
        laboratory.wait_for_verdict()
        assert violations(page) == []

    def test_a_refusal(self, page: Page, scheme: Any) -> None:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        laboratory = LaboratoryPage(page).open()
        laboratory.run(caller="async-view", way="save")
        laboratory.wait_for_verdict()
        assert violations(page) == []

    def test_a_run_and_the_list_of_runs(self, page: Page, run_url: str, scheme: Any) -> None:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.goto(run_url)
        LaboratoryPage(page).wait_for_bar("my_signal_handler")
        assert violations(page) == []
        page.goto("/runs/")
        assert violations(page) == []

    def test_claims_before_and_after_a_run(self, page: Page, scheme: Any) -> None:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.goto("/claims/")
        page.wait_for_selector("html[data-ready=true]", timeout=PATIENCE)
        assert violations(page) == []
        page.click("#bulk-sends .run-claim")
        expect(page.locator("#said")).to_have_text(re.compile("^false: "), timeout=PATIENCE)
        assert violations(page) == []


@pytest.mark.parametrize("path", ["/", "/map/", "/claims/", "/runs/", "run"])
def test_the_page_fits_its_window(page: Page, run_url: str, path: str) -> None:
    page.goto(run_url if path == "run" else path)
    page.wait_for_load_state("networkidle")
    for width in WIDTHS:
        page.set_viewport_size({**PHONE, "width": width})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        parts = page.evaluate(MASTHEAD)
        assert all(part["left"] >= 0 and part["right"] <= width for part in parts), parts
        assert not any(overlap(one, other) for one, other in combinations(parts, 2)), parts


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["left"] < other["right"]
        and other["left"] < one["right"]
        and one["top"] < other["bottom"]
        and other["top"] < one["bottom"]
    )


def test_dark_is_dark_and_the_switch_is_kept(page: Page) -> None:
    def brightness() -> float:
        channels = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number)")
        return sum(channels[:3]) / 3

    page.emulate_media(color_scheme="dark")
    LaboratoryPage(page).open()
    assert brightness() < 60
    page.emulate_media(color_scheme="light")
    assert brightness() > 200


def test_the_keyboard_reaches_the_bars(page: Page) -> None:
    laboratory = LaboratoryPage(page).open()
    laboratory.run(caller="sync-view", way="save", delay_ms=50)
    laboratory.wait_for_verdict()
    page.focus("#lanes")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    details = page.locator("#details, [role=tooltip]").first
    expect(details).to_be_visible(timeout=PATIENCE)


def test_the_policy_forbids_inline_scripts_and_other_hosts(page: Page) -> None:
    response = page.goto("/")
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-inline'" not in policy
