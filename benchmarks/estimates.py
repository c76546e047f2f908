"""How well the time that the page says before Train holds: ten runs, each asked for once.

The time is told as on the page, by a worker that has just started; what a run takes is counted from
Train to the stored result. Nothing of one run is known to the next, as their shapes differ.
"""

import time
from collections.abc import Mapping

from benchmarks.engines import config_of, working
from benchmarks.rows import Row, row_of
from benchmarks.serving import has_cifar10
from playground.config import RunConfig
from playground.recipes import RECIPES
from playground.service import Engine
from tests.waiting import wait

FACTOR = 1.5
DIGITS = {
    "digits, MLP, full batch": {"run.batch_size": "full", "run.epochs": "2000"},
    "digits, MLP, batch 32": {"run.epochs": "100"},
    "digits, MLP, batch 4": {"run.batch_size": "4", "run.epochs": "15"},
    "digits, deep MLP": {"architecture.hidden": "-".join(["128"] * 12), "run.epochs": "20"},
    "digits, CNN": {"architecture.kind": "cnn", "run.epochs": "10"},
}
CIFAR10 = {
    "CIFAR10, E's base, batch 128": ("cures-base", {"run.batch_size": "128", "run.epochs": "4"}),
    "CIFAR10, E's base, batch 1024": ("cures-base", {"run.epochs": "4"}),
    "CIFAR10, the tutorial's, batch 4": ("tutorial", {"run.epochs": "2"}),
    "CIFAR10, the pyramid": (
        "pyramid-dropout", {"data.train_images": "600", "run.epochs": "2"},
    ),
    "CIFAR10, batch norm, dropout, augmentation": (
        "cures-batch-norm",
        {
            "architecture.dropout": "0.5",
            "data.flip": "true",
            "data.crop": "4",
            "data.cutout": "8",
            "run.batch_size": "64",
            "run.epochs": "3",
        },
    ),
}  # fmt: skip
FEW = {"data.train_images": "3000", "data.validation_from": "chosen"}
SMOKE = {
    "digits, full batch, 20 epochs": {"run.batch_size": "full", "run.epochs": "20"},
    "digits, 2 epochs": {"run.epochs": "2"},
}


def measure(smoke: bool = False) -> list[Row]:
    """Return for each run what was said, what it took, and by which factor the two differ."""
    found: Mapping[str, Mapping[str, str]] = SMOKE if smoke else DIGITS
    if not smoke and has_cifar10():
        found = dict(found) | {
            name: RECIPES[recipe].config.settings() | FEW | changes
            for name, (recipe, changes) in CIFAR10.items()
        }
    rows = []
    with working() as engine:
        for name, changes in found.items():
            rows += _compared(engine, name, config_of(changes))
    return rows


def _compared(engine: Engine, name: str, config: RunConfig) -> list[Row]:
    engine.speeds.of(config)
    wait(lambda: engine.ready and not engine.speeds.awaited(config), 120)
    said = engine.speeds.seconds(config)
    began = time.perf_counter()
    engine.train(config)
    wait(lambda: (run := engine.store.get(config.name)) and not run.is_active, 300)
    took = time.perf_counter() - began
    run = engine.store.get(config.name)
    if said is None or run is None or run.status != "finished":
        raise RuntimeError(f"{name} was not measured: {said} {run}")
    what = f"{name}, time before Train"
    return [
        row_of(f"{what}: said", said, "s"),
        row_of(f"{what}: took", took, "s"),
        row_of(f"{what}: factor", max(said / took, took / said), "×", target=FACTOR),
    ]
