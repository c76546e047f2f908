"""Training as one changes the settings: how soon the new curve is there, and what it costs a class.

Everything shares the machine: visitors, the app, and its worker.
"""

from collections.abc import Iterator
from itertools import count

from playwright.sync_api import Browser, Page, expect

from benchmarks.chromium import COUNT_EPOCHS, chromium, open_page
from benchmarks.rows import Row, rows_of
from benchmarks.serving import Serving, serving
from benchmarks.visitor import Visitor, together
from tests.browser.words import ended, settled, sidebar
from tests.waiting import wait

# The run on the screen, and the moment.
_RUN = "() => [new URLSearchParams(location.search).get('run'), performance.now()]"

# From the key that moves a slider until the run that follows has ended: its name stands in the
# address, its badge says so, and both curves have all its epochs.
_UNTIL_ENDED = (
    "([epochs, before, began]) => {"
    + COUNT_EPOCHS
    + """
    const now = () => new URLSearchParams(location.search).get('run');
    const there = () => {
        const charts = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')].slice(0, 2);
        const badges = [...document.querySelectorAll('[data-testid=stMarkdownContainer]')]
            .map(one => one.innerText);
        return now() !== before && charts.length === 2 && charts.every(c => count(c) === epochs)
            && badges.some(text => text.includes('Finished'));
    };
    return new Promise(done => {
        const look = () =>
            there() ? done((performance.now() - began) / 1e3) : requestAnimationFrame(look);
        requestAnimationFrame(look);
    });
}"""
)


def measure(smoke: bool = False) -> list[Row]:
    """Return rows of seconds and milliseconds, and what 95 % are within."""
    turns, crowd, minutes = (2, 3, 0.1) if smoke else (12, 30, 2.0)
    with chromium() as browser, serving() as app:
        app.server.environment["PLAYGROUND_LIVE"] = "true"
        app.server.start()
        rows = _slider(app, browser, turns)
        return rows + _class(app, crowd, minutes)


def _slider(app: Serving, browser: Browser, turns: int) -> list[Row]:
    """Move the dropout's slider in Chromium, step by step, for two seeds."""
    found = []
    for seed in (1, 2):
        page = open_page(browser)
        page.goto(f"{app.server.url}/?run.seed={seed}")
        sidebar(page).get_by_role("button", name="Train", exact=True).click()
        ended(page)
        expect(sidebar(page).get_by_role("switch", name="Train as I change")).to_be_checked()
        slider = sidebar(page).get_by_role("slider", name="Dropout").first
        slider.focus()
        found += [_moved(page) for _ in range(turns)]
        page.close()
    what = "live, digits' default: a slider's key to the new curve's end in Chromium"
    return rows_of(what, found, "s", p95_target=2.5)


def _moved(page: Page) -> float:
    settled(page)
    page.wait_for_timeout(500)
    before, began = page.evaluate(_RUN)
    page.keyboard.press("ArrowRight")
    return page.evaluate(_UNTIL_ENDED, [30, before, began])


def _class(app: Serving, crowd: int, minutes: float) -> list[Row]:
    """Let visitors change the learning rate every eight seconds and look at their page every two,
    as one whose run is on does."""
    visitors = [Visitor(app.server.url, f"run.seed={100 + number}") for number in range(crowd)]
    rates = {visitor: _rates(number) for number, visitor in enumerate(visitors)}
    asked = dict.fromkeys(visitors, 0)

    def ask(visitor: Visitor) -> float:
        asked[visitor] += 1
        if asked[visitor] % 4:
            return visitor.rerun()
        return visitor.enter({"Learning rate": next(rates[visitor])})

    period = 2.0
    each = max(int(minutes * 60 / period), 4)
    found = [seconds * 1e3 for seconds in together(visitors, ask, each, period)]
    for visitor in visitors:
        visitor.close()
    wait(lambda: not any(run.is_active for run in app.store.all()), 300)
    runs = app.store.all()
    failed = sum(run.status in ("failed", "interrupted") for run in runs)
    if failed:
        raise RuntimeError(f"{failed} of {len(runs)} runs failed")
    what = f"live, {crowd} visitors, each a change every 8 s and a look every 2 s"
    rows = rows_of(f"{what}, until the script finished", found, "ms", p95_target=1000)
    trained = sum(run.status == "finished" for run in runs)
    return rows + rows_of(f"{what}: runs that were trained", [float(trained)], "runs")


def _rates(number: int) -> Iterator[str]:
    """Yield learning rates that nobody else tries."""
    return (f"{0.001 + 0.00001 * number + 0.001 * step:.5f}" for step in count(1))
