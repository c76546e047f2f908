"""A teacher's way from a fresh app to a class's link, in clicks; and the page on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.browser.words import button, drawn, menu

pytestmark = pytest.mark.slow


@pytest.fixture
def fresh(without_a_worker, tmp_path) -> Server:
    """A fresh app, which trains nothing here."""
    with Server(tmp_path / "data", tmp_path / "runs", without_a_worker) as server:
        yield server


def test_a_teacher_has_a_link_for_the_class_after_three_clicks(fresh, page: Page):
    page.goto(fresh.url)
    clicks = [
        lambda: menu(page, "Learn").click(),
        lambda: page.get_by_role("menuitem").first.click(),
        lambda: button(page.get_by_test_id("stMain"), "Make it a lesson").click(),
    ]
    for click in clicks:
        click()
    expect(page.get_by_role("img", name="QR code of the lesson")).to_be_visible()
    page.wait_for_url(re.compile("lesson=[0-9a-f]{16}"))
    name = re.search("lesson=([0-9a-f]{16})", page.url)[1]
    expect(page.get_by_test_id("stCode").get_by_text(f"?lesson={name}")).to_be_visible()


def test_on_a_phone_a_demonstration_is_guessed_and_nothing_is_wider_than_the_screen(
    fresh, page: Page
):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{fresh.url}/Demonstrations")
    drawn(page)
    assert is_as_wide_as_the_screen(page)
    button(page.get_by_test_id("stMain"), "Open").click()
    page.get_by_test_id("stMain").get_by_text("About half", exact=True).click()
    expect(page.get_by_text("That is right.")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    drawn(page)
    assert is_as_wide_as_the_screen(page)


def is_as_wide_as_the_screen(page: Page) -> bool:
    return page.evaluate(
        "document.documentElement.scrollWidth <= innerWidth"
    ) and page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")
