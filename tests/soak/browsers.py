"""Visitors with a browser: pages of a real Chromium, one after another in one thread."""

import os
import random
import re
import shutil
import time

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.words import settled, sidebar, text, train_button
from tests.soak.people import ACTIONS, EPOCHS, PAUSE, SHARED_SEEDS
from tests.soak.session import Reported
from tests.soak.tally import Tally, link

NAMES = ("Train", "Data", "Mistakes", "Images", "Runs", "Articles", "Ideas")


def browse(url: str, pages: int, seed: int, until: float, tally: Tally) -> None:
    """Visit until a moment (``time.monotonic``) with so many pages. Whatever goes wrong is
    counted."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise SystemExit("The soak needs Chromium: on Debian, apt-get install chromium")
    chance = random.Random(f"{seed} browsers")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        _let_the_app_go_first()
        there = [_opened(browser, url) for _ in range(pages)]
        turns = {page: time.monotonic() + chance.uniform(*PAUSE) for page in there}
        while time.monotonic() < until:
            page = min(turns, key=turns.__getitem__)
            page.wait_for_timeout(max(turns[page] - time.monotonic(), 0.01) * 1e3)
            try:
                _act(page, url, chance, tally)
                _see(page, tally)
            except Exception as error:  # noqa: BLE001 - counted, and the visitor comes again
                tally.errors.append(f"In the browser: {type(error).__name__}: {str(error)[:300]}")
                page.goto(url)
            turns[page] = time.monotonic() + chance.uniform(*PAUSE)
        browser.close()


def _opened(browser: Browser, url: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(30_000)
    page.goto(url)
    train_button(page).wait_for()
    return page


def _act(page: Page, url: str, chance: random.Random, tally: Tally) -> None:
    action = chance.choices(list(ACTIONS), list(ACTIONS.values()))[0]
    tally.did(action)
    if action == "link":
        page.goto(f"{url}/?{link(tally, chance.random())}")
        settled(page)
        return
    began = time.monotonic()
    if action == "page":
        page.get_by_test_id("stMain").get_by_role(
            "link", name=re.compile(f"{chance.choice(NAMES)}$")
        ).first.click()
    elif action == "change":
        box = text(page, "Epochs")
        box.fill(str(chance.choice(EPOCHS)))
        box.press("Enter")
    else:
        if not train_button(page).count():
            page.goto(url)
            train_button(page).wait_for()
        box = text(page, "Seed")
        if not box.count():
            sidebar(page).get_by_role("button", name=re.compile("More")).last.click()
        box.fill(str(chance.randrange(SHARED_SEEDS)))
        box.press("Enter")
        settled(page)
        began = time.monotonic()
        train_button(page).click()
        stop = page.get_by_role("button", name="Stop", exact=True)
        if action == "stop" and stop.is_enabled():
            stop.click()
    settled(page)
    tally.drawn.append(time.monotonic() - began)


_FINISHED = re.compile(r"(check_circle\s*)?Finished\s*$").match
# In one look, as the page may change between two.
_SHOWN = """() => ({
  texts: [...document.querySelectorAll("p, span")].map((one) => one.innerText),
  rows: [...document.querySelectorAll('[data-testid="stTable"] tbody tr')].map((row) =>
    [...row.querySelectorAll("td")].map((cell) => cell.innerText)),
})"""


def _see(page: Page, tally: Tally) -> None:
    for what in ("stException", "stAlertContentError"):
        for found in page.get_by_test_id(what).all():
            tally.errors.append(f"A page in the browser said: {found.inner_text()}")
    fold = page.get_by_test_id("stExpander").get_by_text("Details", exact=True)
    if fold.count() and not page.get_by_test_id("stTable").count():
        fold.click()
        settled(page)
    shown = page.evaluate(_SHOWN)
    names = [m[1] for text in shown["texts"] if (m := re.search(r" · run ([0-9a-f]{8})$", text))]
    if names and shown["rows"] and any(map(_FINISHED, shown["texts"])):
        tally.read(Reported(names[0], tuple(map(tuple, shown["rows"]))), "Chromium")


def _let_the_app_go_first() -> None:
    """Chromium draws with what is left of this machine: a class's browsers are on others."""
    for process in psutil.Process().children(recursive=True):
        if "chromium" in process.name():
            os.sched_setscheduler(process.pid, os.SCHED_IDLE, os.sched_param(0))
