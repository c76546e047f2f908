"""Figures as they are read."""

from collections.abc import Sequence
from statistics import mean

from playground.recipes import Reported
from playground.reproduction.measured import Measured

GUESSING = 0.115
"""Accuracy up to which a network of ten classes is said to guess: a tenth, and what the ten
thousand images of a test leave to chance, five times over."""


def shown(figure: Reported, value: float | None) -> str:
    """A figure's value: percent, nats, or a number of epochs; a dash for None."""
    if value is None:
        return "–"
    if figure.quantity == "accuracy":
        return f"{100 * value:.1f}\u00a0%"
    return f"{value:.3f}" if figure.quantity == "loss" else f"{value:.0f}"


def told(figure: Reported, values: Sequence[float], lost: int = 0, n: bool = True) -> str:
    """The mean over seeds, in brackets the lowest and the highest, and of how many it is.

    ``lost`` seeds diverged and have no figure; ``n`` says how many have. A dash where nothing was
    run.
    """
    diverged = f"{lost} diverged" if lost else ""
    if not values:
        return diverged or "–"
    text = shown(figure, mean(values))
    if figure.quantity == "accuracy" and not figure.of_class and mean(values) < GUESSING:
        text += " (guessing)"
    if min(values) != max(values):
        low, high = (
            shown(figure, end).removesuffix("\u00a0%") for end in (min(values), max(values))
        )
        text += f" [{low}–{high}]"
    count = f"n\u00a0=\u00a0{len(values)}" if n else ""
    return ", ".join(filter(None, [text, count, diverged]))


def of_measured(figure: Reported, measured: Measured | None, n: bool = True) -> str:
    """A recipe's own figure as it was measured, with the precision of its training where that was
    bfloat16; a dash where it was not measured."""
    if measured is None:
        return "–"
    cell = measured.cells[0]
    said = told(figure, cell.known(figure.key), cell.lost(figure.key), n)
    return f"{said}, bfloat16" if "bfloat16" in measured.precisions and said != "–" else said
