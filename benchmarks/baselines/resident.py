"""What the best loops begin with, and the figures they end an epoch with."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.baselines.networks import pooled_first

Figures = tuple[float, ...]
"""Training loss and accuracy, validation loss and accuracy of an epoch; of the best loop the length
of the last gradient too, as ours has it."""


@dataclass(frozen=True)
class Split:
    """Images uint8 (n, height, width, channels) with labels int64 (n,), for training and for
    validation."""

    images: np.ndarray
    labels: np.ndarray
    validation_images: np.ndarray
    validation_labels: np.ndarray


class Resident:
    """A network and, on the device, its scaled images and labels: for training, and unseen."""

    def __init__(
        self,
        split: Split,
        network: Callable[[], nn.Sequential],
        device: torch.device,
        *,
        scale: tuple[float, float],
        channels_last: bool = False,
    ) -> None:
        """Put the images on the device; ``scale``: pixels times this, plus that."""
        torch.manual_seed(0)
        factor, shift = scale
        form = torch.channels_last if channels_last else torch.contiguous_format
        self.model = pooled_first(network()).to(device).to(memory_format=form)
        self.images, self.unseen = (
            (
                torch.from_numpy(some).to(device).permute(0, 3, 1, 2).float() * factor + shift
            ).contiguous(memory_format=form)
            for some in (split.images, split.validation_images)
        )
        self.labels, self.unseen_labels = (
            torch.from_numpy(some).to(device) for some in (split.labels, split.validation_labels)
        )

    def figures(
        self, kept: torch.Tensor, seen: torch.Tensor, loss: torch.Tensor, evaluated: int
    ) -> Figures:
        """Return an epoch's figures, from its logits ``kept`` for the labels ``seen``; of the
        unseen ``evaluated`` images are evaluated at once."""
        slopes = (parameter.grad for parameter in self.model.parameters())
        gradient = torch.cat([slope.flatten() for slope in slopes if slope is not None])
        with torch.inference_mode():
            parts = [self.model(some) for some in self.unseen.split(evaluated)]
            answers = torch.cat(parts) if len(parts) > 1 else parts[0]
            return (
                loss.item(),
                (kept.argmax(1) == seen).sum().item() / len(seen),
                cross_entropy(answers, self.unseen_labels).item(),
                (answers.argmax(1) == self.unseen_labels).sum().item() / len(self.unseen_labels),
                torch.linalg.vector_norm(gradient).item(),
            )


def cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return mean over many images: on a CPU over columns, which is faster there than over rows of
    ten."""
    if len(logits) < 64 or logits.device.type != "cpu":
        return F.cross_entropy(logits, labels)
    return F.cross_entropy(logits.t()[None], labels[None])
