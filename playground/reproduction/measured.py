"""What was measured of a recipe with several seeds, and the file that keeps it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from playground.recipes import RECIPES, Reported, Scale
from playground.refusal import Refusal
from playground.reproduction.figures import Figures
from playground.runs import Run

MEASURED = Path(__file__).with_name("measured.json")
NEAR = {"accuracy": 0.03, "loss": 0.1}
"""How far outside the range of our seeds a reported figure may lie and still be called the same:
3 points of accuracy, 0.1 nats of loss."""
ENOUGH = 3
"""Seeds from which on their range says anything."""

USUAL = (Reported(0.0, "train"), Reported(0.0, "validation"), Reported(0.0, "test"))
"""What is told of a recipe of which nothing was reported."""
_JPEG_COPIES = "6ce569bf644c3025b2d30a2e2f7e8f9828d68dbb181dde93a778790166f190e0"
"""CIFAR10 whose pixels were decoded from JPEG copies: they differ a little from the published."""


class MeasuredError(Refusal):
    """The file of measured figures cannot be used; the message says what to do."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cell(_Frozen):
    """One config of a recipe with all its seeds: the recipe's own, or one of its family."""

    values: tuple[str, ...] = ()
    """The value on each axis of the recipe's family."""
    family: str
    """The config's name whatever the seed: figures stand for this config and no other."""
    figures: dict[str, tuple[float | None, ...]]
    """By Reported.key, one for each seed; None where a run came to none."""

    def known(self, key: str) -> list[float]:
        """The seeds' values of a figure, without those that came to none."""
        return [value for value in self.figures.get(key, ()) if value is not None]

    def lost(self, key: str) -> int:
        """How many seeds came to none, as they diverged."""
        return sum(value is None for value in self.figures.get(key, ()))


class Measured(_Frozen):
    """A recipe at a scale as we measured it."""

    recipe: str
    scale: Scale
    seeds: tuple[int, ...]
    cells: tuple[Cell, ...]
    images: dict[str, int]
    """Images of each split."""
    epochs: int
    """Epochs that were asked for."""
    seconds: float
    """Training time of one run, the mean over all."""
    devices: tuple[str, ...]
    versions: dict[str, str]
    """By package; several are joined by commas."""
    data: str
    """The fingerprint of the data set."""
    day: str
    """When the last run ended, such as 2026-11-25."""
    curves: dict[str, tuple[float, ...]] = {}
    """The first seed's figures epoch by epoch, by Reported.key; kept of what takes long in full."""

    @property
    def runs(self) -> int:
        """Runs behind each figure."""
        return len(self.seeds)


def agrees(reported: Reported, values: Sequence[float]) -> bool | None:
    """Whether a reported figure lies within the range of ours, widened by NEAR.

    None where that cannot be said: too few seeds were measured, or it is a number of epochs.
    """
    near = NEAR.get(reported.quantity)
    if near is None or len(values) < ENOUGH:
        return None
    return (
        min(values) - near <= reported.value + 1e-9 and reported.value - 1e-9 <= max(values) + near
    )


def measured_of(
    recipe: str,
    scale: Scale,
    seeds: Sequence[int],
    cells: Mapping[tuple[str, ...], list[tuple[Run, Figures]]],
) -> Measured:
    """Put runs together: by the values on the recipe's axes, each seed's run and its figures."""
    runs = [run for pairs in cells.values() for run, _ in pairs]
    first = next((run for run in runs if run.is_measured), runs[0])
    return Measured(
        recipe=recipe,
        scale=scale,
        seeds=tuple(seeds),
        cells=tuple(
            Cell(values=values, family=pairs[0][0].family, figures=_together(pairs))
            for values, pairs in cells.items()
        ),
        images={s: scores.images for s, scores in first.scores.items() if scores},
        epochs=RECIPES[recipe].at(scale).run.epochs,
        seconds=round(sum(run.seconds or 0 for run in runs) / len(runs), 2),
        devices=tuple(sorted({run.device for run in runs if run.device})),
        versions={
            package: ", ".join(sorted({run.versions.get(package, "?") for run in runs}))
            for package in first.versions
        },
        data=first.fingerprint,
        day=datetime.fromtimestamp(max(run.ended or 0 for run in runs), UTC).strftime("%Y-%m-%d"),
    )


def origin(measured: Measured) -> str:
    """Which data the figures are of: its fingerprint's first digits, and what is known of it."""
    copies = " (decoded from JPEG copies)" if measured.data == _JPEG_COPIES else ""
    return f"{RECIPES[measured.recipe].config.data.name} {measured.data[:8]}{copies}"


def _together(pairs: Sequence[tuple[Run, Figures]]) -> dict[str, tuple[float | None, ...]]:
    keys = dict.fromkeys(key for _, figures in pairs for key in figures)
    return {key: tuple(_rounded(figures.get(key)) for _, figures in pairs) for key in keys}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def read(path: Path = MEASURED) -> dict[tuple[str, str], Measured]:
    """What was measured, by recipe and scale; empty where the file is not there.

    Figures of a config that the recipe no longer has are left out. Raises MeasuredError.
    """
    try:
        rows = json.loads(path.read_text("utf-8"))
        found = [Measured.model_validate(row) for row in rows]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, ValidationError) as error:
        raise MeasuredError(
            f"{path.name} cannot be read ({type(error).__name__}): write it again with "
            "python -m playground reproduce."
        ) from None
    return {(one.recipe, one.scale): one for one in found if _stands(one)}


def _stands(measured: Measured) -> bool:
    """Whether its figures are those of the recipe as it is now."""
    recipe = RECIPES.get(measured.recipe)
    if recipe is None or measured.scale not in recipe.scales():
        return False
    families = {member.config.family for member in recipe.sweep(measured.scale).members()}
    return {cell.family for cell in measured.cells} <= families


def keep(measured: Measured, path: Path = MEASURED) -> dict[tuple[str, str], Measured]:
    """Enter it into the file; gives all that is in the file now.

    It stands in place of what was there, unless that has more seeds.
    """
    all_of_it = read(path)
    known = all_of_it.get((measured.recipe, measured.scale))
    if known is None or known.runs <= measured.runs:
        all_of_it[measured.recipe, measured.scale] = measured
    order = {name: place for place, name in enumerate(RECIPES)}
    rows = sorted(all_of_it.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    lines = ",\n".join(row.model_dump_json() for _, row in rows)
    beside = path.with_suffix(".partial")
    beside.write_text(f"[\n{lines}\n]\n", "utf-8")
    beside.replace(path)
    return all_of_it
