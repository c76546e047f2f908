"""Training from the page: the curve grows, runs stop, and everything is found again."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from tests.browser.words import (
    button,
    choose,
    details,
    ended,
    points,
    settled,
    stop_button,
    text,
    train_button,
)
from tests.waiting import wait

pytestmark = pytest.mark.slow

LONG = "?run.epochs=5000&run.batch_size=4"


def test_digits_train_and_the_scores_are_shown_and_then_come_from_cache(app, page):
    page.goto(f"{app.url}/?run.epochs=29")
    train_button(page).click()
    ended(page)
    expect(page.get_by_text("Finished")).to_be_visible()
    details(page)
    for split, images in (("Train", "1,078"), ("Validation", "269"), ("Test", "450")):
        row = page.get_by_role("row", name=re.compile(f"^{split}"))
        expect(row).to_contain_text(re.compile(r"\d\d\.\d\s%"))
        expect(row).to_contain_text(images)
    wait(lambda: points(page) == 29)
    train_button(page).click()
    expect(page.get_by_text("Already trained")).to_be_visible()


def test_the_curve_grows_a_run_stops_and_a_reload_finds_it(app, page):
    page.goto(f"{app.url}/{LONG}")
    train_button(page).click()
    expect(page.get_by_text(re.compile(r"Epoch \d+ of 5,000 · [\d,]+ images/s"))).to_be_visible()
    wait(lambda: points(page) >= 2)
    before = points(page)
    wait(lambda: points(page) > before)
    stop_button(page).click()
    expect(page.get_by_text(re.compile(r"Stopped in epoch \d+"))).to_be_visible()
    expect(stop_button(page)).to_have_count(0)
    details(page)
    shown = page.get_by_role("row", name=re.compile("^Test")).inner_text()
    page.reload()
    expect(page.get_by_text(re.compile(r"Stopped in epoch \d+"))).to_be_visible()
    details(page)
    assert page.get_by_role("row", name=re.compile("^Test")).inner_text() == shown
    expect(text(page, "Epochs")).to_have_value("5000")


def test_widgets_stay_usable_while_it_trains_and_do_not_disturb_the_run(app, page):
    page.goto(f"{app.url}/{LONG}&run.seed=1")
    train_button(page).click()
    wait(lambda: points(page) >= 1)
    hidden = text(page, "Hidden layers")
    hidden.fill("8")
    hidden.press("Enter")
    expect(page.get_by_text("Hidden layers 32-16 → 8")).to_be_visible()
    before = points(page)
    wait(lambda: points(page) > before)
    expect(page.get_by_text("MLP 32-16 ·")).to_be_visible()
    button(page, "Undo").click()
    expect(hidden).to_have_value("32-16")
    stop_button(page).click()
    expect(page.get_by_text(re.compile(r"Stopped in epoch \d+"))).to_be_visible()


def test_train_takes_what_was_typed_just_before_the_click(app, page):
    page.goto(app.url)
    text(page, "Hidden layers").fill("9")
    train_button(page).click()
    expect(page.get_by_text(re.compile("MLP 9$"))).to_be_visible()
    ended(page)
    assert page.get_by_test_id("stBottom").count() == 0, "the run is that of the settings"


def test_a_link_cannot_put_pictures_or_links_on_the_page(app, page):
    page.goto(f"{app.url}/?run.epochs=![](//e.co/x.png)&run.[login](//evil.example)=1")
    alert = page.get_by_test_id("stMain").get_by_role("alert")
    expect(alert).to_contain_text("[login](//evil.example)")
    assert alert.locator("a, img").count() == 0


def test_a_copied_link_shows_the_same_settings_and_run_to_someone_else(app, page, chromium):
    page.goto(f"{app.url}/?run.epochs=4")
    train_button(page).click()
    expect(page.get_by_text("Finished")).to_be_visible()
    page.wait_for_url(re.compile("run=[0-9a-f]{16}"))
    other = chromium.new_page()
    other.goto(page.url)
    expect(other.get_by_text("Finished")).to_be_visible()
    expect(text(other, "Epochs")).to_have_value("4")
    other.close()


def test_after_a_kill_and_a_restart_finished_runs_are_there_and_others_interrupted(server, page):
    page.goto(f"{server.url}/?run.epochs=4")
    train_button(page).click()
    expect(page.get_by_text("Finished")).to_be_visible()
    page.wait_for_url(re.compile("run=[0-9a-f]{16}"))
    finished = page.url.removeprefix(server.url)
    page.goto(f"{server.url}/{LONG}")
    train_button(page).click()
    wait(lambda: points(page) >= 1)
    page.wait_for_url(re.compile("run=[0-9a-f]{16}"))
    unfinished = page.url.removeprefix(server.url)
    page.goto("about:blank")
    server.kill()
    server.start()
    page.goto(server.url + finished)
    expect(page.get_by_text("Finished")).to_be_visible()
    page.goto(server.url + unfinished)
    expect(page.get_by_text("Interrupted")).to_be_visible()
    expect(page.get_by_text("closed before this run ended")).to_be_visible()
    wait(lambda: points(page) >= 1)  # what was reached is still shown


def test_cifar10_trains_from_the_page_to_forty_percent(app, page, cifar10_folder):
    app.data.mkdir(exist_ok=True)
    shutil.copy(cifar10_folder / "cifar10.npz", app.data / "cifar10.npz")
    page.goto(app.url)
    choose(page, "Data set", "CIFAR10 (32×32, colour)")
    expect(text(page, "Epochs")).to_have_value("3")
    for label, number in (("Training images", "10000"), ("Epochs", "2")):
        text(page, label).fill(number)
        text(page, label).press("Enter")
        settled(page)
    page.wait_for_url(re.compile("run.epochs=2"))
    train_button(page).click()
    expect(page.get_by_text(re.compile(r"Epoch 2 of 2 · .* left"))).to_be_visible()
    ended(page, 240_000)
    details(page)
    row = page.get_by_role("row", name=re.compile("^Test")).inner_text()
    accuracy = float(re.search(r"([\d.]+)\s%", row).group(1))
    assert accuracy >= 40.0


def test_on_a_phone_the_curve_is_on_the_first_screen_while_it_trains(app, chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{app.url}/{LONG}&run.seed=2")
    train_button(page).click()
    wait(lambda: points(page) >= 2)
    box = page.get_by_test_id("stVegaLiteChart").first.bounding_box()
    assert box and box["y"] >= 0 and box["y"] + box["height"] <= 844, "without scrolling"
    expect(page.get_by_text(re.compile(r"^\d[\d.]*\s?% ± \d"))).to_be_in_viewport()
    stop_button(page).click()
    expect(page.get_by_text(re.compile(r"Stopped in epoch \d+"))).to_be_visible()
    context.close()
