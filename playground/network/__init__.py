"""The plan of a network: its layers, their shapes and their parameters, in plain Python.

The module, the layer table and the messages about impossible networks all come from one plan, so
the page knows a network's size as a slider moves, without torch.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import prod
from typing import Protocol

from playground.config import CNN, MLP, RunConfig
from playground.network.convolutional import convolutional
from playground.network.dense import dense
from playground.network.layers import Activation, ImpossibleNetwork, Layer, Plan
from playground.network.memory import Memory, SummaryLine, listed, memory, outputs

__all__ = [
    "MAX_PARAMETERS",
    "MAX_VALUES",
    "Activation",
    "ImpossibleNetwork",
    "Layer",
    "Memory",
    "Plan",
    "SummaryLine",
    "check_batch",
    "lay_out",
    "listed",
    "memory",
    "outputs",
    "plan_of",
]

MAX_PARAMETERS = 50_000_000
MAX_VALUES = 2_000_000
"""The most numbers one layer may put out for one image; more would not fit a batch in memory."""


@lru_cache(maxsize=256)
def lay_out(architecture: MLP | CNN, input_shape: tuple[int, int, int], classes: int) -> Plan:
    """Lay out the layers for images of ``input_shape`` (channels, height, width).

    Raises ImpossibleNetwork, with a sentence that says what to change.
    """
    layers: list[Layer] = []
    for layer in _layers(architecture, input_shape, classes):
        layers.append(layer)
        if prod(layer.output) > MAX_VALUES:
            raise ImpossibleNetwork(
                _section(layer, architecture),
                f"{layer.title} puts out {prod(layer.output):,} numbers for each image; the limit "
                f"is {MAX_VALUES:,}. Use fewer channels, or pool earlier.",
            )
    found = Plan(input_shape, classes, tuple(layers))
    if found.parameters > MAX_PARAMETERS:
        largest = max(layers, key=lambda layer: layer.parameters)
        raise ImpossibleNetwork(
            _section(largest, architecture),
            f"This network has {found.parameters:,} parameters; the limit is {MAX_PARAMETERS:,}. "
            f"Most of them ({largest.parameters:,}) stand in one layer: {largest.title}.",
        )
    return found


class Facts(Protocol):
    """What a network is laid out for: ``datasets.Facts``, or a whole Dataset."""

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)"""

    @property
    def classes(self) -> Sequence[str]:
        """The names of the classes."""


def plan_of(config: RunConfig, facts: Facts) -> Plan:
    """Lay out the network of a config for its data. Raises ImpossibleNetwork."""
    return lay_out(config.architecture, facts.input_shape, len(facts.classes))


def check_batch(plan: Plan, batch_size: int | str) -> None:
    """See that a batch can be trained on. Raises ImpossibleNetwork."""
    if plan.needs_two_images and batch_size == 1:
        raise ImpossibleNetwork(
            "run.batch_size", "Batch norm needs at least two images in a batch: use more than one."
        )


def _section(layer: Layer, architecture: MLP | CNN) -> str:
    """The setting to change for a smaller layer."""
    if len(layer.output) == 1:
        return "architecture.hidden"
    pyramid = isinstance(architecture, CNN) and layer.kernel == 1 and architecture.pyramid
    return "architecture.pyramid" if pyramid else "architecture.blocks"


def _layers(architecture: MLP | CNN, shape: tuple[int, ...], classes: int) -> Iterator[Layer]:
    if isinstance(architecture, CNN):
        for layer in convolutional(architecture, shape):
            yield layer
            shape = layer.output
    yield from dense(architecture, shape, classes)
