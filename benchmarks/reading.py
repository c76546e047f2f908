"""The pages that read runs: Compare over 10,000 runs, the gallery over 10,000 images."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks import many_runs
from benchmarks.pages import megabytes
from benchmarks.rows import Row, rows_of
from benchmarks.visitor import Visitor
from playground import settings
from playground.config import with_settings
from playground.runs import RunStore
from tests import stored_runs
from tests.browser.conftest import FLAGS
from tests.browser.server import Server

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


def measure(quick: bool = False) -> list[Row]:
    """Rows of what, value, unit and n; CIFAR10's images are those of the data folder, and without
    them the digits' stand in."""
    times = 20 if quick else 100
    data = settings.read().data
    has_cifar10 = (data / "cifar10.npz").exists()
    base = CIFAR10 if has_cifar10 else {}
    configs = [with_settings(base | {"architecture.dropout": d})[0] for d in ("0.0", "0.5")]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        store = RunStore(Path(folder) / "runs")
        many_runs.fill(store, RUNS)
        parts = [stored_runs.finished(store, config, data) for config in configs]
        store.close()
        images = len(parts[0]["test"].labels)
        server = Server(data, Path(folder) / "runs")
        server.start()
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            rows = []
            link = "&".join(f"{k}={v}" for k, v in stored_runs.link(*configs).items())
            for what, page, query in (
                (f"Compare, {RUNS:,} runs, none chosen: full rerun", "Compare", ""),
                (f"Compare, {RUNS:,} runs, two chosen: full rerun", "Compare", link),
                ("Confusion matrix: full rerun", "Confusion_matrix", link),
            ):
                visitor = Visitor(server.url, query, page)
                rows += rows_of(what, [visitor.rerun() * 1e3 for _ in range(times)], "ms")
                visitor.close()
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{server.url}/Sample_predictions?{link}")
            page.locator(".gallery img").first.wait_for(timeout=60_000)
            page.wait_for_timeout(5_000)  # the worker is made ready meanwhile
            turns = [page.evaluate(_TURN) for _ in range(min(times, images // 24 - 1))]
            rows += rows_of(f"gallery of {images:,} images: page turn in the browser", turns, "ms")
            rows += rows_of("app process, after reading runs", [megabytes(server)], "MB")
        finally:
            server.stop()
            browser.close()
    return rows
