"""A trial of a search as the charts have it, and over which accuracies they are drawn."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

COMPLETE, PRUNED = "Complete", "Pruned"


@dataclass(frozen=True)
class TrialPoint:
    """A trial that came to an accuracy."""

    number: int
    """Counted from 1."""
    pruned: bool
    accuracy: float
    """On the validation images, 0 to 1."""
    values: tuple[float | str, ...]
    """What it chose, an axis after the other: a number, or one of the axis' choices."""
    told: str
    """The same in words."""

    @property
    def state(self) -> str:
        """What became of it, in a word."""
        return PRUNED if self.pruned else COMPLETE


def accuracy_span(points: Sequence[TrialPoint]) -> tuple[float, float]:
    """From where to where accuracies are drawn, in whole percents, with room for the better half.

    A trial may come to little more than chance; were it drawn to scale, those that matter could not
    be told apart. What is worse than the lower end stands at it.
    """
    complete = sorted(point.accuracy for point in points if not point.pruned)
    every = [point.accuracy for point in points] or [0.0, 1.0]
    low, high = min(every), max(every)
    if complete:
        low = max(low, high - max(4 * (high - statistics.median(complete)), 0.02))
    low, high = math.floor(100 * low) / 100, math.ceil(100 * high) / 100
    return min(low, high - 0.01), high


def tooltip() -> list[Any]:
    """What is told of the trial under the pointer."""
    import altair as alt

    return [
        alt.Tooltip("trial:Q", title="Trial", format="d"),
        alt.Tooltip("state:N", title="State"),
        alt.Tooltip("accuracy:Q", title="Validation accuracy", format=".1%"),
        alt.Tooltip("told:N", title="Settings"),
    ]
