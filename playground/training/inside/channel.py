"""One channel or unit: its kernel, what it makes of an image, and which images excite it most."""

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
_known: dict[tuple[StoredNetwork, int | None, int, str], tuple[np.ndarray, np.ndarray]] = {}


def channel(
    network: LoadedNetwork, pixels: np.ndarray, place: int, channel: int, split: str = "test"
) -> Channel:
    """Look at a channel of the layer at ``place``, with a picture, uint8 (1, height, width,
    channels); the exciting images are some of the ``split``. Raises PredictionError."""
    made_by = source(network.plan, place)
    with torch.inference_mode():
        output = after(network, network.scaled(pixels), 0, place + 1)[0]
    if not 0 <= channel < len(output):
        raise PredictionError(f"This layer has the channels 0 to {len(output) - 1}: choose one.")
    weights = bias = None
    if made_by is not None:
        every, biases = weights_of(network, made_by)
        weights = _laid_out(network, made_by, every[channel]).numpy()
        bias = None if biases is None else biases[channel].item()
    numbers = network.numbers(split, SEARCHED)
    exciting, strengths = _most_exciting(network, place, split)
    return Channel(
        weights,
        place if made_by is None else made_by,
        made_by is not None and network.plan.modules[made_by].kind == "dense",
        bias,
        output[channel].reshape(output.shape[1:] or (1,)).numpy(),
        numbers[exciting[:, channel]],
        strengths[:, channel],
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
    _known[asked] = found.indices.numpy(), found.values.numpy()
    while len(_known) > KEPT:
        _known.pop(next(iter(_known)), None)  # another thread may have been first
    return _known[asked]
