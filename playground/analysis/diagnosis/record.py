"""What a diagnosis looks at: a run's config, epochs and figures; and what it comes to."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from playground.analysis import headline
from playground.config import KINDS, RunConfig, with_settings
from playground.results import EpochMetrics, Scores, Status

FEW_OF_EACH = 20
"""Images a class below which they do not tell how frequent the classes are."""


@dataclass(frozen=True)
class Change:
    """Another config to try, and what a button says of it, such as ``Train 60 epochs``."""

    label: str
    config: RunConfig


@dataclass(frozen=True)
class UnitCount:
    """The units behind an activation, and how many of them answered no image."""

    block: int
    """The number of its block, from 1; 0 of a dense layer."""
    dense: int
    """Which dense layer it is, from 1; 0 of a block."""
    units: int
    dead: int
    images: int


@dataclass(frozen=True)
class Diagnosis:
    """Something that a run's figures show."""

    sentence: str
    """In plain words."""
    evidence: str
    """The figures, as a sentence."""
    changes: tuple[Change, ...] = ()
    """What to try, the first one first."""
    epoch: int | None = None
    """The epoch at which it begins, to be marked on the curves."""
    mark: str = ""
    """What stands there."""
    kind: str = ""
    """Which one it is: the name of the function that found it."""


@dataclass(frozen=True, eq=False)
class Record:
    """A run that ended, as a diagnosis looks at it."""

    config: RunConfig
    status: Status
    epochs: Sequence[EpochMetrics]
    scores: Mapping[str, Scores | None]
    """By split; None of one that was not measured, or is not to be told."""
    confusion: np.ndarray | None = None
    """(classes, classes), the images that the run is judged by (``headline.split_of``), true class
    by row; None if that is not known."""
    units: Sequence[UnitCount] = ()
    """Layer by layer; empty if they were not counted."""

    @property
    def seen(self) -> Scores | None:
        """The scores on the training images."""
        return self.scores.get("train")

    @property
    def unseen(self) -> Scores | None:
        """The scores on the images that the run is judged by."""
        return self.scores.get(headline.split_of(self.config))

    @property
    def noun(self) -> str:
        """What those images are called: ``validation`` or ``test``."""
        return headline.split_of(self.config)

    @property
    def keeps_best(self) -> bool:
        """Whether the weights are those of the best epoch."""
        stopping = self.config.regularization.early_stopping
        return stopping.watch != "off" and stopping.keep == "best"

    @cached_property
    def shares(self) -> np.ndarray | None:
        """The share of each class of the images that the run is judged by: float64 (classes,)."""
        if self.confusion is None or not self.confusion.any():
            return None
        return self.confusion.sum(1) / self.confusion.sum()

    @cached_property
    def guess_loss(self) -> float | None:
        """The loss of always answering these shares (nats per image); None if there is one class
        only."""
        if self.shares is None or self.confusion is None:
            return None
        if self.confusion.sum() < FEW_OF_EACH * len(self.shares):  # they tell no shares
            return math.log(len(self.shares)) or None
        return -sum(share * math.log(share) for share in self.shares if share) or None

    @cached_property
    def losses(self) -> np.ndarray:
        """The training loss by epoch, without penalties: float64 (epochs,)."""
        return np.array([one.train_loss for one in self.epochs], np.float64)

    @cached_property
    def level(self) -> float | None:
        """Where the training loss ends, as a share of that of guessing."""
        if self.guess_loss is None or not len(self.losses):
            return None
        return mean_end(self.losses) / self.guess_loss

    @cached_property
    def jumps(self) -> float:
        """Which share of the way that the training loss went in its second half it went upwards:
        0 if it only fell, near 1/2 if it jumps about."""
        steps = np.diff(self.losses[len(self.losses) // 2 :])
        way = np.abs(steps).sum()
        return float(steps[steps > 0].sum() / way) if way else 0.0

    @cached_property
    def watched(self) -> np.ndarray | None:
        """The validation loss by epoch: float64 (epochs,); None if it was not watched, or was not
        a number once."""
        found = [one.validation_loss for one in self.epochs if one.validation_loss is not None]
        if not found or len(found) < len(self.epochs) or not np.isfinite(found).all():
            return None
        return np.array(found, np.float64)

    @cached_property
    def usual_rate(self) -> float:
        """The learning rate with which the optimizer begins here if nobody sets it."""
        usual: Any = KINDS["optimizer"][self.config.optimizer.name]()
        return usual.learning_rate

    @property
    def rate(self) -> float:
        """The learning rate."""
        return self.config.optimizer.learning_rate

    def change(self, label: str, **settings: object) -> tuple[Change, ...]:
        """Make a change of these settings, their dots written as ``__``; empty if the config cannot
        have them, or has them."""
        texts = {path.replace("__", "."): _text(value) for path, value in settings.items()}
        config, problems = with_settings(texts, self.config)
        return () if problems or config == self.config else (Change(label, config),)


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def smoothed(values: np.ndarray) -> np.ndarray:
    """Return each value's median with its neighbours, two to each side (one of a short series)."""
    reach = _reach(values)
    padded = np.pad(values, reach, constant_values=np.nan)
    return np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1)


def _reach(values: np.ndarray) -> int:
    return 1 if len(values) < 15 else 2


def lowest(values: np.ndarray) -> int:
    """Return the place of the lowest value near that of the lowest smoothed one."""
    middle, reach = int(np.argmin(smoothed(values))), _reach(values)
    first = max(middle - reach, 0)
    return first + int(np.argmin(values[first : middle + reach + 1]))


def mean_end(values: np.ndarray) -> float:
    """Return the mean of the last tenth, of one value at least."""
    return float(values[-max(len(values) // 10, 1) :].mean())
