"""What was measured of a recipe with several seeds, and the file that keeps it."""

import fcntl
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from types import MappingProxyType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from playground import formats
from playground.errors import UserError
from playground.recipes import RECIPES, Reported, Scale
from playground.recipes.reproduction.figures import Figures
from playground.results import Execution
from playground.store import Run
from playground.store.legacy_execution import execution_from

MEASURED = Path(__file__).with_name("measured.json")
TOLERANCE = {"accuracy": 0.03, "loss": 0.1}
"""How far a reported figure may lie outside the interval of our mean and still be called the same:
3 points of accuracy, 0.1 of loss."""
MIN_SEEDS = 3
"""Seeds under which a figure is not judged."""
CONFIDENCE = 0.95
"""Of the t-interval of our mean."""
WIDEST_INTERVAL = {"accuracy": 0.05, "loss": 0.2}
"""Half of the widest interval by which a figure is judged: if seeds lie farther apart, as when
some of them guess, everything would agree."""
_JPEG_COPIES = "6ce569bf644c3025b2d30a2e2f7e8f9828d68dbb181dde93a778790166f190e0"
"""CIFAR10 whose pixels were decoded from JPEG copies: they differ a little from the published."""


class MeasuredError(UserError):
    """The file of measured figures cannot be used; the message says what to do."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class MeasuredConfig(_Frozen):
    """One config of a recipe with all its seeds: the recipe's own, or one of its grid."""

    values: tuple[str, ...] = ()
    """The value on each axis of the recipe's grid."""
    family: str
    """The config's name whatever the seed: figures stand for this config and no other."""
    figures: dict[str, dict[int, float | None]]
    """By Reported.key and seed; None if a seed's run came to no such figure, as it diverged. A
    figure that was not taken of a seed is not there."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that were measured, in order."""
        return tuple(sorted({seed for values in self.figures.values() for seed in values}))

    def known(self, key: str) -> list[float]:
        """List the seeds' values of a figure, without those that came to none."""
        values = self.figures.get(key, {})
        return [one for seed in sorted(values) if (one := values[seed]) is not None]

    def lost(self, key: str) -> int:
        """Count the seeds that came to none, as they diverged."""
        return sum(value is None for value in self.figures.get(key, {}).values())

    def has(self, seed: int, keys: Iterable[str]) -> bool:
        """Say whether these figures of a seed were measured."""
        return all(seed in self.figures.get(key, {}) for key in keys)


class Measured(_Frozen):
    """A recipe at a scale as we measured it."""

    recipe: str
    scale: Scale
    cells: tuple[MeasuredConfig, ...] = Field(min_length=1)
    images: dict[str, PositiveInt]
    """Images of each split."""
    epochs: int
    """Epochs that were asked for."""
    seconds: float
    """Training time of the quickest run: the others waited for other programs."""
    devices: tuple[str, ...]
    executions: tuple[Execution, ...] = ()
    """How runs were computed, in the order of their words; empty if that was not kept."""
    versions: dict[str, str]
    """By package; several are joined by commas."""
    data: str
    """The fingerprint of the data set."""
    day: str
    """When the last run ended, such as 2026-11-25."""
    curves: dict[str, tuple[float, ...]] = {}
    """Seed 0's figures epoch by epoch, by Reported.key; of the recipes that are drawn so. All are
    of as many epochs."""

    @model_validator(mode="before")
    @classmethod
    def _of_prose(cls, row: Any) -> Any:
        """Read a row of a file from before executions were written as data."""
        if not isinstance(row, dict) or "paths" not in row:
            return row
        paths, devices = row["paths"], row.get("devices") or [""]
        if not (_are_texts(paths) and _are_texts(devices)):
            return row  # refused, as it has a field that there is not
        executions = [execution_from(path, devices[0]) for path in paths]
        return {k: v for k, v in row.items() if k != "paths"} | {"executions": executions}

    @model_validator(mode="after")
    def _curves_are_of_as_many_epochs(self) -> Self:
        if len(set(map(len, self.curves.values()))) > 1 or () in self.curves.values():
            raise ValueError("curves of different lengths, or of no epoch")
        return self

    @property
    def runs(self) -> int:
        """The fewest seeds of any cell."""
        return min(len(cell.seeds) for cell in self.cells)

    @property
    def precisions(self) -> tuple[str, ...]:
        """Of the arithmetic in training, such as ``bfloat16``; empty if that was not kept."""
        return tuple(sorted({one.precision for one in self.executions}, reverse=True))

    def execution_text(self) -> str:
        """Tell how its runs were computed, such as ``2 threads, bfloat16``; empty if that was
        not kept."""
        return "; ".join(dict.fromkeys(one.describe() for one in self.executions))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def agrees(reported: Reported, values: Sequence[float]) -> bool | None:
    """Tell whether a reported figure lies within the t-interval of the mean of ours, widened by
    TOLERANCE.

    None if that is not judged: there are fewer than MIN_SEEDS values, their interval is wider
    than WIDEST_INTERVAL, it is a number of epochs, or nothing was reported.
    """
    near = TOLERANCE.get(reported.quantity)
    if near is None or reported.value is None or len(values) < MIN_SEEDS:
        return None
    from scipy.stats import t  # takes long to import, and pages judge few figures

    half = t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * stdev(values) / sqrt(len(values))
    if half > WIDEST_INTERVAL[reported.quantity]:
        return None
    return bool(abs(reported.value - mean(values)) <= half + near + 1e-9)


