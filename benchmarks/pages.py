"""The pages: how soon they answer, with and without a run on, to one visitor and to thirty.

Visitors are websocket clients that take no time to draw; what a person waits for is timed in
Chromium. They share the machine with the app and its worker.
"""

import time
from collections.abc import Mapping
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

from benchmarks import reading
from benchmarks.chromium import (
    cached_run,
    chromium,
    first_point,
    first_run,
    open_page,
    opened_link,
    wait_until_usable,
)
from benchmarks.rows import Row, rows_of
from benchmarks.serving import Serving, has_cifar10, serving, shown
from benchmarks.visitor import Visitor, together

SHORT, OTHER = 30, 40
"""Epochs of two digits runs that are stored: their curves can be told apart."""
LONG_DIGITS = {"run.epochs": "5000", "run.batch_size": "4"}
LONG_CIFAR10 = {
    "data.name": "cifar10",
    "data.validation_from": "chosen",
    "data.train_images": "10000",  # its curve grows while it is watched: an epoch in seconds
    "architecture.kind": "cnn",
    "run.batch_size": "128",
    "run.epochs": "5000",
}


def measure(smoke: bool = False) -> list[Row]:
    """Return rows of medians, and of what 95 % are within, in seconds and milliseconds."""
    few, many = (1, 2) if smoke else (20, 100)
    crowd, period = (5, 0.2) if smoke else (30, 1.0)
    long = LONG_DIGITS if smoke or not has_cifar10() else LONG_CIFAR10
    on = f"a {'CIFAR10' if long is LONG_CIFAR10 else 'digits'} run on"
    with chromium() as browser, serving() as app:
        rows = _first_run(browser, 1 if smoke else 5)
        rows += _start(app, browser, 1 if smoke else 5)  # leaves the app running
        page = open_page(browser)
        links = {epochs: app.train(_digits(epochs)) for epochs in (SHORT, OTHER)}
        rows += _train(app, page, few)
        rows += _stored(app, page, links, few, many)
        page.close()
        rows += _answers(app, links[SHORT], "no run on", many, crowd, period)
        starter = _begin(app, long)
        rows += _answers(
            app, shown(long), on, many, crowd, period, one_target=150, crowd_target=500
        )
        starter.press("Stop")
        app.wait_for(long)
        return rows + reading.measure(app, browser, smoke)


def _digits(epochs: int, seed: int = 0) -> dict[str, str]:
    return {"run.epochs": str(epochs), "run.seed": str(seed)}


def _first_run(browser: Browser, times: int) -> list[Row]:
    """Time from opening a new app's page, as soon as its port answers, to the end of the run that
    the app trains by itself."""
    found = []
    for _ in range(times):
        with serving() as app:
            app.server.start()
            page = open_page(browser)
            found.append(first_run(page, app.server.url))
            page.close()
    what = "a new app's page in Chromium, from its opening to the end of the first run"
    return rows_of(what, found, "s", target=5.0)


def _start(app: Serving, browser: Browser, times: int) -> list[Row]:
    """Time from the command to a page on which Train can be pressed, in a browser that is open."""
    found = []
    for _ in range(times):
        app.server.stop()
        page = open_page(browser)
        began = time.perf_counter()
        app.server.start()
        wait_until_usable(page, app.server.url)
        found.append(time.perf_counter() - began)
        page.close()
    return rows_of("streamlit run to a usable page in Chromium", found, "s", target=3.0)


def _train(app: Serving, page: Page, times: int) -> list[Row]:
    """Train pressed in Chromium until the curves begin, on a worker that has trained before."""
    links = [urlencode(_digits(200, seed + 1)) for seed in range(times)]
    found = [first_point(page, f"{app.server.url}/?{link}") for link in links]
    return rows_of("Train to the first point in Chromium, warm worker", found, "s", target=1.0)


def _stored(app: Serving, page: Page, links: Mapping[int, str], few: int, many: int) -> list[Row]:
    """Measure a stored run drawn, with no run on: nothing trains, and its curves are there."""
    url = app.server.url
    rows = []

    pressed, opened, again = [], [], []
    for _ in range(many):
        visitor = Visitor(url, urlencode(_digits(SHORT)))
        pressed.append(visitor.press("Train") * 1e3)
        visitor.close()
        began = time.perf_counter()
        visitor = Visitor(url, links[SHORT])
        opened.append((time.perf_counter() - began) * 1e3)
        again.append(visitor.rerun() * 1e3)
        visitor.close()
    what = "a stored run, {}, until the script finished"
    rows += rows_of(what.format("Train pressed"), pressed, "ms", target=300)
    rows += rows_of(what.format("its link in a new session"), opened, "ms", target=300)
    rows += rows_of(what.format("its link again in that session"), again, "ms", target=300)

    page.goto(f"{url}/?{links[OTHER]}")
    drawn = [cached_run(page, (SHORT, OTHER)[turn % 2]) * 1e3 for turn in range(few)]
    what = "a stored run, {}, until its curves are there in Chromium"
    rows += rows_of(what.format("Train pressed"), drawn, "ms", target=300)
    drawn = [opened_link(page, f"{url}/?{links[SHORT]}", SHORT) * 1e3 for _ in range(few)]
    rows += rows_of(what.format("its link opened"), drawn, "ms")
    return rows


def _begin(app: Serving, run: Mapping[str, str]) -> Visitor:
    """Start a long run, and wait until its curves have begun; gives the visitor who did it."""
    visitor = Visitor(app.server.url, urlencode(run))
    visitor.press("Train")
    app.wait_for(run, epochs=1)
    return visitor


def _answers(
    app: Serving,
    link: str,
    when: str,
    times: int,
    crowd: int,
    period: float,
    one_target: float | None = None,
    crowd_target: float | None = None,
) -> list[Row]:
    """Measure full reruns and fragment refreshes of the page that shows a run; targets in ms are
    those of full reruns, p95.

    Each of a crowd asks once in ``period`` seconds; one client twice, as a page asks that watches a
    run. A client that asked again at once would not be answered as a person is: its answers are
    then held up by 40 ms, where TCP waits for an acknowledgement (Streamlit 1.67).
    """
    rows = []
    asks = {"full rerun": Visitor.rerun, "fragment refresh": Visitor.refresh}
    visitors = [Visitor(app.server.url, link)]
    for what, ask in asks.items():
        found = [seconds * 1e3 for seconds in together(visitors, ask, times, period / 2)]
        target = one_target if ask is Visitor.rerun else None
        rows += rows_of(f"{what}, {when}, 1 client", found, "ms", p95_target=target)
    visitors += [Visitor(app.server.url, link) for _ in range(crowd - 1)]
    # A full rerun each second from each of thirty is more than one process of Python can give;
    # a class that changes a setting every three seconds is not.
    paces = [(Visitor.rerun, period), (Visitor.rerun, 3 * period), (Visitor.refresh, period)]
    for ask, pace in paces:
        found = [seconds * 1e3 for seconds in together(visitors, ask, max(times // 5, 1), pace)]
        full = ask is Visitor.rerun
        what = f"{'full rerun' if full else 'fragment refresh'}, {when}, {crowd} clients"
        target = crowd_target if full else None
        rows += rows_of(f"{what}, each every {pace:g} s", found, "ms", p95_target=target)
    for visitor in visitors:
        visitor.close()
    return rows
