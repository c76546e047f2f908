"""What a browser does by itself: its Back and Forward, and what it makes of what is typed."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.words import go_to, settled, text

pytestmark = pytest.mark.slow

RATES = ["0.01", "0.02", "0.03", "0.04"]
NOWHERE = "about:blank"
TYPED = [
    ("Learning rate", "0,05", "· rate 0.05"),
    ("Learning rate", "０．０３", "· rate 0.03"),
    ("Epochs", "1,000", "· 1,000 epochs"),
    ("Hidden layers", "６４－３２", "MLP 64-32"),
    ("Epochs", "1e3", "Epochs must be a whole number from 1 to 5,000, not '1e3'."),
    (
        "Learning rate",
        "0,0,5",
        "Learning rate must be a number above 0 and at most 100, not '0,0,5'.",
    ),
]


def opened(page: Page, address: str) -> None:
    page.goto(NOWHERE)
    page.goto(address)
    settled(page)


def enter(page: Page, label: str, typed: str) -> None:
    """Type into a box as a person does, key by key."""
    text(page, label).click()
    page.keyboard.press("Control+A")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")


def link(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def changed(page: Page, label: str, typed: str, path: str) -> None:
    enter(page, label, typed)
    page.wait_for_url(lambda url: dict(parse_qsl(urlsplit(url).query)).get(path) == typed)
    settled(page)


def test_back_undoes_change_after_change_then_leaves_and_forward_redoes_them(app, page):
    opened(page, f"{app.url}/?run.seed=77")  # whose run is not stored
    foot = page.get_by_test_id("stBottom")
    for rate in RATES:
        changed(page, "Learning rate", rate, "optimizer.learning_rate")
    for rate in [*RATES[2::-1], "0.001"]:
        page.go_back()
        expect(text(page, "Learning rate")).to_have_value(rate)
        changed_rate = {} if rate == "0.001" else {"optimizer.learning_rate": rate}
        expect(foot).to_contain_text(f"rate {rate}" if changed_rate else "MLP 32-16 · seed 77")
        assert link(page) == {"run.seed": "77"} | changed_rate
    for rate in RATES:
        page.go_forward()
        expect(text(page, "Learning rate")).to_have_value(rate)
    # Across pages, too.
    go_to(page, "Runs")
    expect(page).to_have_title("Runs · Network playground")
    changed(page, "Epochs", "13", "run.epochs")
    page.go_back()
    expect(text(page, "Epochs")).to_have_value("30")
    expect(page).to_have_title("Runs · Network playground")
    page.go_back()
    expect(foot).to_contain_text("rate 0.04")
    for _ in range(5):
        page.go_back()
    assert page.url == NOWHERE


def test_back_leaves_at_once_where_nothing_was_changed(app, page):
    for address in ("/?optimizer.learning_rate=0,05&fbclid=x", "/Articles"):
        opened(page, app.url + address)
        assert page.url == app.url + address
        page.go_back()
        assert page.url == NOWHERE


def test_quick_changes_are_all_kept_and_what_is_typed_is_never_another_number(app, page):
    opened(page, f"{app.url}/?run.seed=77")
    for label, typed in (("Learning rate", "0.02"), ("Epochs", "7"), ("Batch size", "5")):
        enter(page, label, typed)
    enter(page, "Hidden layers", "8")
    foot = page.get_by_test_id("stBottom")
    expect(foot).to_contain_text("MLP 8 · rate 0.02")
    page.wait_for_url(lambda url: len(dict(parse_qsl(urlsplit(url).query))) == 5)
    assert link(page) == {
        "optimizer.learning_rate": "0.02",
        "run.epochs": "7",
        "run.batch_size": "5",
        "run.seed": "77",
        "architecture.hidden": "8",
    }
    assert text(page, "Batch size").input_value() == "5"
    for label, typed, told in TYPED:
        enter(page, label, typed)
        expect(page.get_by_text(told).first).to_be_visible()
