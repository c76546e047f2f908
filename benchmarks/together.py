"""Many at once: 1, 4 and 16 variants of the digits MLP in one stack, beside one trained alone; and
how long thirty visitors wait who press Train, and a sweep of thirty runs."""

import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the app's worker has it

from benchmarks.engines import working
from benchmarks.rows import Row, aimed, ranged, row_of
from playground import environment
from playground.config import Adam, Regularization, Run, RunConfig
from playground.config.sweeps import Sweep
from playground.service import Engine
from playground.training import train, train_together

CLASS = 30
"""Visitors who press Train, and runs of a sweep."""
COUNTS = (1, 4, 16)
TIMES = 7
CASES: dict[str, tuple[int | str, int, float]] = {
    "batch 32": (32, 40, 3.0),
    "full batch": ("full", 600, 6.0),
}
"""Batch size, epochs, and the target of 16 variants' time by that of one."""


def measure(smoke: bool = False) -> list[Row]:
    """Return rows of whole runs in seconds, from reading the data to the results, and of the
    ratios."""
    folder = environment.read().data
    rows: list[Row] = []
    for name, (batch, epochs, target) in CASES.items():
        run = Run(batch_size=batch, epochs=max(2, epochs // 20) if smoke else epochs, device="cpu")
        ways: dict[str, Callable[[], float]] = {
            "1 alone": partial(_alone, RunConfig(run=run), folder)
        }
        for count in COUNTS:
            ways[f"{count} at once"] = partial(_at_once, _variants(run, count), folder)
        rows += _compare(f"digits MLP, {name}", ways, 2 if smoke else TIMES, target)
    return rows + _of_a_class(2 if smoke else TIMES, 3 if smoke else CLASS)


def _variants(run: Run, count: int) -> list[RunConfig]:
    """Return configs that differ in seed, learning rate and weight decay."""
    return [
        RunConfig(
            optimizer=Adam(learning_rate=0.001 * (1 + place % 4)),
            regularization=Regularization(weight_decay=0.0001 * (place % 3)),
            run=run.model_copy(update={"seed": place}),
        )
        for place in range(count)
    ]


def _compare(
    name: str, ways: dict[str, Callable[[], float]], times: int, target: float
) -> list[Row]:
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(times):
        for way, run in ways.items():
            seconds[way].append(run())
    alone = seconds["1 alone"]
    rows = [
        ranged(row_of(f"{name}: {way}", statistics.median(found), "s", times), found)
        for way, found in seconds.items()
    ]
    for way, found in list(seconds.items())[1:]:
        turns = [a / b for a, b in zip(found, alone, strict=True)]
        ratio = statistics.median(found) / statistics.median(alone)
        rows.append(ranged(row_of(f"{name}: {way} ÷ 1 alone", ratio, "×", times), turns))
    aimed(rows[-1], target, at_most=True)
    return rows


def _alone(config: RunConfig, folder: Path) -> float:
    began = time.perf_counter()
    for _ in train(config, folder):
        pass
    return time.perf_counter() - began


def _at_once(configs: list[RunConfig], folder: Path) -> float:
    began = time.perf_counter()
    for _ in train_together(configs, folder):
        pass
    return time.perf_counter() - began


def _of_a_class(times: int, count: int) -> list[Row]:
    """Return rows of the seconds until the last of ``count`` runs of the default settings is
    there."""
    seconds: dict[str, list[float]] = {"visitors who press Train": [], "runs of a sweep": []}
    with working() as engine:
        while not engine.ready:
            time.sleep(0.1)
        for turn in range(times):
            first = 2 * turn * count
            seeds = range(first, first + 2 * count)
            seconds["visitors who press Train"].append(_pressed(engine, seeds[:count]))
            seconds["runs of a sweep"].append(_swept(engine, seeds[count:]))
    return [
        ranged(row_of(f"{count} {what}", statistics.median(found), "s", times), found)
        for what, found in seconds.items()
    ]


def _pressed(engine: Engine, seeds: range) -> float:
    began = time.perf_counter()
    for seed in seeds:
        engine.train(RunConfig().with_seed(seed), f"visitor {seed}")
    return _until_all_ended(engine, began)


def _swept(engine: Engine, seeds: range) -> float:
    began = time.perf_counter()
    engine.sweeps.start(Sweep(base=RunConfig(), seeds=tuple(seeds)))
    return _until_all_ended(engine, began)


def _until_all_ended(engine: Engine, began: float) -> float:
    while engine.count:
        time.sleep(0.01)
    return time.perf_counter() - began
