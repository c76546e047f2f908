"""How much of a network is computed at once: in training, evaluation and exported scripts.

``training/execution.py`` chooses how a run is computed (``results.Execution``). Here is what needs
no torch.
"""

from dataclasses import dataclass
from math import prod

from playground.network import Layer, Plan

CACHED_VALUES = 4 * 2**20
"""Numbers one layer may put out at once, 16 MB, before they fall out of the processor's caches: one
thread took 0.9 ms an image of article E's base with 1,024 images at once, 0.58 with 128."""
CUDA_VALUES = 128 * 2**20
"""Numbers one layer may put out at once on CUDA, in evaluation: 512 MB."""
MAX_AT_ONCE = 2000
"""Images evaluated at once, at most: what a stop or a slow machine waits for."""


WHITENING_IMAGES = 5000
"""The most training images that the filters of a whitened first layer are measured on."""


@dataclass(frozen=True)
class LayerParts:
    """How much of a layer is computed at once: so many ``images``, and of one image so many
    ``channels`` of its output, 0 for all of them."""

    images: int
    channels: int = 0


def parts_of(layer: Layer, most: int) -> LayerParts:
    """Choose the parts in which a layer does ``most`` multiply-adds at once, or about as few as can
    be: a convolution one channel, a dense layer one image."""
    work = layer.weights * prod(layer.output[1:])
    if work <= most:
        return LayerParts(most // max(work, 1))
    channels = max(1, layer.output[0] * most // work)
    return LayerParts(1, channels if layer.kind == "conv" else 0)


def at_once(plan: Plan, cuda: bool = False) -> int:
    """Count the images whose largest layer stays within CACHED_VALUES, or on CUDA within
    CUDA_VALUES."""
    values = CUDA_VALUES if cuda else CACHED_VALUES
    return max(1, values // max(prod(layer.output) for layer in plan.layers))


def evaluation_batch(plan: Plan, cuda: bool = False) -> int:
    """Count the images evaluated at once: as many as the caches or the GPU's memory hold with ease,
    and not more than MAX_AT_ONCE."""
    return min(MAX_AT_ONCE, at_once(plan, cuda))
