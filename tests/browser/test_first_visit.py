"""What someone sees who opens the app."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import psutil
import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from playground.ui.navigation import PLACES, SECTIONS
from tests.browser.server import Server
from tests.browser.words import (
    button,
    choose,
    ended,
    go_to,
    menu,
    points,
    settled,
    sidebar,
    stop_button,
    text,
    train_button,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def fresh(tmp_path, without_a_worker) -> Iterator[Server]:
    """A server that nobody has visited."""
    with Server(tmp_path / "data", tmp_path / "runs", without_a_worker) as server:
        yield server


FIRST = {
    "Train": "Press Train",
    "Data": "1,347 images for training",
    "Mistakes": "There is no run yet",
    "Images": "There is no run yet",
    "Draw": "There is no run yet",
    "Inside": "There is no run yet",
    "Export": "There is no run yet",
    "Runs": "There is no run yet",
    "Sweep": "Train the sidebar's network once for every value",
    "Search": "look for the best settings",
    "Articles": "Five articles improve a network step by step",
    "Ideas": "The ideas behind the settings",
    "Demonstrations": "Experiments that train in seconds",
    "Lesson": "A lesson for a class",
}
"""What each page says to its first visitor."""
PRESSED = {
    "Train": "Train", "Sweep": "Start the sweep", "Search": "Start the search", "Articles": "Run",
    "Ideas": "Try “", "Demonstrations": "Open",
}  # fmt: skip


def path_of(title: str) -> str:
    """The address of a page, below the app's."""
    return "" if title == "Train" else Path(PLACES[title].script).stem.partition("_")[2]


@pytest.mark.parametrize("title", PLACES)
def test_every_page_opens_whole_for_the_first_visitor_of_a_fresh_server(fresh, page, title):
    address = f"{fresh.url}/{path_of(title)}"
    page.goto(f"{address}?run.epochs=7")
    main = page.get_by_test_id("stMain")
    expect(main.get_by_text(FIRST[title]).first).to_be_visible()
    expect(button(sidebar(page), "Reset")).to_have_count(1)
    expect(text(page, "Epochs")).to_have_value("7")
    expect(page).to_have_title(f"{title} · Network playground")
    for section in SECTIONS:
        expect(menu(page, section)).to_be_visible()
    for name in PLACES[title].next:
        expect(main.get_by_role("link", name=name, exact=False).last).to_be_visible()
    for bad in ("stException", "stAlertContentError", "stAlertContentWarning"):
        assert page.get_by_test_id(bad).count() == 0
    if title in PRESSED:
        expect(main.get_by_role("button", name=PRESSED[title]).first).to_be_enabled()
    # What is done first counts: its widgets are those of every later run of the script.
    epochs = text(page, "Epochs")
    epochs.fill("9")
    epochs.press("Enter")
    page.wait_for_url(f"{address}?run.epochs=9*")
    expect(epochs).to_have_value("9")
    if FIRST[title] == "There is no run yet":
        page.get_by_role("link", name="Train a network").click()
        expect(page).to_have_title("Train · Network playground")
        expect(page.get_by_test_id("stBottom").get_by_text("9 epochs")).to_be_visible()


def follow(page: Page, ahead: Locator, there: re.Pattern[str]) -> None:
    """Click a link, a second time if nothing came of the first for 20 s: on a busy machine one
    click of some hundred was lost, perhaps to a rerun that a widget asked for just then."""
    ahead.click()
    try:
        page.wait_for_url(there, timeout=20_000)
    except TimeoutError:
        ahead.click()
        page.wait_for_url(there)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_scrolls_sideways_and_every_page_leads_on(app, chromium, scheme):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    for title in PLACES:
        page.goto(f"{app.url}/{path_of(title)}?run.epochs=7")
        ahead = page.get_by_test_id("stMain").get_by_test_id("stPageLink").last
        expect(ahead).to_be_attached()
        settled(page)
        wide = "() => document.querySelector('[data-testid=stMain]').scrollWidth"
        assert page.evaluate(wide) == 390, title
        # Ideas soon writes which one it shows behind the settings.
        there = re.compile(re.escape(f"/{path_of(PLACES[title].next[-1])}?run.epochs=7") + "(&|$)")
        follow(page, ahead, there)
        expect(page).to_have_title(f"{PLACES[title].next[-1]} · Network playground")
    context.close()


def test_the_first_visitor_of_a_fresh_server_sees_a_trained_run(server, page):
    begun = time.monotonic()
    page.goto(server.url)
    expect(page.get_by_text("of 269 unseen digits right", exact=True)).to_be_visible()
    ended(page)
    assert points(page) == 30
    expect(train_button(page)).to_be_enabled()
    # docs/performance.md has the figure of a quiet machine: tests beside this one take both of its
    # processors.
    assert time.monotonic() - begun < 60
    page.reload()
    ended(page)
    assert page.url == f"{server.url}/", "the address stays the app's own"


def test_before_a_run_the_page_shows_the_data_and_what_to_press(app, page):
    page.goto(f"{app.url}/?run.epochs=8")
    expect(page.get_by_text("Press Train")).to_be_visible()
    expect(page.get_by_role("img", name="images of class 7")).to_be_visible()
    expect(train_button(page)).to_be_enabled()
    expect(stop_button(page)).to_have_count(0)


