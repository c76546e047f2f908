"""Figures as they are read."""

from collections.abc import Sequence
from statistics import mean

from playground.recipes import Reported


def shown(figure: Reported, value: float) -> str:
    """A figure's value: percent, nats, or a number of epochs."""
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
    if min(values) != max(values):
        low, high = (
            shown(figure, end).removesuffix("\u00a0%") for end in (min(values), max(values))
        )
        text += f" [{low}–{high}]"
    count = f"n\u00a0=\u00a0{len(values)}" if n else ""
    return ", ".join(filter(None, [text, count, diverged]))
