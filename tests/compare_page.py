"""The page Compare and three runs on it, for tests."""

from playground.analysis.predictions import Predictions
from playground.service import Engine
from tests import pages, stored_runs

PAGE = "pages/4_Compare.py"
A = pages.made({"run.epochs": "3"})
B = pages.made({"run.epochs": "3", "architecture.dropout": "0.5"})
C = pages.made({"run.epochs": "4", "optimizer.name": "sgd"})
_ONLY = {"runs": "State", "settings": "Path", "groups": "Seeds"}


def enter(engine: Engine) -> list[Predictions]:
    """Enter A, B and C as finished; gives A's and B's predictions of the
    validation images."""
    found = [
        stored_runs.finished(engine.store, config, engine.data, sure)["validation"]
        for config, sure in ((A, 2.0), (B, 2.5), (C, 3.0))
    ]
    return found[:2]


def visit(*configs):
    """A visitor who comes with a link to these runs."""
    return pages.open_page(stored_runs.link(*configs) if configs else None, PAGE)


def table(at, which: str):
    """One of the page's tables, by a column that only it has; the figures are in two."""
    frames = [frame.value for frame in at.dataframe]
    if which == "figures":
        (found,) = [one for one in frames if "Epochs" in one and "State" not in one]
    else:
        (found,) = [one for one in frames if _ONLY[which] in one]
    return found


def subheaders(at) -> list[str]:
    """The headings of the page's parts."""
    return [element.value for element in at.main.subheader]
