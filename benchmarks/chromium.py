"""What a person with a browser waits for, timed in the page itself."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.words import ended, settled, text, train_button

# The epochs that a chart shows: its points carry them as their label.
COUNT_EPOCHS = """
    const count = chart => new Set(
        [...chart.querySelectorAll('path[aria-label*="Training"]')]
            .map(point => point.getAttribute('aria-label').match(/^Epoch: ([\\d,]+)/)?.[1])
            .filter(Boolean)
    ).size;
"""

# From the click on Train, or from now, until both charts show as many epochs as they should.
_UNTIL_CURVES = (
    "([press, epochs]) => {"
    + COUNT_EPOCHS
    + """
    const there = () => {
        const every = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')];
        const charts = every.slice(0, 2).map(count);  // what follows is what the run mixes up
        return charts.length === 2 && charts.every(n => epochs ? n === epochs : n > 0);
    };
    const began = performance.now();
    if (press)
        [...document.querySelectorAll('[data-testid=stSidebar] button')]
            .find(button => button.innerText.trim().endsWith('Train')).click();
    return new Promise(done => {
        const look = () =>
            there() ? done((performance.now() - began) / 1e3) : requestAnimationFrame(look);
        look();
    });
}"""
)

# The seconds from the beginning of the page's loading until now.
_SINCE_LOADING = "() => performance.now() / 1e3"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise SystemExit("The pages are measured in Chromium: on Debian, apt-get install chromium")
    expect.set_options(timeout=60_000)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def open_page(browser: Browser) -> Page:
    """Open the page of a new visitor, with nothing cached."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(60_000)
    return page


def wait_until_usable(page: Page, url: str) -> None:
    """Open an address of the first page, and wait until Train can be pressed."""
    page.goto(url)
    expect(train_button(page)).to_be_enabled()


def first_run(page: Page, url: str) -> float:
    """Open a new app's first page; the seconds until the run is there that it trains by itself."""
    began = time.perf_counter()
    page.goto(url)
    ended(page)
    return time.perf_counter() - began


def first_point(page: Page, url: str) -> float:
    """Open a link whose run is not stored and press Train; the seconds until the curves begin."""
    wait_until_usable(page, url)
    settled(page)
    seconds = page.evaluate(_UNTIL_CURVES, [True, 0])
    expect(page.get_by_text("Finished")).to_be_visible()
    return seconds


def cached_run(page: Page, epochs: int) -> float:
    """Press Train for the stored run of so many epochs, on a page that shows one of another number;
    the seconds until its curves are there."""
    box = text(page, "Epochs")
    box.fill(str(epochs))
    box.press("Enter")
    expect(page.get_by_test_id("stBottom").get_by_text("Epochs")).to_be_visible()
    settled(page)
    return page.evaluate(_UNTIL_CURVES, [True, epochs])


def opened_link(page: Page, url: str, epochs: int) -> float:
    """Open the link of a stored run; the seconds until its curves are there, with what Chromium
    has cached of the app."""
    page.goto("about:blank")
    page.goto(url)
    page.evaluate(_UNTIL_CURVES, [False, epochs])
    return page.evaluate(_SINCE_LOADING)
