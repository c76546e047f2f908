"""A split's images on the device, as a network sees them, and what it makes of them."""

from collections.abc import Callable
from math import prod

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from playground import datasets
from playground.architecture import Plan
from playground.records import Scores

EVALUATION_VALUES = 25_000_000
"""Numbers that one layer may put out at once in evaluation: 100 MB."""


def evaluation_batch(plan: Plan) -> int:
    """Images evaluated at once: 500, or fewer where a layer puts out much for each."""
    largest = max(prod(layer.output) for layer in plan.layers)
    return max(1, min(500, EVALUATION_VALUES // largest))


RESIDENT_BYTES = 16 * 2**20
"""Bytes up to which the scaled images are kept, so that they are not scaled again in each step."""


class Images:
    """One split on the device: pixels as stored, scaled as they are asked for.

    ``pixels`` is uint8 (n, channels, height, width), in channels-last order in memory.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        scaling: tuple[np.ndarray, np.ndarray],
        device: torch.device,
    ) -> None:
        self.pixels = torch.from_numpy(np.ascontiguousarray(images)).to(device).permute(0, 3, 1, 2)
        self.labels = torch.from_numpy(np.ascontiguousarray(labels)).to(device)
        self._factor, self._shift = (
            torch.from_numpy(values.astype(np.float32)).to(device).view(1, -1, 1, 1)
            for values in scaling
        )
        self._scaled = (
            self.scale(self.pixels) if self.pixels.numel() * 4 <= RESIDENT_BYTES else None
        )

    def __len__(self) -> int:
        return len(self.labels)

    def scale(self, pixels: torch.Tensor) -> torch.Tensor:
        """uint8 pixels as the floats a network sees."""
        return pixels.float() * self._factor + self._shift

    def batch(self, index: torch.Tensor | slice) -> torch.Tensor:
        """Scaled images (batch, channels, height, width), not augmented."""
        return self.scale(self.pixels[index]) if self._scaled is None else self._scaled[index]


def scaling_of(
    kind: str, dataset: datasets.Dataset, train: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A factor and a shift for each channel, measured on the training images where they must be."""
    channels = dataset.images.shape[-1]
    if kind == "standard":
        values = np.arange(256)
        pixels = dataset.images[train]
        counts = [np.bincount(pixels[..., c].ravel(), minlength=256) for c in range(channels)]
        mean = np.array([np.average(values, weights=count) for count in counts])
        variance = np.array(
            [np.average((values - m) ** 2, weights=c) for m, c in zip(mean, counts, strict=True)]
        )
        deviation = np.where(variance > 0, np.sqrt(variance), 1.0)
        return 1 / deviation, -mean / deviation
    factor, shift = {
        "raw": (1.0, 0.0),
        "unit": (1 / dataset.top, 0.0),
        "symmetric": (2 / dataset.top, -1.0),
    }[kind]
    return np.full(channels, factor), np.full(channels, shift)


@torch.inference_mode()
def evaluate(
    model: nn.Module, images: Images, size: int, stopped: Callable[[], bool] = lambda: False
) -> torch.Tensor:
    """Logits (n, classes) in evaluation mode, ``size`` images at a time.

    Cut short once ``stopped`` says so.
    """
    model.eval()
    parts = []
    for start in range(0, len(images), size):
        if stopped():
            break
        parts.append(model(images.batch(slice(start, start + size))))
    return torch.cat(parts) if parts else torch.empty(0)


def scores_of(logits: torch.Tensor, labels: torch.Tensor) -> Scores:
    correct = (logits.argmax(1) == labels).sum().item()
    loss = F.cross_entropy(logits.float(), labels).item()
    return Scores(loss, correct / len(labels), len(labels))
