"""Sweeping and searching in the browser, on digits."""

import re

import pytest
from playwright.sync_api import Page, expect

from playground.store import RunStore
from tests.browser.test_articles import config_in
from tests.browser.words import button, pick, train_button

pytestmark = pytest.mark.slow

FAST = "data.train_images=200&run.epochs=5&run.device=cpu"


def write(page: Page, place: int, values: str) -> None:
    """Write the values of the first or the second setting."""
    box = page.get_by_role("textbox", name="Values, with , or ; between").nth(place)
    box.fill(values)
    box.press("Enter")


def test_a_grid_of_digits_fills_and_its_link_shows_it_to_someone_else(app, page):
    page.goto(f"{app.url}/Sweep?{FAST}")
    write(page, 0, "0.001, 0.01, 0.1")
    pick(page.get_by_test_id("stMain"), "And", "Hidden layers")
    write(page, 1, "8, 16-8")
    expect(page.get_by_text("6 runs (3 × 2)")).to_be_visible()
    button(page, "Start the sweep").click()
    expect(page.get_by_text("6 of 6 runs done")).to_be_visible(timeout=120_000)
    cells = page.locator('path[aria-label^="Learning rate "][aria-label$="%"]')
    expect(cells).to_have_count(6)
    told = {cell.get_attribute("aria-label") for cell in cells.all()}
    other = page.context.browser.new_context().new_page()
    other.goto(page.url)
    expect(other.get_by_text("6 of 6 runs done")).to_be_visible()
    expect(other.locator('path[aria-label^="Learning rate "][aria-label$="%"]')).to_have_count(6)
    other.context.close()

    store = RunStore(app.runs)
    runs = store.all("finished")
    shown = {
        f"Learning rate {run.config.optimizer.learning_rate:g}, Hidden layers "
        f"{'-'.join(map(str, run.config.architecture.hidden))}: "
        f"{run.scores['validation'].accuracy:.1%}"
        for run in runs
    }
    store.close()
    assert len(runs) == 6 and told == shown


def test_a_search_ends_with_its_best_one_click_from_the_sidebar(app, page):
    page.goto(f"{app.url}/Sweep?{FAST}")
    page.get_by_role("radio", name="Search", exact=True).click()
    trials = page.get_by_test_id("stMain").get_by_role("textbox", name="Trials")
    trials.fill("8")
    trials.press("Enter")
    button(page, "Start the search").click()
    expect(page.get_by_text(re.compile(r"^8 of 8 trials"))).to_be_visible(timeout=180_000)
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    best = page.get_by_text(re.compile("^Best: Learning rate"))
    rate, widths = re.search(r"Learning rate ([\d.e-]+), Hidden layers ([\d-]+)",
                             best.inner_text()).groups()  # fmt: skip
    button(page, "Take the best into the sidebar").click()
    page.wait_for_url(lambda url: "/Sweep" not in url)
    expect(train_button(page)).to_be_enabled()
    taken = config_in(page.url)
    assert f"{taken.optimizer.learning_rate:g}" == f"{float(rate):g}"
    assert "-".join(map(str, taken.architecture.hidden)) == widths