def measured_of(
    recipe: str,
    scale: Scale,
    cells: Mapping[tuple[str, ...], Sequence[tuple[Run, Figures]]],
    curves: Mapping[str, Sequence[float]] = MappingProxyType({}),
) -> Measured:
    """Put runs together: by the values on the recipe's axes, each seed's run and its figures."""
    runs = [run for pairs in cells.values() for run, _ in pairs]
    first = next((run for run in runs if run.is_measured), runs[0])
    return Measured(
        recipe=recipe,
        scale=scale,
        cells=tuple(_cell(values, pairs) for values, pairs in cells.items()),
        images={s: scores.images for s, scores in first.scores.items() if scores},
        epochs=RECIPES[recipe].at(scale).run.epochs,
        seconds=round(min(run.seconds or 0 for run in runs), 2),
        devices=tuple(sorted({run.device for run in runs if run.device})),
        executions=_in_order(run.execution for run in runs),
        versions={
            package: ", ".join(sorted({run.versions.get(package, "?") for run in runs}))
            for package in first.versions
        },
        data=first.fingerprint,
        day=formats.iso_day(max(run.ended or 0 for run in runs)),
        curves={key: tuple(round(one, 4) for one in values) for key, values in curves.items()},
    )


def _in_order(executions: Iterable[Execution | None]) -> tuple[Execution, ...]:
    return tuple(sorted({one for one in executions if one}, key=Execution.describe))


def _cell(values: tuple[str, ...], pairs: Sequence[tuple[Run, Figures]]) -> MeasuredConfig:
    figures: dict[str, dict[int, float | None]] = {}
    for run, found in pairs:
        for key, value in found.items():
            figures.setdefault(key, {})[run.config.run.seed] = _rounded(value)
    return MeasuredConfig(values=values, family=pairs[0][0].family, figures=figures)


def merge(known: Measured, new: Measured) -> Measured:
    """Merge both: more seeds and more members of a grid, of the same recipe, scale and data.

    Where a seed was measured twice, the ``new`` one stands.
    """
    cells = {cell.values: cell for cell in known.cells}
    for cell in new.cells:
        before = cells.get(cell.values)
        cells[cell.values] = _merged_configs(before, cell) if before else cell
    versions = {
        package: ", ".join(sorted({*known.versions.get(package, "?").split(", "), *new_ones}))
        for package, new_ones in ((name, said.split(", ")) for name, said in new.versions.items())
    }
    return new.model_copy(
        update={
            "cells": tuple(cells.values()),
            "images": new.images or known.images,  # of a run that diverged none were measured
            "seconds": min(known.seconds, new.seconds),
            "devices": tuple(sorted({*known.devices, *new.devices})),
            "executions": _in_order([*known.executions, *new.executions]),
            "versions": versions,
            "day": max(known.day, new.day),
            "curves": new.curves or known.curves,
        }
    )


def _merged_configs(known: MeasuredConfig, new: MeasuredConfig) -> MeasuredConfig:
    keys = dict.fromkeys([*known.figures, *new.figures])
    figures = {
        key: dict(sorted({**known.figures.get(key, {}), **new.figures.get(key, {})}.items()))
        for key in keys
    }
    return new.model_copy(update={"figures": figures})


def describe_data(measured: Measured) -> str:
    """Describe which data the figures are of: its fingerprint's first digits, and what is known of
    it."""
    copies = " (decoded from JPEG copies)" if measured.data == _JPEG_COPIES else ""
    return f"{RECIPES[measured.recipe].config.data.name} {measured.data[:8]}{copies}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def read(path: Path = MEASURED) -> dict[tuple[str, str], Measured]:
    """Read what was measured, by recipe and scale; empty if the file is not there.

    Figures of a config that the recipe no longer has are left out. Raises MeasuredError.
    """
    try:
        rows = json.loads(path.read_text("utf-8"))
        found = [Measured.model_validate(row) for row in rows]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise MeasuredError(
            f"{path.name} cannot be read ({type(error).__name__}): move it away, and write a new "
            "one with python -m playground reproduce."
        ) from None
    return {(one.recipe, one.scale): one for one in found if _stands(one)}


def _stands(measured: Measured) -> bool:
    """Tell whether its figures are those of the recipe as it is now."""
    recipe = RECIPES.get(measured.recipe)
    if recipe is None or measured.scale not in recipe.scales():
        return False
    members = recipe.sweep(measured.scale).members()
    there = {(member.values, member.config.family) for member in members}
    return {(cell.values, cell.family) for cell in measured.cells} <= there


def keep(measured: Measured, path: Path = MEASURED) -> dict[tuple[str, str], Measured]:
    """Enter it into the file, beside what is there of the same data; gives all that is there now.

    Of other data it stands in place of what was there, unless that has more seeds.
    """
    with _alone(path):
        return _keep(measured, path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let no other program change the file meanwhile: two that do would lose each other's."""
    with path.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _keep(measured: Measured, path: Path) -> dict[tuple[str, str], Measured]:
    all_of_it = read(path)
    known = all_of_it.get((measured.recipe, measured.scale))
    if known and known.data == measured.data:
        measured = merge(known, measured)
    if known is None or known.data == measured.data or known.runs <= measured.runs:
        all_of_it[measured.recipe, measured.scale] = measured
    order = {name: place for place, name in enumerate(RECIPES)}
    rows = sorted(all_of_it.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    lines = ",\n".join(row.model_dump_json() for _, row in rows)
    beside = path.with_suffix(".partial")
    beside.write_text(f"[\n{lines}\n]\n", "utf-8")
    beside.replace(path)
    return all_of_it
