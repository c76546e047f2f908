"""How a run is computed, in words and back: what is stored with a run, and what its export repeats.

``training/execution.py`` chooses it. Here is what needs no torch.
"""

import re
from dataclasses import dataclass
from math import prod
from typing import Literal

from playground.architecture import Layer, Plan

CACHED_VALUES = 4 * 2**20
"""Numbers one layer may put out at once, 16 MB, before they fall out of the processor's caches: one
thread took 0.9 ms an image of article E's base with 1,024 images at once, 0.58 with 128."""
CUDA_VALUES = 128 * 2**20
"""Numbers one layer may put out at once on CUDA, in evaluation: 512 MB."""
MOST_AT_ONCE = 2000
"""Images evaluated at once, at most: what a stop or a slow machine waits for."""


WHITENING_IMAGES = 5000
"""The most training images that the filters of a whitened first layer are measured on."""


@dataclass(frozen=True)
class Execution:
    """How the steps of a run are computed."""

    threads: int
    """Of the CPU; 0 where another device computes."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of convolutions and products in training; weights and all evaluation are float32."""
    channels_last: bool = False
    onednn: bool = True
    fused: bool = False
    """Whether the optimizer updates all weights in one call of the device's kernel."""
    piece: int = 0
    """Images of a batch computed at once, whose gradients are added up; 0 for all of them."""
    most: int = 0
    """Multiply-adds that one layer does at once: those with more are computed in parts; 0: none."""
    recorded: bool = False
    """Whether CUDA is given a step as one recorded sequence of kernels."""

    def words(self) -> str:
        """Such as ``2 threads, bfloat16, channels last, 128 images at a time``."""
        count = f"{self.threads} thread{'s' if self.threads > 1 else ''}" if self.threads else ""
        said = [
            count,
            self.precision,
            _CHANNELS_LAST if self.channels_last else "",
            "" if self.onednn else _WITHOUT_ONEDNN,
            f"{self.piece:,} images at a time" if self.piece else "",
            f"layers by {self.most:,} multiply-adds" if self.most else "",
            _RECORDED if self.recorded else "",
        ]
        return ", ".join(filter(None, said))


_CHANNELS_LAST, _WITHOUT_ONEDNN = "channels last", "convolutions without oneDNN"
_RECORDED = "steps recorded"


def execution_from(words: str, device: str) -> Execution:
    """The execution that a stored run tells of; what it does not tell is as by default.

    ``words`` is its path, of :meth:`Execution.words`, and ``device`` begins with the kind of the
    device, such as ``cpu (1 thread)``.
    """
    threads = re.match(r"(\d+) thread", words)
    piece = re.search(r"([\d,]+) images at a time", words)
    most = re.search(r"layers by ([\d,]+) multiply-adds", words)
    return Execution(
        threads=int(threads[1]) if threads else int(device.startswith("cpu")),
        precision="bfloat16" if "bfloat16" in words else "float32",
        channels_last=_CHANNELS_LAST in words,
        onednn=_WITHOUT_ONEDNN not in words,
        fused=device.startswith(("cpu", "cuda")),
        piece=int(piece[1].replace(",", "")) if piece else 0,
        most=int(most[1].replace(",", "")) if most else 0,
        recorded=_RECORDED in words,
    )


@dataclass(frozen=True)
class LayerParts:
    """How much of a layer is computed at once: so many ``images``, and of one image so many
    ``channels`` of its output, 0 for all of them."""

    images: int
    channels: int = 0


def parts_of(layer: Layer, most: int) -> LayerParts:
    """The parts in which a layer does ``most`` multiply-adds at once, or about as few as it can: a
    convolution one channel, a dense layer one image."""
    work = layer.weights * prod(layer.output[1:])
    if work <= most:
        return LayerParts(most // max(work, 1))
    channels = max(1, layer.output[0] * most // work)
    return LayerParts(1, channels if layer.kind == "conv" else 0)


def at_once(plan: Plan, cuda: bool = False) -> int:
    """Images whose largest layer stays within CACHED_VALUES, or on CUDA within CUDA_VALUES."""
    values = CUDA_VALUES if cuda else CACHED_VALUES
    return max(1, values // max(prod(layer.output) for layer in plan.layers))


def evaluation_batch(plan: Plan, cuda: bool = False) -> int:
    """Images evaluated at once: as many as the caches or the GPU's memory hold with ease, and not
    more than MOST_AT_ONCE."""
    return min(MOST_AT_ONCE, at_once(plan, cuda))
