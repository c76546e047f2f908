"""Figures as they are read."""

from collections.abc import Sequence
from statistics import mean

from playground import formats
from playground.analysis import evaluation
from playground.formats import NOTHING
from playground.recipes import Reported
from playground.recipes.reproduction.measured import Measured

CHANCE = 1 / 10
"""What is right by chance of ten classes, which both data sets of the articles have."""


def is_at_chance(accuracy: float, images: int) -> bool:
    """Say whether an accuracy on so many images is little better than chance."""
    return evaluation.is_at_chance(accuracy, CHANCE, images)


def format_value(figure: Reported, value: float | None) -> str:
    """Write a figure's value: percent, a loss, or a number of epochs; a dash for None."""
    if value is None:
        return NOTHING
    if figure.quantity == "accuracy":
        return formats.share(value)
    return formats.loss(value) if figure.quantity == "loss" else f"{value:.0f}"


def format_mean(
    figure: Reported, values: Sequence[float], lost: int = 0, n: bool = True, images: int = 0
) -> str:
    """Tell the mean over seeds, in brackets the lowest and the highest, and of how many it is.

    ``lost`` seeds diverged and have no figure; ``n`` says how many have. Where it is known of how
    many ``images`` an accuracy is, one of guessing is called so. A dash if nothing was run.
    """
    diverged = f"{lost} diverged" if lost else ""
    if not values:
        return diverged or NOTHING
    text = format_value(figure, mean(values))
    accuracy = figure.quantity == "accuracy" and not figure.of_class
    if images and accuracy and is_at_chance(mean(values), images):
        text += " (guessing)"
    if min(values) != max(values):
        low, high = (
            format_value(figure, end).removesuffix("\u00a0%") for end in (min(values), max(values))
        )
        text += f" [{low}–{high}]"
    count = f"n\u00a0=\u00a0{len(values)}" if n else ""
    return ", ".join(filter(None, [text, count, diverged]))


def format_measured(figure: Reported, measured: Measured | None, n: bool = True) -> str:
    """Tell a recipe's own figure as it was measured, with the precision of its training if that
    was bfloat16; a dash if it was not measured."""
    if measured is None:
        return NOTHING
    cell = measured.cells[0]
    images = measured.images.get(figure.split, 0)
    said = format_mean(figure, cell.known(figure.key), cell.lost(figure.key), n, images)
    return f"{said}, bfloat16" if "bfloat16" in measured.precisions and said != NOTHING else said
