"""The progress of a run: its epochs as they come, when it is over, and its status."""

from collections.abc import Sequence

import numpy as np
import torch

from playground import formats
from playground.config import RunConfig
from playground.results import EpochMetrics, Status
from playground.training.early_stopping import EarlyStopper


class RunProgress:
    """What a run has come to so far."""

    def __init__(self, config: RunConfig, classes: int) -> None:
        self.config, self.classes = config, classes
        self.status: Status = "finished"
        self.message = ""
        self.history: list[EpochMetrics] = []
        self.best_epoch: int | None = None
        self.seconds = 0.0
        self._patience = EarlyStopper(config.regularization.early_stopping)
        self._predicted: list[torch.Tensor] = []

    def take(self, metrics: EpochMetrics, predicted: torch.Tensor | None) -> bool:
        """Add an epoch, with the classes it predicts for the validation images (n,).

        Gives whether the weights are to be kept, as the best so far.
        """
        self.history.append(metrics)
        if predicted is not None:
            small = torch.uint8 if self.classes <= 256 else torch.int32
            self._predicted.append(predicted.to(small))  # brought to the CPU once, at the end
        gained = self._patience.improved(metrics)
        if gained:
            self.best_epoch = metrics.epoch
        if self._patience.is_over and metrics.epoch < self.config.run.epochs:
            self.message = f"Stopped early: no gain since epoch {self.best_epoch}."
        return gained and self._patience.config.keep == "best"

    @property
    def is_over(self) -> bool:
        """Whether there is no epoch to come."""
        ended = self.status != "finished" or self._patience.is_over
        return ended or len(self.history) == self.config.run.epochs

    @property
    def epoch(self) -> int:
        """The number of the epoch that comes next, or in which the run ended."""
        return len(self.history) + 1

    def mark_restored(self) -> None:
        """Record that the best epoch's weights were put back."""
        self.message = f"{self.message} The weights of epoch {self.best_epoch} were kept.".strip()

    def stop(self, went_back: bool = False) -> None:
        """Record that somebody asked for an end. If it ``went_back``, the network is as it was
        after the last whole epoch."""
        self.status, self.message = "stopped", f"Stopped in epoch {self.epoch}."
        if went_back:
            self.message += f" The weights are those after epoch {len(self.history)}."

    def mark_unmeasured(self, splits: Sequence[str]) -> None:
        """Record a stop before the images of these splits were measured, or their mirror images
        if there are none."""
        if self.status == "finished":
            said = f"Stopped after epoch {len(self.history)}. {self.message}"
            self.status, self.message = "stopped", said.strip()
        names = formats.listed(
            ["training" if split == "train" else split for split in splits or ("mirrored test",)]
        )
        self.message += f" There was no time to measure the {names} images."

    def diverge(self) -> None:
        """Record that the numbers are no longer finite."""
        self.status = "diverged"
        self.message = (
            f"The loss or its gradient stopped being finite in epoch {self.epoch}, so the run "
            "ended."
        )

    def matrices(self, labels: torch.Tensor) -> np.ndarray | None:
        """Count the validation's confusion matrices, int32 (epochs, classes, classes), by true
        class.

        ``labels`` are the validation's, int64 (n,). Counted at the end: in a digits run it would
        take as long as a tenth of each epoch.
        """
        if not self._predicted:
            return None
        rows = labels.cpu() * self.classes
        predicted = torch.stack(self._predicted).cpu()
        counts = [torch.bincount(rows + p, minlength=self.classes**2) for p in predicted]
        shape = (-1, self.classes, self.classes)
        return torch.stack(counts).view(shape).to(torch.int32).numpy()
