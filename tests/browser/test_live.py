"""Training as one changes the settings, and what stays of the run before, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import words
from tests.browser.server import Server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as README starts it, with its first run."""
    folder = tmp_path_factory.mktemp("live")
    with Server(folder / "data", folder / "runs", {"PLAYGROUND_LIVE": "true"}) as server:
        yield server


def test_a_slider_trains_and_the_run_before_stays_in_sight(live: Server, page: Page):
    page.goto(f"{live.url}/?run.epochs=8")  # under 3 s beside other tests too
    words.train_button(page).click()
    words.ended(page)
    words.settled(page)
    expect(words.sidebar(page).get_by_role("switch", name="Train as I change")).to_be_checked()
    words.sidebar(page).get_by_role("slider", name="Dropout").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("dropout=0.01.*run="))
    words.ended(page)
    main = page.get_by_test_id("stMain")
    expect(main.get_by_text("Dropout 0 → 0.01")).to_be_visible()
    expect(main.get_by_text("Faint lines: the run before.")).to_be_visible()
    main.get_by_text(re.compile("% · no dropout")).click()
    expect(words.sidebar(page).get_by_role("slider", name="Dropout").first).to_have_value("0")
    expect(page).not_to_have_url(re.compile("dropout"))


def test_a_finding_is_acted_on_in_one_press(live: Server, page: Page):
    page.goto(f"{live.url}/?run.epochs=4&run.seed=3&optimizer.learning_rate=0.0003")
    words.train_button(page).click()
    words.ended(page)
    main = page.get_by_test_id("stMain")
    expect(main.get_by_text("The learning rate is too low for so few epochs")).to_be_visible()
    words.button(main, "Learning rate 0.003").click()
    expect(page).to_have_url(re.compile("learning_rate=0.003&"))
    words.ended(page)
    expect(main.get_by_text("Learning rate 0.0003 → 0.003")).to_be_visible()
