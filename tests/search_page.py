"""The page Search opened, and a search with trials, for tests."""

from collections.abc import Sequence

from playground.config import MLP, Digits, Run, RunConfig
from playground.config.sweeps import Choice, Range, Search
from playground.results import Status
from playground.store import TrialState
from tests import pages, stored_runs, trials

SEARCH = "pages/11_Search.py"
BASE = RunConfig(data=Digits(train_images=200), architecture=MLP(hidden=(8,)), run=Run(epochs=3))
RATE = Range(path="optimizer.learning_rate", low=0.0001, high=0.1, log=True)
WIDTHS = Choice(path="architecture.hidden", values=("8", "16-8"))
Tried = tuple[str, str, TrialState, float | None]
"""Learning rate, hidden layers, and what it came to."""
TRIED: list[Tried] = [
    ("0.001", "8", "complete", 0.90), ("0.02", "16-8", "complete", 0.95),
    ("0.0002", "8", "pruned", 0.40), ("0.09", "8", "failed", None),
]  # fmt: skip
_STATUS: dict[TrialState, Status] = {"pruned": "stopped", "failed": "diverged"}


def opened(link=None):
    return pages.open_page(link, page=SEARCH)


def tried(engine, count: int = 6, tries: Sequence[Tried] = TRIED) -> Search:
    """A search with some trials that have ended; its runs are stored."""
    search = Search(base=BASE, fields=(RATE, WIDTHS), trials=count)
    studies = engine.store.studies
    studies.keep(search.name, "search", search.canonical())
    for number, (rate, width, state, value) in enumerate(tries):
        values = {RATE.path: rate, WIDTHS.path: width}
        config = search.config(values)
        status = _STATUS.get(state, "finished")
        stored_runs.finished(engine.store, config, engine.data, status=status)
        epochs = 2 if state == "pruned" else 3
        trials.enter(engine.store, engine.data, search, number, values, state, value, epochs)
    return search


def show(search: Search):
    return opened({"study": search.name[:16]})
