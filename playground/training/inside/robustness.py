"""How much of what a network knows is left: with disturbed images, without a unit, with coarse
weights. Each answer is a part, so that a page can show how far it is."""

from collections.abc import Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import nn

from playground.data.disturbances import disturbed
from playground.network.chunks import evaluation_batch
from playground.training.inside.by_hand import Off
from playground.training.inside.layers import after
from playground.training.loaded_network import LoadedNetwork, finite

IMAGES = 500
"""Of a split, its first ones: with 500 an accuracy is known to about 4 points."""


def with_disturbed(network: LoadedNetwork, split: str, kind: str, level: float) -> tuple[int, int]:
    """Count how many of a split's first images are right when they are disturbed, and of how many.

    Raises PredictionError.
    """
    numbers = network.numbers(split, IMAGES)
    dataset = network.dataset
    pixels = disturbed(dataset.images[numbers], dataset.max_pixel, kind, level)
    return _right(network.logits(network.images(pixels)), dataset.labels[numbers])


def without_units(
    network: LoadedNetwork, split: str, place: int, units: Sequence[int]
) -> list[tuple[int, int]]:
    """Do so, for each of some channels or units of a layer, with it alone switched off."""
    numbers = network.numbers(split, IMAGES)
    size = evaluation_batch(network.plan)
    right = dict.fromkeys(units, 0)
    with torch.inference_mode():
        for start in range(0, len(numbers), size):
            some = numbers[start : start + size]
            values = after(network, network.scaled(network.dataset.images[some]), 0, place + 1)
            for unit in units:
                logits = finite(after(network, Off([unit])(values), place + 1))
                right[unit] += _right(logits, network.dataset.labels[some])[0]
    return [(right[unit], len(numbers)) for unit in units]


def with_rounded(network: LoadedNetwork, split: str, bits: int) -> tuple[int, int]:
    """Do so, with each layer's weights rounded to so many bits."""
    model = nn.Sequential(*(_rounded(module, bits) for module in network.model))
    numbers = network.numbers(split, IMAGES)
    size, parts = evaluation_batch(network.plan), []
    with torch.inference_mode():
        for start in range(0, len(numbers), size):
            parts.append(
                model(network.scaled(network.dataset.images[numbers[start : start + size]]))
            )
    return _right(finite(torch.cat(parts)), network.dataset.labels[numbers])


def _rounded(module: nn.Module, bits: int) -> nn.Module:
    """Return a layer whose weights, if it has some, have 2 to the ``bits`` - 1 values, evenly from
    the largest in size below 0 to that above; the biases are left."""
    if not isinstance(module, nn.Linear | nn.Conv2d):
        return module
    other, most = deepcopy(module), 2 ** (bits - 1) - 1
    with torch.no_grad():
        step = other.weight.abs().max() / most
        if step > 0:
            other.weight.copy_((other.weight / step).round() * step)
    return other


def _right(logits: torch.Tensor, labels: np.ndarray) -> tuple[int, int]:
    return int((logits.argmax(1).numpy() == labels).sum()), len(labels)
