"""The page of the map: cells are measured before one's eyes, looked at from several sides, and compared."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.map.library import FOLDER
from tests.app.map.test_ending import BROKEN
from tests.browser.laboratory import PATIENCE
from tests.browser.test_accessibility import PHONE, violations
from tests.parts.server import Server, Servers

OLD, NEW = "python-3.11-django-5.2-daphne", "python-3.13-django-6.1-daphne"
CALLERS, WAYS = 15, 17


def open_map(page: Page, query: str = "", url: str = "") -> Page:
    page.goto(f"{url}/map/{query}")
    page.wait_for_selector("html[data-ready=true]", timeout=PATIENCE)
    return page


def cell(page: Page, caller: str, way: str) -> Locator:
    """The cell where the row and the column of these headers meet."""
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=caller, exact=True))
    columns = page.locator("#map .ways .way").all_inner_texts()
    return row.locator("td button").nth(["".join(column.split()) for column in columns].index(way))


def open_cell(page: Page, caller: str, way: str) -> Locator:
    cell(page, caller, way).click()
    return page.locator("#cell")


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    servers = Servers(lambda: tmp_path_factory.mktemp("map"))
    yield servers()
    servers.stop()


class TestMeasuring:
    def test_from_nothing_to_a_cell_and_its_run(self, page: Page, own_server: Server) -> None:
        open_map(page, url=own_server.url)
        expect(page.locator("#empty")).to_contain_text("half a minute")
        expect(page.locator("#map .unmeasured")).to_have_count(CALLERS * WAYS)
        details = open_cell(page, "sync view", "save")
        expect(details).to_contain_text("Not measured yet.")
        details.get_by_role("button", name="Measure this cell").click()
        expect(page.locator("#progress")).to_be_visible(timeout=PATIENCE)
        expect(cell(page, "sync view", "save")).to_contain_text("sender", timeout=2 * PATIENCE)
        expect(page.locator("#progress")).to_be_hidden(timeout=PATIENCE)
        expect(page.locator("#said")).to_have_text("Measured.")
        expect(page.locator("#empty")).to_be_hidden()
        expect(page.locator("#map .unmeasured")).to_have_count(CALLERS * WAYS - 1)
        for words in ("the caller waited", "on the sender's database connection", "Why there? send() calls"):
            expect(details).to_contain_text(words)

        details.get_by_role("link", name="Open its run").click()
        page.wait_for_url("**/runs/*/")
        expect(page.locator("h1")).to_contain_text("save")
        page.locator("#run-links").get_by_role("link", name="Map").click()
        expect(page.locator("#cell-title")).to_have_text("sync view · thing.save() · sync receiver", timeout=PATIENCE)

    def test_the_laboratory_is_asked_for_the_same(self, page: Page) -> None:
        open_map(page, f"?map={OLD}&receivers=both&atomic=on&cell=async-view.asend")
        page.get_by_role("link", name="Run it in the laboratory").click()
        page.wait_for_selector("html[data-ready=true][data-live]", timeout=PATIENCE)
        values = page.evaluate("Object.fromEntries(new FormData(document.querySelector('#experiment')))")
        chosen = {name: values[name] for name in ("caller", "way", "receivers", "atomic")}
        assert chosen == {"caller": "async-view", "way": "asend", "receivers": "both", "atomic": "on"}

    def test_a_reloaded_page_joins_and_cancels(self, page: Page, own_server: Server) -> None:
        open_map(page, "?cell=async-view.asave", url=own_server.url)
        page.get_by_role("button", name="Measure this caller’s cells").click()
        expect(page.locator("#progress-text")).to_contain_text(re.compile(r"\d+ of 103 cells"), timeout=2 * PATIENCE)
        page.reload()
        expect(page.locator("#progress-text")).to_contain_text(re.compile(r"\d+ of 103 cells"), timeout=PATIENCE)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "there is room for the bar"
        expect(page.locator("#map button:not(.unmeasured)").nth(2)).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator("#measure")).to_be_visible(timeout=PATIENCE)
        expect(page.locator("#said")).to_have_text("Cancelled. The map is as it was before.")
        assert page.locator("#map button:not(.unmeasured)").count() <= 1

    def test_a_server_that_does_not_start_is_told_on_the_page(
        self, context: Any, start_server: Servers, tmp_path: Path
    ) -> None:
        (tmp_path / "sitecustomize.py").write_text(BROKEN)
        page = open_map(context.new_page(), url=start_server(PYTHONPATH=str(tmp_path)).url)
        page.locator("#measure").click()
        expect(page.locator("#notice-sentence")).to_have_text(re.compile("Expected daphne to answer"), timeout=PATIENCE)
        page.get_by_text("What it said").click()
        expect(page.locator("#notice-log")).to_contain_text("This is not the day.")
        expect(page.locator("#measure")).to_be_visible()
        page.close()  # before its server ends


class TestLooking:
    def test_the_switches_are_in_the_address_and_the_way_back(self, page: Page) -> None:
        open_map(page, f"?map={OLD}")
        expect(cell(page, "async view", "send")).to_contain_text("sender")
        page.get_by_text("async", exact=True).first.click()
        expect(cell(page, "async view", "send")).to_contain_text("RuntimeError")
        assert page.url.endswith(f"/map/?receivers=async&map={OLD}")
        page.go_back()
        expect(cell(page, "async view", "send")).to_contain_text("sender")
        expect(page.locator("[name=receivers][value=sync]")).to_be_checked()

    def test_only_what_differs_from_a_save_in_a_sync_view(self, page: Page) -> None:
        open_map(page, f"?map={OLD}")
        page.locator("[name=differing]").check()
        expect(cell(page, "sync view", "asave")).to_have_text("=as sync view, save")
        expect(cell(page, "async view", "save")).to_contain_text("SynchronousOnlyOperation")
        differing = int(page.inner_text("#differing-count").split()[0])
        # The save itself differs from nothing, and is shown.
        assert page.locator("#map .as-usual").count() == CALLERS * WAYS - differing - 1

    def test_the_keyboard_moves_opens_and_closes(self, page: Page) -> None:
        open_map(page, f"?map={OLD}")
        page.focus("#map button[tabindex='0']")
        for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
            page.keyboard.press(key)
        expect(page.locator("#cell-title")).to_contain_text("async view · MyModel.objects.create()")
        expect(page.locator("#cell")).to_contain_text("You cannot call this from an async context")
        page.keyboard.press("End")
        expect(page.locator("#cell-title")).to_contain_text("update")
        page.keyboard.press("Tab")
        expect(page.locator("#cell-close")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#cell")).to_be_hidden()
        expect(cell(page, "async view", "queryset_update")).to_be_focused()
        assert page.locator("#map button[tabindex='0']").count() == 1

    def test_a_cell_says_in_words_what_it_shows_in_signs(self, page: Page) -> None:
        open_map(page, f"?map={OLD}&receivers=both")
        name = cell(page, "sync view", "asend").text_content() or ""
        for words in ("sync receiver: in the caller's thread", "async receiver:", "the caller waited", "side by side"):
            assert words in name


class TestComparing:
    def test_a_committed_map_names_and_marks_what_differs(self, page: Page) -> None:
        open_map(page, f"?map={OLD}")
        page.select_option("[name=with]", NEW)
        expect(page.locator("#comparison-title")).to_contain_text(re.compile(r"\d+ cells differ from Python 3.13"))
        summary = page.locator("#comparison summary", has_text="order of the receivers")
        summary.filter(has_text="there sync, then async").first.click()
        link = page.locator("#comparison a", has_text="asend · both").first
        link.click()
        expect(page.locator("#cell .differences")).to_contain_text("sync and async")
        expect(page.locator("[name=receivers][value=both]")).to_be_checked()
        assert page.locator("#map .changed").count() < CALLERS * 3, "the cells of the open difference alone are marked"
        assert f"with={NEW}" in page.url
        page.locator("[name=changed]").check()
        expect(cell(page, "sync view", "save")).to_have_text("=no different in the other map")
        page.reload()
        expect(page.locator("#cell .differences")).to_contain_text("sync and async", timeout=PATIENCE)

    def test_a_file_of_ones_own(self, page: Page, page_problems: list[str], tmp_path: Path) -> None:
        document = json.loads((FOLDER / f"{OLD}.json").read_text())
        document["cells"][0]["verdict"]["receivers"][0]["caller_waited"] = False
        (tmp_path / "mine.json").write_text(json.dumps(document))
        open_map(page, f"?map={OLD}")
        page.set_input_files("[name=file]", tmp_path / "mine.json")
        expect(page.locator("#comparison-title")).to_have_text("1 cell differs from the file mine.json")
        expect(page.locator("#map .changed")).to_have_count(1)
        expect(cell(page, "sync view", "save")).to_have_class("changed")
        (tmp_path / "other.json").write_text("[]")
        page.set_input_files("[name=file]", tmp_path / "other.json")
        expect(page.locator("#notice-sentence")).to_contain_text("Expected what `manage.py map --json` prints")
        expect(page.locator("#comparison")).to_be_hidden()
        page_problems[:] = [problem for problem in page_problems if "400" not in problem]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_violations_for_axe(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    open_map(page, f"?map={OLD}&with={NEW}&differing=on&cell=async-view.asend")
    expect(page.locator("#cell .differences")).to_be_visible()
    expect(page.locator("#map .as-usual").first).to_be_visible()
    assert violations(page) == []


def test_a_phone_scrolls_the_table_and_keeps_the_callers_in_sight(page: Page) -> None:
    page.set_viewport_size(PHONE)
    open_map(page, f"?map={OLD}&with={NEW}")
    cell(page, "async consumer", "queryset_update").focus()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    header = page.get_by_role("rowheader", name="async consumer", exact=True).bounding_box()
    assert header is not None
    assert header["x"] >= 0
    focused = page.locator("#map button:focus").bounding_box()
    assert focused is not None
    assert focused["x"] >= header["x"] + header["width"] - 1
    assert focused["x"] + focused["width"] <= PHONE["width"]


def test_on_paper_the_whole_table_is_as_wide_as_the_page(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 1000, "height": 700})
    open_map(page, f"?map={OLD}&receivers=both")
    expect(page.locator("#measure")).to_be_hidden()
    table = page.locator("#map").bounding_box()
    assert table is not None
    assert table["width"] <= 1000
    overflow = "[...document.querySelectorAll('#map .place')].filter(part => part.scrollWidth > part.clientWidth + 1)"
    assert page.evaluate(f"{overflow}.length") == 0
    assert page.evaluate("getComputedStyle(document.querySelector('#map tbody th')).color") == "rgb(0, 0, 0)"
