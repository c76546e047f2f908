"""The pages that read runs: Compare over 10,000 runs, the gallery over 10,000 images."""

from urllib.parse import urlencode

from playwright.sync_api import Browser

from benchmarks import many_runs
from benchmarks.chromium import open_page
from benchmarks.rows import Row, rows_of
from benchmarks.serving import Serving, has_cifar10
from benchmarks.visitor import Visitor
from playground.config import with_settings
from tests import stored_runs
from tests.browser.words import settled

RUNS = 10_000
CIFAR10 = {"data.name": "cifar10", "architecture.kind": "cnn"}

_TURN = """() => {
    const number = () => document.querySelector('.gallery img')?.alt;
    const [before, began] = [number(), performance.now()];
    [...document.querySelectorAll('[data-testid=stPagination] button')].at(-1).click();
    return new Promise(done => {
        const look = () => {
            const images = [...document.querySelectorAll('.gallery img')];
            const there = images.length && number() !== before;
            if (there && images.every(image => image.complete)) done(performance.now() - began);
            else requestAnimationFrame(look);
        };
        look();
    });
}"""


def measure(app: Serving, browser: Browser, smoke: bool = False) -> list[Row]:
    """Return rows in ms, of a running app whose store is filled first; CIFAR10's images are those
    of the data folder, and without them the digits' stand in."""
    runs, times = (200, 3) if smoke else (RUNS, 100)
    base = CIFAR10 if has_cifar10() and not smoke else {}
    configs = [with_settings(base | {"architecture.dropout": d})[0] for d in ("0.0", "0.5")]
    many_runs.fill(app.store, runs)
    parts = [stored_runs.finished(app.store, one, app.server.data) for one in configs]
    images = len(parts[0]["test"].labels)
    link = urlencode(stored_runs.link(*configs))
    rows = []
    for what, page_name, query in (
        (f"Compare, {runs:,} runs, none chosen: full rerun", "Compare", ""),
        (f"Compare, {runs:,} runs, two chosen: full rerun", "Compare", link),
        ("Confusion matrix: full rerun", "Confusion_matrix", link),
    ):
        visitor = Visitor(app.server.url, query, page_name)
        rows += rows_of(what, [visitor.rerun() * 1e3 for _ in range(times)], "ms")
        visitor.close()
    page = open_page(browser)
    page.goto(f"{app.server.url}/Sample_predictions?{link}")
    page.get_by_test_id("stPagination").get_by_role("button").last.wait_for()
    settled(page)
    turns = [page.evaluate(_TURN) for _ in range(min(times, images // 24 - 1))]
    rows += rows_of(f"gallery of {images:,} images: page turn in Chromium", turns, "ms")
    page.close()
    return rows
