"""A tiny network that memorises a few noisy points, and where stopping would have helped."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

EPOCHS = 1500
POINTS, UNITS, NOISE = 14, 40, 0.3
"""Points to learn from, hidden units, and the standard deviation of the noise in y."""
_CHECKS, _RATE = 60, 0.03


@dataclass(frozen=True)
class Fit:
    """What was learned: losses and curve by epoch, from epoch 1."""

    train_loss: np.ndarray
    """Mean squared error on the points, float64 (epochs,)"""
    validation_loss: np.ndarray
    """On points it never learned from, drawn the same way, float64 (epochs,)"""
    points: np.ndarray
    """What it learned from: x and y, float64 (points, 2)"""
    x: np.ndarray
    """Where the curves are drawn, float64 (n,)"""
    truth: np.ndarray
    """The curve without noise at ``x``, float64 (n,)"""
    curves: np.ndarray
    """What the network gave at ``x`` after each epoch, float64 (epochs, n)"""


def stopped_at(losses: np.ndarray, patience: int) -> tuple[int, int]:
    """Return (epoch at which early stopping ends the run, best epoch until then), both from 1."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return epoch + 1, best + 1
    return len(losses), best + 1


def _truth(x: np.ndarray) -> np.ndarray:
    return np.sin(np.pi * x)


@lru_cache(maxsize=1)
def fit(seed: int = 9) -> Fit:
    """Fit a 1-40-1 network with tanh to 14 noisy points of a sine, by full-batch gradient descent
    on the mean squared error.

    The usual seed is one of those whose points mislead the network the most.
    """
    rng = np.random.default_rng(seed)
    x, checks = rng.uniform(-1, 1, (POINTS, 1)), rng.uniform(-1, 1, (_CHECKS, 1))
    y = _truth(x) + NOISE * rng.standard_normal(x.shape)
    wanted = _truth(checks) + NOISE * rng.standard_normal(checks.shape)
    grid = np.linspace(-1, 1, 101)[:, None]
    weights = [
        rng.normal(0, 4, (1, UNITS)),
        rng.uniform(-4, 4, (1, UNITS)),
        rng.normal(0, 0.1, (UNITS, 1)),
        np.zeros((1, 1)),
    ]
    train, validation, curves = np.empty(EPOCHS), np.empty(EPOCHS), np.empty((EPOCHS, len(grid)))
    for epoch in range(EPOCHS):
        slopes = slopes_of(weights, x, y)
        weights = [weight - _RATE * slope for weight, slope in zip(weights, slopes, strict=True)]
        train[epoch] = ((_predict(weights, x) - y) ** 2).mean()
        validation[epoch] = ((_predict(weights, checks) - wanted) ** 2).mean()
        curves[epoch] = _predict(weights, grid)[:, 0]
    points = np.column_stack([x, y])
    return Fit(train, validation, points, grid[:, 0], _truth(grid[:, 0]), curves)


def _predict(weights: list[np.ndarray], x: np.ndarray) -> np.ndarray:
    """Predict (n, 1) from (n, 1)."""
    first, bias, second, shift = weights
    return np.tanh(x @ first + bias) @ second + shift


def slopes_of(weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Return the gradient of the mean squared error, an array for each of the weights."""
    first, bias, second, shift = weights
    hidden = np.tanh(x @ first + bias)
    error = 2 / len(x) * (hidden @ second + shift - y)
    back = error @ second.T * (1 - hidden**2)
    return [x.T @ back, back.sum(0, keepdims=True), hidden.T @ error, error.sum(0, keepdims=True)]
