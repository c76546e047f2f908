"""Forty new cookies press Train, and somebody who was served once waits among them.

    python -m tests.soak.newcomers

Half of them are there before that visitor asks again, the other half comes after. Prints how many
runs began before theirs, beside how many visitors waited when they asked: those that turns alone
put before them.
"""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playground.store import RunStore
from tests.browser.server import Server
from tests.pages import made
from tests.soak.session import Session
from tests.waiting import wait

NEWCOMERS = 40
RUN = {"run.epochs": "12", "data.flip": "true"}
"""One that trains alone, for about a second."""


def _link(seed: int) -> dict[str, str]:
    return RUN | {"run.seed": str(seed)}


def _press(server: Server, seed: int) -> Session:
    """A new visitor: without a cookie, each session is one."""
    link = "&".join(f"{key}={value}" for key, value in _link(seed).items())
    session = Session(server.url, link)
    session.press("Train")
    assert not session.errors(), session.errors()
    return session


def main() -> None:
    """Measure it on a new app."""
    folder = Path(tempfile.mkdtemp(prefix="playground-newcomers-"))
    server = Server(folder / "data", folder / "runs")
    server.start()
    store = RunStore(folder / "runs")
    sessions: list[Session] = []
    try:
        ann = _press(server, 0)
        wait(lambda: (run := store.get(made(_link(0)).name)) and run.status == "finished")
        with ThreadPoolExecutor(10) as threads:
            half = NEWCOMERS // 2
            sessions += threads.map(lambda seed: _press(server, seed), range(1, half + 1))
            ann.set("Seed", 1000)
            ann.press("Train")
            mine = made(_link(1000)).name
            asked = time.time()
            ahead = len(store.all("queued")) - 1 + len(store.all("running"))
            later = range(half + 1, NEWCOMERS + 1)
            sessions += threads.map(lambda seed: _press(server, seed), later)
        wait(lambda: not any(run.is_active for run in store.all()), 600)
        started = {run.name: run.started or 0.0 for run in store.all()}
        before = sum(asked < at < started[mine] for at in started.values())
        last = max(started.values())
        print(f"{ahead} visitors were before them when they asked, of {NEWCOMERS} newcomers.")
        print(f"{before} runs began before theirs: {before / max(ahead, 1):.2f} times as many.")
        print(f"They waited {started[mine] - asked:.1f} s; the last run began {last - asked:.1f} s")
        print("after they asked, which is when theirs would have begun had newcomers gone first.")
    finally:
        for session in [ann, *sessions]:
            session.close()
        store.close()
        server.stop()


if __name__ == "__main__":
    main()
