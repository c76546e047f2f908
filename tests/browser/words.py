"""How the browser tests find things on a page."""

import re

from playwright.sync_api import Locator, Page, TimeoutError

from playground.ui.navigation import SECTIONS

_HIGHEST = 16_000
"""Pixels of a window; Chromium draws no higher ones."""


def sidebar(page: Page) -> Locator:
    """The settings."""
    return page.get_by_test_id("stSidebar")


def button(scope: Page | Locator, name: str) -> Locator:
    """The first button of that very name that can be pressed now.

    While the page's script runs, one that changed its place or state stands there twice.
    """
    return scope.get_by_role("button", name=name, exact=True, disabled=False).first


def train_button(page: Page) -> Locator:
    """The button that starts a run: in the sidebar, or on a phone, where that is shut, at the foot
    of the page."""
    wide = (page.viewport_size or {"width": 0})["width"] >= 768
    place = sidebar(page) if wide else page.get_by_test_id("stBottom")
    return place.get_by_role("button", name="Train", exact=True)


def stop_button(page: Page) -> Locator:
    """The button that stops the run on the screen; there is none once it has ended."""
    return page.get_by_role("button", name="Stop", exact=True)


def ended(page: Page, timeout: float = 120_000) -> None:
    """Wait until the run on the screen has ended and was measured: what it mixes up is shown."""
    page.get_by_text("What it mixes up").wait_for(timeout=timeout)


def details(page: Page) -> None:
    """Unfold the run's figures by split."""
    page.get_by_test_id("stExpander").get_by_text("Details", exact=True).click()
    page.get_by_text("Measured at the end").wait_for()


def text(page: Page, label: str) -> Locator:
    """A box of the sidebar that is typed into, numbers too.

    The first, as Back draws it anew, and the old one is there until the script has run.
    """
    return sidebar(page).get_by_role("textbox", name=label, exact=True).first


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a select box of the sidebar."""
    pick(sidebar(page), label, option)


def pick(scope: Locator, label: str, option: str) -> None:
    """Choose from a select box; it is opened again if the page, drawn anew, has closed it."""
    options = scope.page.get_by_role("option", name=option, exact=True)
    for patience in (5_000, 5_000, None):
        scope.get_by_role("combobox", name=label, exact=True).click()
        try:
            return options.click(timeout=patience)
        except TimeoutError:
            if patience is None:
                raise


def go_to(page: Page, title: str) -> None:
    """Go to another page by the navigation at the top."""
    (section,) = [section for section, places in SECTIONS.items() if title in places]
    menu(page, section).click()
    if title != section:
        page.get_by_role("menuitem", name=title).click()


def menu(page: Page, section: str) -> Locator:
    """What opens a section of the navigation, or leads to the page of that name."""
    role = "link" if section in SECTIONS[section] else "button"
    return page.get_by_test_id("stTopNav").get_by_role(role, name=section, exact=True)


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end, as a person does before the next click."""
    page.locator('[data-test-script-state="notRunning"]').first.wait_for(state="attached")


def drawn(page: Page) -> None:
    """Wait until a page that was opened has run to its end, with its charts and images drawn, and
    nothing of an earlier run is left, which Streamlit draws faint."""
    page.get_by_test_id("stMain").get_by_test_id("stPageLink").last.wait_for(state="attached")
    settled(page)
    page.wait_for_function(
        """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].every(
            chart => chart.querySelector('svg, canvas'))
            && !document.querySelector('[data-stale=true]')
            && [...document.images].every(image => image.complete)"""
    )
    page.wait_for_timeout(500)  # what moves into its place, such as a chart that takes its width


def whole(page: Page) -> bool:
    """Make the window as high as the page; tell whether the page is higher than the window was."""
    size = page.viewport_size
    assert size
    high = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
    if high <= size["height"]:
        return False
    page.set_viewport_size({"width": size["width"], "height": min(high, _HIGHEST)})
    page.wait_for_timeout(500)
    return True


def points(page: Page) -> int:
    """How many epochs the loss chart shows."""
    labels = page.get_by_test_id("stVegaLiteChart").first.locator('path[aria-label*="Training"]')
    # All at once: asked one by one, hundreds of points are drawn anew meanwhile.
    texts = labels.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    found = {re.match(r"Epoch: ([\d,]+)", text) for text in texts}
    return len({match.group(1) for match in found if match})
