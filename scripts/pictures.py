"""Take the README's pictures from the running pages: `python -m scripts.pictures`."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.laboratory import LaboratoryPage
from tests.parts import chromium
from tests.parts.server import Servers

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SCHEMES = ("light", "dark")
#: Until a whole map has been measured, in milliseconds.
MAP_PATIENCE = 120_000


def take(browser: Browser, url: str, scheme: Any) -> Path:
    """The laboratory after an async view has saved, with both receivers, as a picture of the first screen."""
    context = browser.new_context(
        base_url=url, color_scheme=scheme, viewport={"width": 1360, "height": 860}, device_scale_factor=2
    )
    laboratory = LaboratoryPage(context.new_page()).open()
    laboratory.run(caller="async-view", way="sync_to_async", receivers="both", delay_ms=600)
    laboratory.wait_for_verdict()
    laboratory.page.locator("#runs a").first.wait_for()
    laboratory.page.mouse.move(0, 0)
    path = IMAGES / f"laboratory-{scheme}.png"
    laboratory.page.screenshot(path=path)
    context.close()
    return path


def measure_map(browser: Browser, url: str) -> None:
    page = browser.new_page(base_url=url)
    page.goto("/map/")
    page.locator("#measure").click()
    page.get_by_text("Measured.").wait_for(state="attached", timeout=MAP_PATIENCE)
    page.close()


def take_map(browser: Browser, url: str, scheme: Any) -> Path:
    """The map for async receivers, as it is now."""
    context = browser.new_context(
        base_url=url, color_scheme=scheme, viewport={"width": 1440, "height": 1000}, device_scale_factor=2
    )
    page = context.new_page()
    page.goto("/map/?receivers=async")
    page.locator("html[data-ready=true]").wait_for()
    path = IMAGES / f"map-{scheme}.png"
    page.locator(".map-panel").screenshot(path=path)
    context.close()
    return path


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        servers = Servers(lambda: Path(directory))
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        try:
            server = servers()
            for scheme in SCHEMES:
                sys.stdout.write(f"{take(browser, server.url, scheme)}\n")
            measure_map(browser, server.url)
            for scheme in SCHEMES:
                sys.stdout.write(f"{take_map(browser, server.url, scheme)}\n")
        finally:
            browser.close()
            servers.stop()


if __name__ == "__main__":
    main()
