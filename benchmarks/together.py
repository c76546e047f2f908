"""Many at once: 1, 4 and 16 variants of the digits MLP in one stack, beside one trained alone."""

import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the app's worker has it

from benchmarks.rows import Row, row_of
from playground import settings
from playground.config import Adam, Regularization, Run, RunConfig
from playground.training import train, train_together

COUNTS = (1, 4, 16)
TIMES = 7
CASES: dict[str, tuple[int | str, int, float]] = {
    "batch 32": (32, 40, 3.0),
    "full batch": ("full", 600, 6.0),
}
"""Batch size, epochs, and the target of 16 variants' time by that of one."""


def measure(smoke: bool = False) -> list[Row]:
    """Rows of whole runs in seconds, from reading the data to the results, and of the ratios."""
    folder = settings.read().data
    rows: list[Row] = []
    for name, (batch, epochs, target) in CASES.items():
        run = Run(batch_size=batch, epochs=max(2, epochs // 20) if smoke else epochs, device="cpu")
        ways: dict[str, Callable[[], float]] = {
            "1 alone": partial(_alone, RunConfig(run=run), folder)
        }
        for count in COUNTS:
            ways[f"{count} at once"] = partial(_at_once, _variants(run, count), folder)
        rows += _compare(f"digits MLP, {name}", ways, 2 if smoke else TIMES, target)
    return rows


def _variants(run: Run, count: int) -> list[RunConfig]:
    """Configs that differ in seed, learning rate and weight decay."""
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
        row_of(f"{name}: {way}", statistics.median(found), "s", times)
        | {"low": min(found), "high": max(found)}
        for way, found in seconds.items()
    ]
    for way, found in list(seconds.items())[1:]:
        turns = [a / b for a, b in zip(found, alone, strict=True)]
        ratio = statistics.median(found) / statistics.median(alone)
        rows.append(
            row_of(f"{name}: {way} ÷ 1 alone", ratio, "×", times)
            | {"low": min(turns), "high": max(turns)}
        )
    return [*rows[:-1], rows[-1] | {"target": target, "at_most": True}]


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
