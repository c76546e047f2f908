"""The Sweep page opened and filled in, for tests."""

from playground.config import (
    MLP,
    Digits,
    Run,
    RunConfig,
)
from playground.config.sweeps import Axis, Sweep
from tests import pages

SWEEP = "pages/5_Sweep.py"
BASE = RunConfig(data=Digits(train_images=200), architecture=MLP(hidden=(8,)), run=Run(epochs=3))
RATES = Axis(path="optimizer.learning_rate", values=("0.001", "0.01", "0.1"))
WIDTHS = Axis(path="architecture.hidden", values=("8", "16-8"))


def opened(link=None):
    return pages.open_page(link, page=SWEEP)


def started(at):
    return pages.press(at, "Start the sweep")


def vary(at, place: str, path: str, values=None):
    at = pages.change(at, f"sweep.{place}", path)
    if values is None:
        return at
    start, end = f"sweep.{place}.", path.rpartition(".")[2]
    keys = [str(getattr(widget, "key", "")) for widget in at]
    (key,) = [key for key in keys if key.startswith(start) and key.endswith(end)]
    return pages.change(at, key, values)


def study_of(engine) -> Sweep:
    (study,) = engine.sweeps.all()
    return engine.sweeps.by_prefix(study.name)
