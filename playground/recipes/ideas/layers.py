"""What dropout and batch norm do to the values of a layer."""

import numpy as np

EPSILON = 1e-5
"""What torch's batch norm adds to the variance."""


def masks(rate: float, batches: int, images: int, units: int, seed: int = 0) -> np.ndarray:
    """Which values dropout keeps: bool (batches, images, units), each drawn by itself."""
    return np.random.default_rng(seed).random((batches, images, units)) >= rate


def hidden_values(pixels: np.ndarray, units: int, seed: int = 0) -> np.ndarray:
    """What the first dense layer makes of images before training: float64 (images, units).

    Takes pixels (images, inputs). The weights are Xavier's uniform ones, the biases 0.
    """
    inputs = pixels.shape[1]
    limit = np.sqrt(6 / (inputs + units))
    weights = np.random.default_rng(seed).uniform(-limit, limit, (inputs, units))
    return pixels.astype(float) @ weights


def spread(values: np.ndarray, count: int) -> np.ndarray:
    """``count`` of the units of values (images, units), from the lowest mean to the highest."""
    order = values.mean(0).argsort()
    return values[:, order[np.linspace(0, len(order) - 1, count).round().astype(int)]]


def normalized(values: np.ndarray, scale: float = 1.0, shift: float = 0.0) -> np.ndarray:
    """Each unit's values (images, units) with the batch's mean taken off, divided by its deviation,
    then scaled and shifted.

    As torch's batch norm gives them in training, its weight being ``scale`` and its bias ``shift``:
    1 and 0 until it has learned others.
    """
    return scale * (values - values.mean(0)) / np.sqrt(values.var(0) + EPSILON) + shift
