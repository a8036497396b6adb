"""The laboratory and the map as their user sees them who predicts first, in the words of a test."""

from typing import Any, Literal

from playwright.sync_api import Locator, Page, expect

from tests.browser.laboratory import PATIENCE, LaboratoryPage
from tests.browser.test_accessibility import violations

COMMITTED = "python-3.11-django-5.2-daphne"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Predicting:
    """What the two pages have in common."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def form(self) -> Locator:
        return self.page.locator("#prediction")

    @property
    def judgement(self) -> Locator:
        return self.page.locator("#judgement")

    @property
    def score(self) -> Locator:
        return self.page.locator("#score span")


class PredictingLaboratory(Predicting, LaboratoryPage):
    """The laboratory, with the mode switched on."""

    def open(self) -> "PredictingLaboratory":
        super().open()
        self.page.check("#predict-first")
        return self

    def ask(self, **experiment: Any) -> None:
        self.run(**{"delay_ms": 20, **experiment})
        expect(self.form).to_be_visible()

    def wait_for_judgement(self) -> str:
        self.wait_for_verdict()
        return self.judgement.inner_text()


class PredictingMap(Predicting):
    """The page of a committed map, with its cells covered."""

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


def violations_in_both_schemes(page: Page) -> list[str]:
    """Of axe's rules, in light and in dark, with the page as it stands."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += violations(page)
    return found
