"""Sweeping and searching in the browser, on digits."""

import contextlib
import re

import pytest
from playwright.sync_api import Page, expect

from playground import formats
from playground.config import RunConfig
from playground.config.sweeps import Choice, Search
from playground.store import RunStore
from tests.browser.test_articles import config_in
from tests.browser.words import button, pick, settled, train_button

pytestmark = pytest.mark.slow

FAST = "data.train_images=200&run.epochs=5&run.device=cpu"


def write(page: Page, place: int, values: str) -> None:
    """Write the values of the first or the second setting."""
    box = page.get_by_role("textbox", name="Values, with commas between").nth(place)
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
    # Beside the one that greets the first visitor.
    runs = [run for run in store.all("finished") if run.config.run.epochs == 5]
    shown = {
        f"Learning rate {run.config.optimizer.learning_rate:g}, Hidden layers "
        f"{'-'.join(map(str, run.config.architecture.hidden))}: "
        f"{formats.share(run.scores['validation'].accuracy)}"
        for run in runs
    }
    store.close()
    assert len(runs) == 6 and told == shown


def test_a_search_ends_with_its_best_one_click_from_the_sidebar(app, page):
    page.goto(f"{app.url}/Search?{FAST}")
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
    page.wait_for_url(lambda url: "/Search" not in url)
    expect(train_button(page)).to_be_enabled()
    taken = config_in(page.url)
    assert f"{taken.optimizer.learning_rate:g}" == f"{float(rate):g}"
    assert "-".join(map(str, taken.architecture.hidden)) == widths


def test_from_a_sweep_to_its_curves_and_the_verdict_is_one_click_each(app, page):
    page.goto(f"{app.url}/Sweep?{FAST}")
    expect(page.get_by_text(re.compile(r"^5 runs · .*(about|under) \d+ (s|min)"))).to_be_visible()
    write(page, 0, "0.0001, 0.01")
    pick(page.get_by_test_id("stMain"), "Seeds", "3")
    button(page, "Start the sweep").click()
    expect(page.get_by_text("6 of 6 runs done")).to_be_visible(timeout=120_000)
    button(page, "Compare 2 runs").click()
    page.wait_for_url(re.compile("/Compare.*run=.*with="))
    expect(page.get_by_text("The chosen runs")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    page.go_back()
    page.wait_for_url(re.compile("/Sweep.*study="))
    button(page, "Is the best really better?").click()
    page.wait_for_url(re.compile("/Compare.*run=.*with="))
    verdict = page.get_by_text("Only Learning rate changed, 0.0001 → 0.01: mean validation")
    expect(verdict).to_be_visible()
    expect(page.get_by_text("With 3 seeds each, that is more than seeds alone do")).to_be_visible()
    expect(page.get_by_text("Welch's t-test")).not_to_be_visible()
    page.get_by_text("How is this judged?").click()
    expect(page.get_by_text("Welch's t-test")).to_be_visible()


def test_an_old_link_to_a_search_leads_to_its_page_and_back_leads_away(app, page):
    with contextlib.closing(RunStore(app.runs)) as store:
        search = Search(
            base=RunConfig(), fields=(Choice(path="architecture.hidden", values=("8", "4")),)
        )
        store.studies.keep(search.name, "search", search.canonical())
        name = search.name[:16]
    page.goto(f"{app.url}/Ideas")
    settled(page)
    page.goto(f"{app.url}/Sweep?study={name}")
    page.wait_for_url(re.compile(f"/Search.*study={name}"))
    expect(page.get_by_text("0 of 20 trials")).to_be_visible()
    page.go_back()
    page.wait_for_url(re.compile("/Sweep"))
    expect(page.get_by_text("Back to the search")).to_be_visible()
    settled(page)
    page.go_back()
    page.wait_for_url(re.compile("/Ideas"))
