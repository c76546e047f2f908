"""The articles in the browser: Try, Run beside the reported figure, a grid while it fills."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from playground.config import RunConfig, with_settings
from playground.recipes import ARTICLES, RECIPES
from tests.browser.server import Server
from tests.browser.words import button, settled, sidebar, text, train_button
from tests.waiting import wait

pytestmark = pytest.mark.slow

SHORT = {
    "tutorial": "Tutorial",
    "size": "Sizes",
    "pyramid": "Pyramid",
    "digits": "Digits",
    "cures": "Cures",
}


@pytest.fixture(scope="module")
def file_server(tmp_path_factory, cifar10_folder) -> Iterator[Server]:
    """One server, with CIFAR10, for the tests of this file."""
    folder = tmp_path_factory.mktemp("articles")
    (folder / "data").mkdir()
    (folder / "data" / "cifar10.npz").symlink_to(cifar10_folder / "cifar10.npz")
    with Server(folder / "data", folder / "runs") as server:
        yield server


def opened(page: Page, app: Server, article: str) -> None:
    page.goto(f"{app.url}/Articles")
    page.get_by_role("radio", name=SHORT[article], exact=True).click()
    expect(page.get_by_role("heading", name=ARTICLES[article].title)).to_be_visible()
    settled(page)  # until then the cards of another article can be pressed


def config_in(url: str) -> RunConfig:
    """The config that a page's address carries, which is the sidebar's."""
    settings = dict(parse_qsl(urlsplit(url).query))
    settings.pop("study", None)  # a sweep's or a search's name
    config, problems = with_settings(settings)
    assert problems == []
    return config


@pytest.mark.parametrize("article", ARTICLES)
def test_try_on_an_articles_first_recipe_fills_the_sidebar_exactly(app, page, article):
    opened(page, app, article)
    first = RECIPES[ARTICLES[article].recipes[0]]
    button(page, "Try").click()
    page.wait_for_url(lambda url: "/Articles" not in url)
    expect(train_button(page)).to_be_enabled()
    expect(text(page, "Epochs")).to_have_value(str(first.at("quick").run.epochs))
    expect(sidebar(page).get_by_text("parameters", exact=False).first).to_be_visible()
    assert config_in(page.url) == first.at("quick")


@pytest.mark.parametrize("name", ["Try", "Dropout"])
def test_back_leads_to_the_article_and_the_experiment_one_came_from(app, page, name):
    opened(page, app, "cures")
    experiment = page.get_by_role("radio", name="More data", exact=True)
    experiment.click()
    expect(page.get_by_text("Quick is on 400 images").first).to_be_visible()
    button(page, name).click()
    page.wait_for_url(lambda url: "/Articles" not in url)
    expect(sidebar(page).get_by_text("parameters", exact=False).first).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=ARTICLES["cures"].title)).to_be_visible()
    expect(experiment).to_be_checked()


def test_a_quick_run_ends_with_the_reported_figure_beside_it(app, page):
    opened(page, app, "cures")
    recipe = RECIPES["cures-early-stopping"]  # the shortest of which a figure was reported
    card = page.get_by_test_id("stVerticalBlock").filter(has_text=recipe.title).last
    validation = card.get_by_role("row", name=re.compile(r"^Validation accuracy 65\.9\s% .*"))
    expect(validation).to_be_visible()
    expect(card.get_by_role("columnheader", name="Here, quick")).to_have_count(0)
    button(card, "Run").click()
    expect(card.get_by_text(re.compile("Seed 0: .*Epoch"))).to_be_visible()
    done = re.compile(r"^Validation accuracy 65\.9\s% .*\d+\.\d\s%, n\s=\s1$")
    expect(card.get_by_role("row", name=done)).to_be_visible(timeout=240_000)
    expect(card.get_by_role("columnheader", name="Here, quick")).to_be_visible()
    expect(card.get_by_role("button", name="Run another seed")).to_be_enabled()


def test_the_grid_of_80_networks_is_drawn_while_it_fills_and_can_be_stopped(app, page):
    opened(page, app, "size")
    grid = RECIPES["size-grid-scaled"].sweep("quick")
    page.get_by_role("button", name="Run all").last.click()
    page.wait_for_url(re.compile("Sweep.*study="))
    empty = page.locator('path[aria-label$="not run yet"]')
    expect(empty.first).to_be_attached()
    filled = page.locator('path[aria-label^="Block 1: Channels 2, Dense layers "][aria-label$="%"]')
    wait(lambda: filled.count() >= 3, 120)
    assert filled.count() + empty.count() <= 80 and empty.count() > 40
    expect(page.get_by_text(re.compile(r"^\d+ of 80 runs done"))).to_be_visible()
    button(page, "Stop the sweep").click()
    resume = page.get_by_role("button", name=re.compile("Resume: train the missing"))
    expect(resume).to_be_visible()
    missing = int(re.search(r"\d+", resume.inner_text())[0])
    assert 40 < missing <= 77
    page.reload()
    expect(resume).to_have_text(re.compile(f"missing {missing}"))
    best = page.get_by_text(re.compile("Best on validation so far"))
    units = re.search(r"Dense layers (\d+)", best.inner_text())[1]
    button(page, "Take the best into the sidebar").click()
    page.wait_for_url(lambda url: "/Sweep" not in url)
    expect(train_button(page)).to_be_enabled()
    taken = config_in(page.url)
    (member,) = [m for m in grid.members() if m.config == taken]
    assert member.values[1] == units
