"""The plan of a network: its layers, their shapes and their parameters, in plain Python.

The module, the layer table and the messages about impossible networks all come from one plan, so
the page knows a network's size as a slider moves, without torch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any, Literal

from playground.config import CNN, MLP, ConvBlock
from playground.refusal import Refusal

MAX_PARAMETERS = 50_000_000
MAX_VALUES = 2_000_000
"""The most numbers one layer may put out for one image; more would not fit a batch in memory."""

WHITENING_KERNEL = 2
"""The side of the square of pixels that the whitened first layer looks at."""

Kind = Literal[
    "whitening",
    "conv",
    "dense",
    "batch_norm",
    "activation",
    "max_pool",
    "average_pool",
    "global_average",
    "flatten",
    "dropout",
    "channel_dropout",
]

_NAMES = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "max_pool": "Max pooling 2×2",
    "average_pool": "Average pooling 2×2",
    "global_average": "Global average pooling",
    "flatten": "Flatten",
    "batch_norm": "Batch norm",
}


class ImpossibleNetwork(Refusal):
    """A network that cannot be built: one sentence, and in ``setting`` the path to change."""

    def __init__(self, setting: str, sentence: str) -> None:
        super().__init__(sentence)
        self.setting = setting


@dataclass(frozen=True)
class Layer:
    """One layer of a plan.

    ``input`` and ``output`` are (channels, height, width), or (features,) after flattening.
    ``arithmetic`` says how ``parameters`` comes about.
    """

    kind: Kind
    input: tuple[int, ...]
    output: tuple[int, ...]
    parameters: int = 0
    arithmetic: str = ""
    kernel: int = 0
    padding: Literal["same", "none"] = "none"
    rate: float = 0.0
    function: str = ""

    @property
    def title(self) -> str:
        """The layer in words, such as ``Convolution 3×3, 32 channels``."""
        if self.kind in ("conv", "whitening"):
            name = "Convolution" if self.kind == "conv" else "Whitening"
            return f"{name} {self.kernel}×{self.kernel}, {self.output[0]:,} channels"
        if self.kind == "dense":
            return f"Dense, {self.output[0]:,} units"
        if self.kind in ("dropout", "channel_dropout"):
            return ("Dropout " if self.kind == "dropout" else "Channel dropout ") + f"{self.rate:g}"
        return _NAMES[self.function if self.kind == "activation" else self.kind]

    @property
    def weights(self) -> int:
        """How many numbers a convolution applies to each pixel it puts out, or a dense layer to
        its input: a multiplication each; 0 for other layers."""
        if self.kind == "whitening":  # its filters are fixed, so they are not among the parameters
            return self.kernel**2 * self.input[0] * self.output[0]
        return self.parameters if self.kind in ("conv", "dense") else 0


@dataclass(frozen=True)
class Plan:
    """The layers of a network from the image (channels, height, width) to one logit a class."""

    input_shape: tuple[int, int, int]
    classes: int
    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """How many numbers training adjusts."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Multiplications with a weight for one image, forward."""
        return sum(layer.weights * prod(layer.output[1:]) for layer in self.layers)

    @property
    def needs_two_images(self) -> bool:
        """Whether a batch of one image cannot be trained on (batch norm over single values)."""
        return any(
            layer.kind == "batch_norm" and prod(layer.output[1:]) == 1 for layer in self.layers
        )


@lru_cache(maxsize=256)
def plan(architecture: MLP | CNN, input_shape: tuple[int, int, int], classes: int) -> Plan:
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
        for layer in _convolutional(architecture, shape):
            yield layer
            shape = layer.output
    yield from _dense(architecture, shape, classes)


def _convolutional(network: CNN, shape: tuple[int, ...]) -> Iterator[Layer]:
    if network.whitening:
        yield (whitening := _whitening(shape))
        shape = whitening.output
        yield from _norm_and_activation(shape, False, network.activation)
    last = len(network.pyramid) - 1
    for index, channels in enumerate(network.pyramid):
        norm = network.pyramid_batch_norm == "each" or (
            network.pyramid_batch_norm == "last_two" and index >= last - 1
        )
        yield _conv(shape, channels, 1, "same")
        shape = (channels, *shape[1:])
        yield from _norm_and_activation(shape, norm, network.pyramid_activation)
    for number, block in enumerate(network.blocks, start=1):
        for layer in _block(block, shape, network.activation, number):
            yield layer
            shape = layer.output
    if network.head == "global_average":
        yield Layer("global_average", shape, (shape[0],))


