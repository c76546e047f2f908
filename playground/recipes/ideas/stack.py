"""1×1 convolutions in a row, and the one map that they multiply out to without activation."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from playground.recipes.ideas.layers import EPSILON

Convolutions = Sequence[tuple[int, bool]]
"""Of each convolution the channels it puts out, and whether a batch norm follows it."""


@dataclass(frozen=True)
class Map:
    """A matrix and a shift: what a 1×1 convolution does to a pixel, and a batch norm once training
    is over."""

    weights: np.ndarray
    """(channels out, channels in)"""
    biases: np.ndarray
    """(channels out,)"""

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        """Map pixels (n, channels in) to (n, channels out)."""
        return pixels @ self.weights.T + self.biases

    def after(self, first: "Map") -> "Map":
        """Return the one map that does what ``first`` and then this one do."""
        return Map(self.weights @ first.weights, self.weights @ first.biases + self.biases)

    def single(self) -> "Map":
        """Return the same in float32, as networks compute."""
        return Map(self.weights.astype(np.float32), self.biases.astype(np.float32))


@dataclass(frozen=True)
class Layer:
    """A 1×1 convolution, and the batch norm after it if there is one; float64."""

    convolution: Map
    norm: Map | None

    @property
    def maps(self) -> tuple[Map, ...]:
        """In the order in which a pixel meets them."""
        return (self.convolution,) if self.norm is None else (self.convolution, self.norm)


def random_layers(
    convolutions: Convolutions, pixels: np.ndarray, relu: bool, seed: int = 0
) -> tuple[Layer, ...]:
    """Draw weights and biases of the stack as PyTorch does, uniform within 1 / √inputs.

    A batch norm has the mean and deviation of what the ``pixels`` (n, channels) give at its place,
    as it would remember them from training, and the scale 1 and shift 0 that it begins with.
    ``relu`` is whether the values went through ReLUs between the layers on their way there.
    """
    rng = np.random.default_rng(seed)
    values, layers = pixels.astype(float), []
    for outputs, is_normalized in convolutions:
        inputs = values.shape[1]
        limit = inputs**-0.5
        convolution = Map(
            rng.uniform(-limit, limit, (outputs, inputs)), rng.uniform(-limit, limit, outputs)
        )
        values, norm = convolution(values), None
        if is_normalized:
            factor = 1 / np.sqrt(values.var(0, ddof=1) + EPSILON)
            norm = Map(np.diag(factor), -factor * values.mean(0))
            values = norm(values)
        layers.append(Layer(convolution, norm))
        values = np.maximum(values, 0) if relu else values
    return tuple(layers)


def apply_layers(layers: tuple[Layer, ...], pixels: np.ndarray, relu: bool) -> np.ndarray:
    """Take pixels (n, channels) through layer by layer, in float32: (n, channels out).

    ``relu``: with ReLUs between the layers, so none after the last."""
    values = pixels.astype(np.float32)
    for index, layer in enumerate(layers):
        if index and relu:
            values = np.maximum(values, 0)
        for one in layer.maps:
            values = one.single()(values)
    return values


def combine(layers: tuple[Layer, ...]) -> Map:
    """Give the one map that the layers are without an activation; float64."""
    maps = [one for layer in layers for one in layer.maps]
    return reduce(lambda before, one: one.after(before), maps)


def best_map(pixels: np.ndarray, outputs: np.ndarray) -> Map:
    """Find the map that comes closest to outputs (n, channels out) from pixels (n, channels): by
    least squares."""
    with_one = np.column_stack([pixels, np.ones(len(pixels))]).astype(float)
    found, *_ = np.linalg.lstsq(with_one, outputs.astype(float))
    return Map(found[:-1].T, found[-1])


def unexplained_variance(outputs: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Give the share of each channel's spread (variance) in outputs (n, channels) that
    ``given`` leaves: 0 to 1, (channels,); 0 for a channel that is the same for all pixels."""
    spread = outputs.astype(float).var(0)
    left = ((outputs.astype(float) - given) ** 2).mean(0)
    return np.divide(left, spread, out=np.zeros_like(spread), where=spread > 0)
