"""How pixels become the numbers that a network sees: a factor and a shift for each channel."""

from typing import Any

import numpy as np

from playground.config.call import evaluate
from playground.config.data import SCALINGS
from playground.data.datasets.dataset import Dataset

_AT_ONCE = 2000  # images, so that a few MB are in memory


def scaling_of(kind: str, dataset: Dataset, train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return factor and shift, float64 (channels,), of a ``data.scaling``.

    ``train`` are the numbers of the training images, int64 (n,), on which they are measured if
    they must be.
    """
    scaling, channels = SCALINGS[kind], dataset.images.shape[-1]
    names: dict[str, Any] = {"max_pixel": dataset.max_pixel}
    if scaling.measures:
        names["mean"], names["deviation"] = mean_and_std(dataset, train)
    factor, shift = (evaluate(text, names) for text in (scaling.factor, scaling.shift))
    return np.full(channels, factor), np.full(channels, shift)


def mean_and_std(dataset: Dataset, train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measure mean and standard deviation of each channel over the training images, float64
    (channels,).

    A channel that never varies is given the standard deviation 1.
    """
    channels = dataset.images.shape[-1]
    values, counts = np.arange(256), np.zeros((channels, 256), np.int64)
    for start in range(0, len(train), _AT_ONCE):
        pixels = dataset.images[train[start : start + _AT_ONCE]]
        for channel in range(channels):
            counts[channel] += np.bincount(pixels[..., channel].ravel(), minlength=256)
    mean = np.array([np.average(values, weights=count) for count in counts])
    variance = np.array(
        [np.average((values - m) ** 2, weights=c) for m, c in zip(mean, counts, strict=True)]
    )
    return mean, np.where(variance > 0, np.sqrt(variance), 1.0)
