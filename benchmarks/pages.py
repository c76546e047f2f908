"""The pages: how soon they answer, with and without a run on, and how large the app is."""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.rows import Row, rows_of
from benchmarks.visitor import Visitor
from playground import settings
from tests.browser.conftest import FLAGS
from tests.browser.server import Server
from tests.browser.words import points, train_button
from tests.waiting import wait

DIGITS = "?run.epochs=200&run.seed="
LONG_DIGITS = "?run.epochs=5000&run.batch_size=4"
LONG_CIFAR10 = "?data.name=cifar10&architecture.kind=cnn&run.batch_size=128&run.epochs=5000"


def measure(quick: bool = False) -> list[Row]:
    """Rows of what, value (a median, unless it says p95), unit and n."""
    few, many = (1, 10) if quick else (5, 100)
    rows: list[Row] = []

    def add(what: str, values: list[float], unit: str) -> None:
        rows.extend(rows_of(what, values, unit))

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        chromium = shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        server = Server(settings.read().data, Path(folder) / "runs")
        add("streamlit run to a usable page", [_start(server, browser) for _ in range(few)], "s")
        server.start()
        try:
            _measure_running(server, browser.new_page(), few, many, add)
        finally:
            server.stop()
            browser.close()
    return rows


def _start(server: Server, browser: Browser) -> float:
    began = time.perf_counter()
    server.start()
    page = browser.new_page()
    page.goto(server.url)
    expect(train_button(page)).to_be_enabled(timeout=60_000)
    seconds = time.perf_counter() - began
    page.close()
    server.stop()
    return seconds


def _measure_running(
    server: Server, page: Page, few: int, many: int, add: Callable[[str, list[float], str], None]
) -> None:
    page.set_default_timeout(60_000)
    page.goto(server.url + DIGITS + "0")
    train_button(page).click()
    expect(page.get_by_text("Finished")).to_be_visible(timeout=60_000)
    add(
        "Train to the first point, warm worker",
        [_train(server, page, s + 1) for s in range(few)],
        "s",
    )
    watching = page.url.removeprefix(server.url).lstrip("/?")
    visitor = Visitor(server.url, watching)
    add("full rerun, no run on", [visitor.rerun() * 1e3 for _ in range(many)], "ms")
    add("app process, 2 sessions", [megabytes(server)], "MB")

    has_cifar10 = (server.data / "cifar10.npz").exists()
    page.goto(server.url + (LONG_CIFAR10 if has_cifar10 else LONG_DIGITS))
    train_button(page).click()
    wait(lambda: points(page) >= 1, 120)
    watching = page.url.removeprefix(server.url).lstrip("/?")
    visitor.close()
    visitor = Visitor(server.url, watching)  # as the browser: its page shows the run that is on
    on = f"{'a CIFAR10' if has_cifar10 else 'a digits'} run on"
    add(f"full rerun, {on}", [visitor.rerun() * 1e3 for _ in range(many)], "ms")
    visitors = [Visitor(server.url, watching) for _ in range(30)]
    add(f"full rerun, {on}, 30 sessions", _together(visitors, max(many // 10, 2)), "ms")
    add("app process, 32 sessions", [megabytes(server)], "MB")
    for one in [visitor, *visitors]:
        one.close()


def _train(server: Server, page: Page, seed: int) -> float:
    page.goto(f"{server.url}{DIGITS}{seed}")
    expect(train_button(page)).to_be_enabled()
    began = time.perf_counter()
    train_button(page).click()
    wait(lambda: points(page) >= 1)
    seconds = time.perf_counter() - began
    expect(page.get_by_text("Finished")).to_be_visible(timeout=60_000)
    return seconds


def _together(visitors: list[Visitor], each: int) -> list[float]:
    """Every visitor reruns ``each`` times, a second apart; all times in ms."""
    times: list[float] = []

    def visit(visitor: Visitor, wait_first: float) -> None:
        time.sleep(wait_first)
        for _ in range(each):
            times.append(visitor.rerun() * 1e3)
            time.sleep(1.0)

    threads = [
        threading.Thread(target=visit, args=(visitor, index / len(visitors)))
        for index, visitor in enumerate(visitors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def megabytes(server: Server) -> float:
    """What the app's own process holds, in MB."""
    return psutil.Process(server.process.pid).memory_info().rss / 1e6
