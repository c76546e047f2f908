"""One channel or unit: its kernel, what it makes of an image, and which images excite it most."""

import threading

import numpy as np
import torch

from playground.inside import Channel
from playground.network.chunks import evaluation_batch
from playground.results import StoredNetwork
from playground.training.inside.layers import after, source, weights_of
from playground.training.loaded_network import LoadedNetwork
from playground.training.stored_networks import PredictionError

EXCITING = 9
"""Images that are told of."""
SEARCHED = 2000
"""Images of a split among which they are looked for: the base network of the articles takes 2 s
for so many."""
KEPT = 64
"""Layers of networks of which it is remembered; up to 40 KB each."""
_lock = threading.Lock()
_known: dict[tuple[StoredNetwork, int | None, int, str], tuple[np.ndarray, np.ndarray]] = {}


def channel(
    network: LoadedNetwork, pixels: np.ndarray, place: int, channel: int, split: str = ""
) -> Channel:
    """Look at a channel of the layer at ``place``, with a picture, uint8 (1, height, width,
    channels); the exciting images are some of the ``split``, if one is named. Raises
    PredictionError."""
    made_by = source(network.plan, place)
    if network.plan.modules[place].kind == "flatten":  # as many units as pixels
        raise PredictionError("This layer has no channels of its own: choose one with weights.")
    with torch.inference_mode():
        output = after(network, network.scaled(pixels), 0, place + 1)[0]
    if not 0 <= channel < len(output):
        raise PredictionError(f"This layer has the channels 0 to {len(output) - 1}: choose one.")
    weights = bias = None
    if made_by is not None:
        every, biases = weights_of(network, made_by)
        weights = _laid_out(network, made_by, every[channel]).numpy()
        bias = None if biases is None else biases[channel].item()
    numbers = exciting = np.empty(0, np.int64)
    strengths = np.empty(0, np.float32)
    if split:
        numbers = network.numbers(split, SEARCHED)
        places, values = _most_exciting(network, place, split)
        exciting, strengths = numbers[places[:, channel]], values[:, channel]
    return Channel(
        weights,
        place if made_by is None else made_by,
        not any(layer.weights for layer in network.plan.modules[: made_by or 0]),
        made_by is not None and network.plan.modules[made_by].kind == "dense",
        bias,
        output[channel].reshape(output.shape[1:] or (1,)).numpy(),
        exciting,
        strengths,
        len(numbers),
    )


def _laid_out(network: LoadedNetwork, place: int, weights: torch.Tensor) -> torch.Tensor:
    """Return a unit's weights as its input was before it was flattened."""
    before = [layer for layer in network.plan.modules[:place] if layer.kind == "flatten"]
    is_first = all(layer.kind != "dense" for layer in network.plan.modules[:place])
    return weights.reshape(before[-1].input) if before and is_first else weights


def _most_exciting(network: LoadedNetwork, place: int, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Find the places in the split, and the outputs there, of the images that each channel answers
    to most: int64 and float32 (images, channels)."""
    asked = network.stored, network.epoch, place, split
    with _lock:
        if (known := _known.get(asked)) is not None:
            return known
    numbers, size = network.numbers(split, SEARCHED), evaluation_batch(network.plan)
    parts = [torch.empty(0, network.plan.modules[place].output[0])]
    with torch.inference_mode():
        for start in range(0, len(numbers), size):
            some = network.scaled(network.dataset.images[numbers[start : start + size]])
            output = after(network, some, 0, place + 1)
            parts.append(output.amax((2, 3)) if output.dim() == 4 else output)
        found = torch.cat(parts).topk(min(EXCITING, len(numbers)), dim=0)
    made = found.indices.numpy(), found.values.numpy()
    with _lock:
        _known[asked] = made
        while len(_known) > KEPT:
            _known.pop(next(iter(_known)))
    return made