def _block(
    block: ConvBlock, shape: tuple[int, ...], activation: str, number: int
) -> Iterator[Layer]:
    setting = f"architecture.blocks.{number - 1}"
    pools = block.pool != "none"
    early = pools and block.pool_at == "after_first"
    if block.batch_norm == "input":
        yield _norm(shape)
    for index, channels in enumerate(block.channels):
        side = min(shape[1:])
        if block.padding == "none" and block.kernel > side:
            raise ImpossibleNetwork(
                f"{setting}.kernel",
                f"The kernel of block {number} is {block.kernel}×{block.kernel}, but only "
                f"{shape[1]}×{shape[2]} pixels of the image are left there: use a smaller kernel, "
                "or padding.",
            )
        yield (conv := _conv(shape, channels, block.kernel, block.padding))
        shape = conv.output
        if early and index == 0:
            yield (pool := _pool(block, shape, number))
            shape = pool.output
        norm = block.batch_norm == "each" or (block.batch_norm == "first" and index == 0)
        yield from _norm_and_activation(shape, norm, activation)
    drop = block.dropout > 0
    kind: Kind = "channel_dropout" if block.dropout_kind == "channels" else "dropout"
    before = block.dropout_at == "before_pool" and not early
    if drop and before:
        yield Layer(kind, shape, shape, rate=block.dropout)
    if pools and not early:
        yield (pool := _pool(block, shape, number))
        shape = pool.output
    if drop and not before:
        yield Layer(kind, shape, shape, rate=block.dropout)


def _dense(network: MLP | CNN, shape: tuple[int, ...], classes: int) -> Iterator[Layer]:
    if len(shape) == 3:
        yield Layer("flatten", shape, (prod(shape),))
        shape = (prod(shape),)
    places = _dropout_places(network)
    if network.dropout and 0 in places:
        yield Layer("dropout", shape, shape, rate=network.dropout)
    for index, width in enumerate(network.hidden, start=1):
        yield _linear(shape[0], width)
        shape = (width,)
        yield from _norm_and_activation(shape, network.batch_norm, network.activation)
        if network.dropout and index in places:
            yield Layer("dropout", shape, shape, rate=network.dropout)
    yield _linear(shape[0], classes)


def _dropout_places(network: MLP | CNN) -> set[int]:
    """After which hidden layers dropout stands; 0 is before the first dense layer."""
    hidden = len(network.hidden)
    return {
        "before_dense": {0},
        "after_first": {min(1, hidden)},
        "after_each": set(range(1, hidden + 1)) or {0},
        "before_output": {hidden},
    }[network.dropout_at]


def _norm_and_activation(shape: tuple[int, ...], norm: bool, activation: str) -> Iterator[Layer]:
    if norm:
        yield _norm(shape)
    if activation != "none":
        learned: dict[str, Any] = (
            {"parameters": 1, "arithmetic": "1 slope"} if activation == "prelu" else {}
        )
        yield Layer("activation", shape, shape, function=activation, **learned)


def _norm(shape: tuple[int, ...]) -> Layer:
    return Layer(
        "batch_norm", shape, shape, 2 * shape[0], f"{shape[0]:,} scales + {shape[0]:,} shifts"
    )


def _pool(block: ConvBlock, shape: tuple[int, ...], number: int) -> Layer:
    pooled = (shape[0], shape[1] // 2, shape[2] // 2)
    if min(pooled[1:]) < 1:
        raise ImpossibleNetwork(
            f"architecture.blocks.{number - 1}.pool",
            f"After the pooling of block {number} nothing is left of the image "
            f"({shape[1]}×{shape[2]} pixels before it): use fewer poolings.",
        )
    return Layer("max_pool" if block.pool == "max" else "average_pool", shape, pooled)


def _whitening(shape: tuple[int, ...]) -> Layer:
    channels, height, width = shape
    kernel = WHITENING_KERNEL
    if min(height, width) < kernel:
        raise ImpossibleNetwork(
            "architecture.whitening",
            f"A whitened first layer looks at {kernel}×{kernel} pixels, but these images have only "
            f"{height}×{width}: leave it out.",
        )
    return Layer(
        "whitening",
        shape,
        (2 * kernel**2 * channels, height - kernel + 1, width - kernel + 1),
        arithmetic="0, its filters are fixed",
        kernel=kernel,
    )


def _conv(
    shape: tuple[int, ...], channels: int, kernel: int, padding: Literal["same", "none"]
) -> Layer:
    shrink = 0 if padding == "same" else kernel - 1
    return Layer(
        "conv",
        shape,
        (channels, shape[1] - shrink, shape[2] - shrink),
        (shape[0] * kernel * kernel + 1) * channels,
        f"{kernel}·{kernel}·{shape[0]:,}·{channels:,} + {channels:,}",
        kernel=kernel,
        padding=padding,
    )


def _linear(features: int, units: int) -> Layer:
    return Layer(
        "dense",
        (features,),
        (units,),
        (features + 1) * units,
        f"{features:,}·{units:,} + {units:,}",
    )
