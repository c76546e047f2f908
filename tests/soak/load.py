"""The app under many visitors for some minutes, and what came of it."""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playground.store import RunStore
from tests.browser.server import Server
from tests.soak import stored
from tests.soak.browsers import browse
from tests.soak.people import person
from tests.soak.session import Session
from tests.soak.tally import Tally
from tests.waiting import wait

WARM = 60.0
"""Seconds after which memory should be flat: by then every page was drawn once."""


@dataclass
class Loaded:
    """What a soak came to."""

    seconds: float
    people: int
    pages: int
    tally: Tally
    ended: Counter[str]
    """The stored runs by what became of them."""
    lost: list[str]
    """Finished runs on a page that the store does not have with these figures."""
    problems: list[str]

    @property
    def growth(self) -> tuple[float, float]:
        """The app's RSS in MB after the first minute, and at the end: medians of a quarter of the
        time between them each."""
        warm = min(WARM, self.seconds / 2)
        sizes = [size for at, size in self.tally.memory if at >= warm]
        part = max(len(sizes) // 4, 1)
        return statistics.median(sizes[:part]), statistics.median(sizes[-part:])


def load(
    folder: Path,
    seconds: float,
    people: int,
    pages: int,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> Loaded:
    """Have so many visitors, ``pages`` of them in Chromium, use a new app for so long."""
    server = Server(folder / "data", folder / "runs")
    server.start()
    store = RunStore(folder / "runs")
    problems: list[str] = []
    try:
        tally = Tally()
        _warm(server.url, tally)
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=person, args=(server.url, number, seed, until, tally))
            for number in range(people)
        ]
        if pages:
            arguments = (server.url, pages, seed, until, tally)
            threads.append(threading.Thread(target=browse, args=arguments))
        for thread in threads:
            thread.start()
        told = 0.0
        while any(thread.is_alive() for thread in threads):
            tally.weigh(server.process.pid)
            if time.monotonic() - tally.began > told + 60:
                told += 60
                say(f"{told / 60:.0f} min, {len(tally.answers)} reruns, {len(tally.errors)} errors")
            time.sleep(1)
        try:
            wait(lambda: not any(run.is_active for run in store.all()), 600)
        except AssertionError:
            problems.append("Runs were still on 10 min after the last visitor had gone.")
        if server.process.poll() is not None:
            problems.append("The app has ended.")
        lost = [str(one) for one in tally.reported if not stored.agrees(store, one)]
        broken = [r.name for r in store.all("finished") if not stored.is_complete(store, r.name)]
        problems += [f"Run {name[:8]} is not whole." for name in broken]
        if (said := stored.integrity(store.folder)) != "ok":
            problems.append(f"The store is spoilt: {said}")
        ended = Counter[str](run.status for run in store.all())
    finally:
        store.close()
        server.stop()
    return Loaded(seconds, people, pages, tally, ended, lost, problems)


def _warm(url: str, tally: Tally) -> None:
    """Train a first run, as a worker takes seconds to start; then the time begins."""
    first = Session(url, "run.epochs=3")
    first.press("Train")
    end = time.monotonic() + 120
    while not first.reported() and time.monotonic() < end:
        first.watch(0.6)
    tally.see(first)
    tally.answers.clear()
    first.close()
    tally.began = time.monotonic()
