"""``kill -9`` at random moments: of the app, its cluster, the worker, and what forks it off."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from playground.store import RunStore
from tests.browser.server import Server
from tests.engines import cluster_processes, lives, worker_processes
from tests.soak import stored
from tests.soak.session import Session
from tests.waiting import wait

TARGETS = ("app", "cluster", "forkserver", "worker")
"""Who is killed; where workers are spawned, the cluster in the forkserver's place."""
RUNS_EACH = 3
"""Runs that are asked for before each kill."""


@dataclass
class Killed:
    """What the kills did; each of ``problems`` is a sentence."""

    kills: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    """The runs by what became of them."""
    problems: list[str] = field(default_factory=list)
    slowest: float = 0.0
    """Seconds until everything asked for had ended, after the worst kill."""


class Kills:
    """An app with a store of its own, that is killed and looked after."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.found = Killed()
        self._random = random.Random(seed)
        self._server = Server(folder / "data", folder / "runs")
        self._store = RunStore(folder / "runs")
        self._kept: dict[str, str] = {}  # a finished run -> its digest when a page showed it
        self._asked: list[str] = []
        self._seed = 0

    def run(self, kills: int, say: Callable[[str], None] = lambda _: None) -> Killed:
        """Kill so many times, each of the four as often as the others, in a random order."""
        targets = [TARGETS[turn % len(TARGETS)] for turn in range(kills)]
        self._random.shuffle(targets)
        self._server.start()
        try:
            for target in targets:
                self._round(target)
                say(f"{target} killed, {self.found.kills.total()} of {kills}")
            self._ask(Session(self._server.url, "run.epochs=3"), 1)  # it goes on
            self._look()
            last = self._store.get(self._asked[-1])
            if last is None or last.status != "finished":
                self._wrong("After the last kill a run did not finish.")
        finally:
            self._server.stop()
            self._store.close()
        self.found.asked = len(self._asked)
        return self.found

    def _round(self, target: str) -> None:
        epochs = self._random.choice([3, 30, 300])
        visitor = Session(self._server.url, f"run.epochs={epochs}")
        self._ask(visitor, RUNS_EACH)
        if self._random.random() < 0.6:  # else it may fall into a start, too
            _within(self._one_trains_or_all_ended, 60)  # a moment as good as another, if it is late
        time.sleep(self._random.uniform(0, 1))
        victim = self._victim(target)
        before = self._server.processes()
        victim.kill()
        self.found.kills[target] += 1
        if target == "app":
            self._server.process.wait(timeout=10)
            self._none_left(before)
            self._server.start()
            Session(self._server.url).close()  # the first page opens the store
        else:
            visitor.close()
        self._look()
        self._none_left([one for one in before if one not in self._server.processes()])

    def _ask(self, visitor: Session, count: int) -> None:
        known = {run.name for run in self._store.all()}
        for _ in range(count):
            self._seed += 1
            visitor.press("Train", {"Seed": self._seed})
        self._asked += [run.name for run in self._store.all() if run.name not in known]

    def _one_trains_or_all_ended(self) -> bool:
        on = [run for run in self._store.all() if run.is_active]
        return not on or any(run.status == "running" for run in on)

    def _victim(self, target: str) -> psutil.Process:
        app = self._server.processes()[0]
        if target == "app":
            return app
        listed = cluster_processes if target == "cluster" else worker_processes
        found: list[psutil.Process] = []

        def there() -> bool:
            found[:] = listed(app)
            return bool(found)

        wait(there, 60)
        return found[0].parent() or found[0] if target == "forkserver" else found[0]

    def _none_left(self, processes: list[psutil.Process]) -> None:
        if not _within(lambda: not any(map(lives, processes)), 60):
            self._wrong(f"Processes were left behind: {list(filter(lives, processes))}")

    def _look(self) -> None:
        """Every run has ended with a word, and what a page showed as finished is there whole."""
        began = time.monotonic()
        if not _within(lambda: not any(run.is_active for run in self._store.all()), 300):
            self._wrong(f"Runs stay on: {[r.name[:8] for r in self._store.all() if r.is_active]}")
        self.found.slowest = max(self.found.slowest, time.monotonic() - began)
        runs = {run.name: run for run in self._store.all()}
        self.found.ended = Counter(run.status for run in runs.values())
        for name in self._asked:
            if name not in runs:
                self._wrong(f"Run {name[:8]} is lost.")
            elif runs[name].status == "finished":
                self._see_whole(name)
            elif runs[name].status not in ("failed", "interrupted") or not runs[name].message:
                self._wrong(f"Run {name[:8]} ended {runs[name].status} without a word.")
        if (said := stored.integrity(self._store.folder)) != "ok":
            self._wrong(f"The store is spoilt: {said}")
        if left := list(self._store.folder.glob(".partial-*")):
            self._wrong(f"{len(left)} half-written folders are left.")
        if left := list(self._store.folder.glob(".inbox-*/*")):
            self._wrong(f"Weights of {len(left)} runs are left in the inbox.")

    def _see_whole(self, name: str) -> None:
        if name in self._kept:
            if stored.digest(self._store, name) != self._kept[name]:
                self._wrong(f"Run {name[:8]} was finished and is not what it was.")
            return
        self._kept[name] = stored.digest(self._store, name)
        visitor = Session(self._server.url, f"run={name[:16]}")
        reported = visitor.reported()
        visitor.close()
        if reported is None or not stored.agrees(self._store, reported):
            self._wrong(f"Run {name[:8]} is finished, but its page says {reported}.")
        if not stored.is_complete(self._store, name):
            self._wrong(f"Run {name[:8]} is finished, but not whole.")

    def _wrong(self, sentence: str) -> None:
        self.found.problems.append(f"{sentence} (kill {self.found.kills.total()})")


def _within(what: Callable[[], object], seconds: float) -> bool:
    """Whether something becomes true in time."""
    try:
        wait(what, seconds)
    except AssertionError:
        return False
    return True
