"""What is known of a recipe's figures: reported, measured with the playground, and here."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import streamlit as st

from playground.config import RunConfig
from playground.data import datasets
from playground.data.datasets import DataError
from playground.recipes import RECIPES, Recipe, Reported, Scale, Series, reproduction
from playground.recipes.reproduction import Judged, Measured, MeasuredError, agrees, describe_data
from playground.service import Engine
from playground.store import Run, StoreError

SeedValues = dict[str, list[float]]
"""By Reported.key, the values of the seeds."""


class Evidence:
    """The figures of recipes for one drawing of the page. ``scale`` is what Run trains."""

    def __init__(self, engine: Engine, scale: Scale) -> None:
        self.engine, self.scale, self.problem = engine, scale, ""
        self._measured: dict[tuple[str, str], Measured] = {}
        self._runs: dict[str, list[Run]] = {}
        self._here: dict[str, None] = {}
        try:
            changed = reproduction.MEASURED.stat().st_mtime_ns
            self._measured = _read(changed)
        except FileNotFoundError:
            pass
        except (MeasuredError, OSError) as error:
            self.problem = str(error)

    def scale_of(self, recipe: Recipe) -> Scale:
        """Return what Run trains of a recipe: one without a quick form is trained in full."""
        return self.scale if recipe.quick else "full"

    def config(self, recipe: Recipe) -> RunConfig:
        """Return what Try and Run take of a recipe."""
        return recipe.at(self.scale_of(recipe))

    def measured(self, name: str, scale: Scale) -> Measured | None:
        """Return what came with the playground."""
        return self._measured.get((name, scale))

    def judged(self, series: Series, scale: Scale) -> Iterator[Judged]:
        """Judge whether what came with the playground bears out what a series is to show."""
        return reproduction.judge(series, scale, self._measured)

    def runs(self, recipe: Recipe) -> list[Run]:
        """Return the runs of a recipe at the scale, whatever their seed, that this store holds;
        without those that a sweep trained in a stack."""
        config = self.config(recipe)
        if config.family not in self._runs:
            try:
                fingerprint = datasets.fingerprint(config.data, self.engine.data)
                found = self.engine.store.family(config.family, fingerprint)
            except (DataError, StoreError):
                found = []
            self._runs[config.family] = [run for run in found if not run.is_stacked]
        return self._runs[config.family]

    def here(self, recipe: Recipe) -> SeedValues:
        """Return the figures of those runs that finished."""
        found: SeedValues = {}
        for run in self.runs(recipe):
            if run.status != "finished":
                continue
            self._here[f"{run.device}, torch {run.versions.get('torch', '?')}"] = None
            for key, value in _figures(self.engine, run, recipe).items():
                found.setdefault(key, []).append(value)
        return found

    def conditions(self, names: Sequence[str]) -> list[str]:
        """Describe on what, with what and when the figures were measured: a line for each that
        differs, with the recipes it holds for if there are several.

        To be called last: it tells of the runs here whose figures were asked for.
        """
        lines: dict[str, list[str]] = {}
        for name in names:
            for scale in RECIPES[name].scales():
                if one := self.measured(name, scale):
                    versions = ", ".join(f"{k} {v}" for k, v in one.versions.items())
                    how = f", in {' and '.join(one.precisions)}" if one.precisions else ""
                    data = describe_data(one)
                    line = f"{'; '.join(one.devices)}{how}; {versions}; {data}; {one.day}."
                    lines.setdefault(line, []).append(f"{name} ({scale})")
        texts = [
            f"Measured{'' if len(lines) == 1 else ', ' + ', '.join(which)}: {line}"
            for line, which in lines.items()
        ]
        return [*texts, *([f"Here: {'; '.join(self._here)}."] if self._here else [])]


@lru_cache(maxsize=1)
def _read(changed: int) -> dict[tuple[str, str], Measured]:
    return reproduction.read()


def _figures(engine: Engine, run: Run, recipe: Recipe) -> dict[str, float]:
    """Return a stored run's figures; none if its files cannot be read just now."""
    try:
        return _kept(run.name, run.ended, recipe.reported, engine, run)
    except (StoreError, DataError):
        return {}


@st.cache_data(max_entries=500, show_spinner=False)
def _kept(
    name: str, ended: float | None, reported: tuple[Reported, ...], _engine: Engine, _run: Run
) -> dict[str, float]:
    """Read the figures of a run; kept, as those by class unpack a run's predictions."""
    classes = datasets.facts(_run.config.data, _engine.data).classes
    found = reproduction.figures_of(_engine.store, _run, reported, classes)
    return {key: value for key, value in found.items() if value is not None}


def differing_figures(name: str, measured: Measured | None) -> list[Reported]:
    """Return the reported figures that ours, in full, do not bear out."""
    if measured is None or measured.scale != "full":
        return []
    cell = measured.cells[0]
    return [f for f in RECIPES[name].reported if agrees(f, cell.known(f.key)) is False]
