"""Dropout as an ensemble: many networks with units left out, against the whole network."""

from dataclasses import dataclass

import numpy as np

from playground.recipes.ideas.digit_scores import softmax

UNITS, EPOCHS, BATCH, RATE = 64, 30, 32, 0.003
"""Hidden units; epochs, images a step and learning rate of its training with Adam."""
MASKS = 300
SIZES = (1, 3, 10, 30, 100, 300)
"""How many masked networks are averaged; each divides MASKS."""

Weights = list[np.ndarray]
"""First layer (inputs, units), its biases (units,), second (units, classes), its biases."""


@dataclass(frozen=True)
class EnsembleFigures:
    """Networks with units left out, on images that none of them learned from."""

    accuracy: np.ndarray
    """Share right of the mean of so many masked networks, for each of SIZES; if several such
    groups fit into MASKS, the mean over them."""
    difference: np.ndarray
    """Of that mean's probabilities from the whole network's, mean absolute, for each of SIZES."""
    whole: float
    """Share right of the whole network, nothing left out."""


def probabilities(weights: Weights, pixels: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Pass pixels (n, inputs) through networks whose hidden values are multiplied by ``masks``
    (networks, units): probabilities (networks, n, classes)."""
    first, bias, second, shift = weights
    hidden = np.maximum(pixels @ first + bias, 0)
    # A unit's mask may as well multiply the weights behind it: one product for all networks.
    behind = (masks[:, :, None] * second).transpose(1, 0, 2).reshape(len(second), -1)
    given = (hidden @ behind).reshape(len(pixels), len(masks), -1).transpose(1, 0, 2)
    return softmax(given + shift)


def slopes_of(
    weights: Weights, pixels: np.ndarray, labels: np.ndarray, mask: np.ndarray | float
) -> Weights:
    """Return the gradient of the mean cross-entropy, an array for each of the weights."""
    first, bias, second, shift = weights
    hidden = np.maximum(pixels @ first + bias, 0)
    error = softmax(hidden * mask @ second + shift)
    error[np.arange(len(labels)), labels] -= 1
    error /= len(labels)
    back = (error @ second.T) * mask * (hidden > 0)
    return [pixels.T @ back, back.sum(0), (hidden * mask).T @ error, error.sum(0)]


def train(pixels: np.ndarray, labels: np.ndarray, rate: float, seed: int = 0) -> Weights:
    """Train a network of one hidden layer of ReLUs, with dropout of that rate on the hidden values.
    Takes pixels (n, inputs) from 0 to 1 and labels (n,) of ten classes."""
    rng = np.random.default_rng(seed)
    shapes = ((pixels.shape[1], UNITS), (UNITS,), (UNITS, 10), (10,))
    weights = [
        rng.normal(0, np.sqrt(2 / shape[0]), shape) if len(shape) == 2 else np.zeros(shape)
        for shape in shapes
    ]
    means, squares = ([np.zeros(shape) for shape in shapes] for _ in range(2))
    step = 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(labels))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            mask = (rng.random((len(batch), UNITS)) >= rate) / (1 - rate)
            step += 1
            slopes = slopes_of(weights, pixels[batch], labels[batch], mask)
            for index, slope in enumerate(slopes):
                means[index] = 0.9 * means[index] + 0.1 * slope
                squares[index] = 0.999 * squares[index] + 0.001 * slope**2
                speed = means[index] / (1 - 0.9**step)
                size = np.sqrt(squares[index] / (1 - 0.999**step)) + 1e-8
                weights[index] = weights[index] - RATE * speed / size
    return weights


def measure(
    weights: Weights, pixels: np.ndarray, labels: np.ndarray, rate: float, seed: int = 1
) -> EnsembleFigures:
    """Measure MASKS networks of the same weights, each with its own units left out for all
    images."""
    rng = np.random.default_rng(seed)
    masks = (rng.random((MASKS, UNITS)) >= rate) / (1 - rate)
    given = probabilities(weights, pixels, masks)
    (whole,) = probabilities(weights, pixels, np.ones((1, UNITS)))
    accuracy, difference = [], []
    for size in SIZES:
        groups = given.reshape(MASKS // size, size, *whole.shape).mean(1)
        accuracy.append((groups.argmax(-1) == labels).mean())
        difference.append(np.abs(groups - whole).mean())
    return EnsembleFigures(
        np.array(accuracy), np.array(difference), float((whole.argmax(1) == labels).mean())
    )
