"""The one figure that stands for a run: how many unseen images it has right, and how surely."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from playground.config import RunConfig
from playground.results import EpochMetrics, Scores
from playground.store import Run

_Z = NormalDist().inv_cdf(0.975)
Split = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Headline:
    """An accuracy (0 to 1) on so many images of a split."""

    split: Split
    accuracy: float
    images: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy on other images of the same kind (Wilson 1927): what
        so many images leave open. It says nothing of other seeds."""
        n, p = self.images, self.accuracy
        middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        return max(middle - half, 0.0), min(middle + half, 1.0)

    @property
    def margin(self) -> float:
        """Half the width of the interval."""
        low, high = self.interval
        return (high - low) / 2


def split_of(config: RunConfig) -> Split:
    """Return the images that a run is judged by: validation, so that the test is left for the end;
    the test if there is no validation."""
    return "validation" if config.data.validation in ("random", "end") else "test"


def of_run(run: Run) -> Headline | None:
    """Return the figure of a run that was measured; None of one that was not."""
    split = split_of(run.config)
    scores = run.scores[split]
    return _of_scores(split, scores) if scores else None


def _of_scores(split: Split, scores: Scores) -> Headline:
    return Headline(split, scores.accuracy, scores.images)


def of_epoch(config: RunConfig, epoch: EpochMetrics, images: int) -> Headline | None:
    """Return the figure after an epoch, of so many validation images; None if none are watched."""
    accuracy = epoch.validation_accuracy
    if accuracy is None or not images:
        return None
    return Headline(split_of(config), accuracy, images)
