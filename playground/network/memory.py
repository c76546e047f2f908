"""How much memory a network's numbers take, counted as torchsummary counts them.

Source: torchsummary 1.5.1, ``summary``: 4 bytes a number (float32), an MB is 1024² bytes, what the
listed layers put out for one image counts twice, forward and backward.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from playground.network.layers import Conv, Plan

MB = 1024**2
"""Bytes."""
NUMBER = 4
"""Bytes of a number: float32."""


@dataclass(frozen=True)
class SummaryLine:
    """A line of torchsummary's table; ``output`` is (channels, height, width) or (features,)."""

    title: str
    output: tuple[int, ...]
    parameters: int = 0
    is_padding: bool = False


@dataclass(frozen=True)
class Memory:
    """What one image takes in a network, in MB."""

    image: float
    outputs: float
    """Of all listed layers, forward and backward."""
    parameters: float

    @property
    def total(self) -> float:
        """What torchsummary calls the estimated total size."""
        return self.image + self.outputs + self.parameters


def listed(plan: Plan) -> tuple[SummaryLine, ...]:
    """List the layers as torchsummary does if a network is written as article C writes its own.

    Padding is a layer there, which puts out the image with its margin of zeros. Activations (but
    those with a slope that is learned) and flattening are functions, so they are not listed. The
    network itself is the last line: its logits are counted once more.
    """
    return (*_listed(plan), SummaryLine("The network", (plan.classes,)))


def memory(plan: Plan) -> Memory:
    """Count what torchsummary prints under the table of a network written that way, in MB."""
    return Memory(
        image=_mb(prod(plan.input_shape)),
        outputs=outputs(listed(plan)),
        parameters=_mb(plan.parameters),
    )


def outputs(layers: tuple[SummaryLine, ...]) -> float:
    """Count what these layers put out for one image, forward and backward, in MB."""
    return 2 * _mb(sum(prod(layer.output) for layer in layers))


def _listed(plan: Plan) -> Iterator[SummaryLine]:
    for layer in plan.layers:
        if layer.kind == "flatten" or (layer.kind == "activation" and not layer.parameters):
            continue
        if isinstance(layer, Conv) and layer.padding == "same" and layer.kernel > 1:
            channels, height, width = layer.input
            margin = layer.kernel - 1
            padded = (channels, height + margin, width + margin)
            yield SummaryLine("Padding with zeros", padded, is_padding=True)
        yield SummaryLine(layer.title, layer.output, layer.parameters)


def _mb(numbers: int) -> float:
    return numbers * NUMBER / MB
