"""The page Inside: how soon a drawing or an image runs through the network, the map of neighbours,
and what a run pays for the snapshots that it keeps on the way."""

import re
import statistics
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from playwright.sync_api import Browser, Page, expect

from benchmarks.chromium import chromium, open_page
from benchmarks.loops import IMAGES, cases
from benchmarks.rows import Row, ranged, row_of, rows_of
from benchmarks.serving import Serving, has_cifar10, serving, shown
from playground import environment
from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.results import Result
from playground.service.question import question_to
from playground.training import snapshots, train
from playground.training.loaded_network import answer
from playground.worker import questions

DIGITS = {"architecture.kind": "cnn", "run.epochs": "3"}
BASE = RECIPES["cifar10-minute"].config.settings() | {
    "data.train_images": "2000", "run.epochs": "1"
}  # fmt: skip

# The network's element stands in a shadow root; what is drawn in it is its layers' pictures.
_NETWORK = """
    const network = () => [...document.querySelectorAll('[data-testid=stMain] *')]
        .map(one => one.shadowRoot?.querySelector('.network')).find(Boolean);
    const drawn = () => [...(network()?.querySelectorAll('section[style]') ?? [])]
        .map(one => one.style.getPropertyValue('--sprite').length
            + one.style.getPropertyValue('--sprite').slice(-200)).join();
"""
_BEFORE = "() => {" + _NETWORK + "window.before = drawn(); }"
# From the last release of the mouse until other pictures are drawn.
_LISTEN = (
    "() => window.addEventListener('pointerup', () => { window.began = performance.now() }, true)"
)
_UNTIL_DRAWN = (
    "() => {"
    + _NETWORK
    + """
    return new Promise(done => {
        const look = () => drawn() && drawn() !== window.before
            ? done(performance.now() - window.began) : requestAnimationFrame(look);
        look();
    });
}"""
)


def measure(smoke: bool = False) -> list[Row]:
    """Return rows of milliseconds and seconds, and of the ratio of training times."""
    turns = 2 if smoke else 20
    rows = []
    with chromium() as browser, serving() as app:
        app.server.start()
        app.train(DIGITS)
        rows += _strokes(app, browser, turns)
        if has_cifar10():
            app.train(BASE)
            rows += _images(app, browser, turns)
            rows += _neighbours(app, 1 if smoke else 20, 100 if smoke else 1000)
    return rows + _recording(smoke)


def _open(app: Serving, browser: Browser, run: Mapping[str, str]) -> Page:
    page = open_page(browser)
    page.goto(f"{app.server.url}/Inside?{shown(run)}")
    expect(
        page.get_by_role("group", name=re.compile("The network with this image"))
    ).to_be_visible()
    page.evaluate("() => { window.began = 0 }")
    page.evaluate(_LISTEN)
    return page


def _strokes(app: Serving, browser: Browser, turns: int) -> list[Row]:
    """Add stroke after stroke to a drawing, each somewhere else."""
    page = _open(app, browser, DIGITS)
    page.get_by_role("radio", name="Draw").or_(
        page.get_by_role("button", name="Draw")
    ).first.click()
    square = page.get_by_role("img", name=re.compile("Draw a digit here"))
    box = square.bounding_box()
    assert box
    found = []
    for turn in range(turns + 1):
        page.evaluate(_BEFORE)
        x = box["x"] + box["width"] * (0.2 + 0.6 * turn / (turns + 1))
        page.mouse.move(x, box["y"] + box["height"] * (0.2 + 0.02 * turn))
        page.mouse.down()
        page.mouse.move(x, box["y"] + box["height"] * 0.8, steps=4)
        page.mouse.up()
        found.append(page.evaluate(_UNTIL_DRAWN))
        page.wait_for_timeout(700)
    page.close()
    what = "inside, digits' CNN: the last stroke to the network drawn with it in Chromium"
    return rows_of(what, found[1:], "ms", p95_target=300)  # the first one loads the network


def _images(app: Serving, browser: Browser, turns: int) -> list[Row]:
    """Go from image to image."""
    page = _open(app, browser, BASE)
    step = page.get_by_test_id("stNumberInputStepUp").last
    found = []
    for _ in range(turns + 1):
        page.evaluate(_BEFORE)
        step.click()
        found.append(page.evaluate(_UNTIL_DRAWN))
        page.wait_for_timeout(700)
    page.close()
    what = "inside, CIFAR10's first network: the next image to its maps in Chromium"
    return rows_of(what, found[1:], "ms", p95_target=500)


def _neighbours(app: Serving, turns: int, images: int) -> list[Row]:
    """Lay images out by their neighbours, in this process as a worker does."""
    (run,) = [one for one in app.store.all() if one.config.data.name == "cifar10"]
    stored = question_to(app.store, run.name, "", {}, 0).stored
    found = []
    for _ in range(turns):
        began = perf_counter()
        asked = {"split": "test", "images": images}
        points = answer(questions.PRINCIPAL_COMPONENTS, stored, app.server.data, asked).points
        for part in range(3):
            more = asked | {"start": points, "first": part == 0}
            points = answer(questions.NEIGHBOURS, stored, app.server.data, more).points
        found.append(perf_counter() - began)
    what = f"inside, CIFAR10's first network: t-SNE of {images:,} images, three parts"
    return rows_of(what, found, "s", p95_target=10)


def _recording(smoke: bool) -> list[Row]:
    """Train each network of the group ``loops`` with and without snapshots, in turns."""
    folder, times = environment.read().data, 2 if smoke else 7
    rows = []
    for case in cases(500 if smoke else IMAGES // 5, 0):
        if case.target is not None and not has_cifar10():
            continue
        epochs = 3 if smoke else 1000 if case.target is None else 5
        config = case.config.model_copy(
            update={"run": case.config.run.model_copy(update={"epochs": epochs})}
        )
        ratios = [_ratio(config, folder) for _ in range(times)]
        row = row_of(
            f"inside, {case.name}: training time with snapshots by that without",
            statistics.median(ratios), "×", times, 1.03,
        )  # fmt: skip
        rows.append(ranged(row, ratios))
    return rows


def _ratio(config: RunConfig, folder: Path) -> float:
    seconds = []
    for most in (0, snapshots.MOST):
        with patch.object(snapshots, "MOST", most):
            *_, result = train(config, folder)
            assert isinstance(result, Result)
            seconds.append(result.seconds)
    return seconds[1] / seconds[0]
