"""The laboratory page as its user sees it, in the words of a test."""

import time
from typing import Any

from playwright.sync_api import Page

SECONDS = 1_000
PATIENCE = 15 * SECONDS

#: The bar of a receiver that has been drawn, with its lane, or null.
DRAWN = """name => {
  for (const lane of window.signalbox?.lanes() ?? [])
    for (const bar of lane.rows.flat())
      if (bar.kind === 'receiver' && bar.name.endsWith(name)) return {...bar, lane};
  return null;
}"""


SLIDE = "(slider, to) => { slider.value = to; slider.dispatchEvent(new Event('input', {bubbles: true})); }"


class LaboratoryPage:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> "LaboratoryPage":
        self.page.goto("/")
        self.page.wait_for_selector("html[data-ready=true][data-live=live]", timeout=PATIENCE)
        return self

    def set(
        self,
        *,
        caller: str,
        way: str,
        receivers: str = "sync",
        delay_ms: int = 200,
        atomic: bool = False,
        concurrency: int = 1,
    ) -> None:
        """Fill the form in, as its radio buttons, selects and slider are."""
        for name, value in (("caller", caller), ("way", way), ("receivers", receivers)):
            self.page.evaluate(
                """([name, value]) => {
                  const field = document.querySelector('form#experiment').elements[name];
                  if (field.length && field[0]?.type === 'radio') [...field].find(r => r.value === value).click();
                  else { field.value = value; field.dispatchEvent(new Event('change', {bubbles: true})); }
                }""",
                [name, value],
            )
        for name, number in (("delay_ms", delay_ms), ("concurrency", concurrency)):
            self.page.locator(f"#experiment [name={name}]").evaluate(SLIDE, number)
        self.page.locator("#experiment [name=atomic]").set_checked(atomic)

    def run(self, **experiment: Any) -> None:
        self.set(**experiment)
        self.page.click("#experiment button[type=submit]")

    def wait_for_bar(self, receiver: str, wider_than: float = 0) -> dict[str, Any]:
        """The receiver's bar, as soon as one is drawn that is wider than so many pixels."""
        bar: dict[str, Any] | None = None
        deadline = time.monotonic() + PATIENCE / SECONDS
        # Not wait_for_function(), which evaluates text inside the page, where its policy forbids that.
        while bar is None or bar["width"] <= wider_than:
            assert time.monotonic() < deadline, f"no bar of {receiver} wider than {wider_than} px, but {bar}"
            bar = self.page.evaluate(DRAWN, receiver)
        return bar

    def wait_for_verdict(self) -> str:
        """The text of the verdict of the run that was asked for last."""
        self.page.wait_for_selector("#verdict[aria-busy=false]", timeout=PATIENCE)
        return self.page.inner_text("#verdict")