def test_the_app_process_stays_small_and_never_loads_torch(fresh, page):
    page.goto(fresh.url)
    train_button(page).click()
    ended(page)
    process = psutil.Process(fresh.process.pid)
    assert not [m.path for m in process.memory_maps() if "torch" in m.path]
    assert process.memory_info().rss < 300e6
    trainers = [p for p in fresh.processes()[1:] if "torch" in str(p.memory_maps())]
    assert trainers, "the worker is another process, and it has torch"


def test_the_parameter_count_and_the_layer_table_follow_the_sidebar(app, page):
    page.goto(app.url)
    expect(sidebar(page).get_by_text("2,778 parameters")).to_be_visible()
    text(page, "Hidden layers").fill("64")
    text(page, "Hidden layers").press("Enter")
    expect(sidebar(page).get_by_text("4,810 parameters")).to_be_visible()
    page.get_by_role("tab", name="Network").click()
    drawn = page.get_by_test_id("stVegaLiteChart").locator("text:visible")
    expect(drawn.get_by_text("Dense, 64 units")).to_be_visible()
    page.get_by_text("As a table, with its memory").click()
    expect(page.get_by_text("64·64 + 64")).to_be_visible()
    choose(page, "Network", "CNN: convolutions")
    expect(page.get_by_role("cell", name="Convolution 3×3, 32 channels")).to_be_visible()


def test_an_impossible_network_is_one_sentence_beside_the_widget(app, page):
    page.goto(f"{app.url}/?architecture.kind=cnn")
    choose(page, "Blocks", "4")
    expect(sidebar(page).get_by_role("alert")).to_have_text(
        "After the pooling of block 4 nothing is left of the image (1×1 pixels before it): "
        "use fewer poolings."
    )
    expect(train_button(page)).to_be_disabled()


def test_a_bad_link_is_told_and_the_good_part_of_it_is_used(app, page):
    page.goto(f"{app.url}/?run.epochs=7&optimizer.learning_rate=-1&run.nonsense=1")
    alert = page.get_by_test_id("stMain").get_by_role("alert")
    expect(alert).to_contain_text(
        "Learning rate (optimizer.learning_rate) must be a number above 0 and at most 100"
    )
    expect(alert).to_contain_text("There is no setting 'run.nonsense' here.")
    expect(text(page, "Epochs")).to_have_value("7")


def test_settings_survive_a_page_switch_and_a_reload_and_reset_brings_the_defaults(app, page):
    page.goto(app.url)
    settled(page)
    epochs = text(page, "Epochs")
    epochs.fill("12")
    epochs.press("Enter")
    choose(page, "Optimizer", "RMSprop")
    foot = page.get_by_test_id("stBottom")
    expect(foot.get_by_text("Epochs 30 → 12")).to_be_visible()
    settled(page)
    go_to(page, "Ideas")
    expect(page).to_have_title("Ideas · Network playground")
    expect(text(page, "Epochs")).to_have_value("12")
    go_to(page, "Train")
    expect(foot.get_by_text("Epochs 30 → 12")).to_be_visible()
    settled(page)
    page.reload()
    expect(foot.get_by_text("Epochs 30 → 12")).to_be_visible()
    settled(page)
    button(page, "Reset").click()
    expect(foot).to_have_count(0)
    expect(page.get_by_text("Digits · MLP 32-16", exact=True)).to_be_visible()
    page.wait_for_url(lambda url: "epochs" not in url)


def test_settings_that_were_never_touched_survive_a_page_switch(app, page):
    page.goto(app.url)
    expect(page.get_by_text("Digits · MLP 32-16", exact=True)).to_be_visible()
    go_to(page, "Ideas")
    expect(page).to_have_title("Ideas · Network playground")
    expect(text(page, "Epochs")).to_have_value("30")
    expect(text(page, "Hidden layers")).to_have_value("32-16")
    page.reload()
    go_to(page, "Train")
    expect(page.get_by_text("Digits · MLP 32-16", exact=True)).to_be_visible()
    # The page Ideas names what it shows, and the run, for whom its address is sent to.
    page.wait_for_url(re.compile("run="))
    assert {key for key, _ in parse_qsl(urlsplit(page.url).query)} == {"idea", "run"}


def test_missing_cifar10_is_told_with_a_button_to_fetch_it(app, page):
    page.goto(f"{app.url}/?data.name=cifar10")
    expect(sidebar(page).get_by_text("CIFAR10 is not here yet: press Download")).to_be_visible()
    expect(sidebar(page).get_by_role("button", name="Download CIFAR10")).to_be_enabled()
    expect(train_button(page)).to_be_disabled()


def test_a_page_loads_nothing_from_elsewhere(app, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("", "Data", "Ideas", "Lesson"):
        page.goto(f"{app.url}/{path}")
        menu(page, "Train").wait_for()
        page.wait_for_timeout(500)
    elsewhere = [url for url in asked if not url.startswith((app.url, "data:", "blob:"))]
    assert len(asked) > 20 and elsewhere == []
