"""A config's architecture laid out as a plan: convolutional layers, dense layers, their limits."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from math import prod
from typing import Literal, Protocol

from playground.config import CNN, MLP, ConvBlock, RunConfig
from playground.config.run_limits import MAX_PARAMETERS, MAX_VALUES
from playground.network.layers import (
    AveragePool,
    BatchNorm,
    ChannelDropout,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalAverage,
    ImpossibleNetwork,
    Layer,
    MaxPool,
    Plan,
    Whitening,
    norm_and_activation,
)

WHITENING_KERNEL = 2
"""The side of the square of pixels that the whitened first layer looks at."""


@lru_cache(maxsize=256)
def lay_out(architecture: MLP | CNN, input_shape: tuple[int, int, int], classes: int) -> Plan:
    """Lay out the layers for images of ``input_shape`` (channels, height, width).

    Raises ImpossibleNetwork, with a sentence that says what to change.
    """
    layers: list[Layer] = []
    settings: list[str] = []
    for setting, layer in _layers(architecture, input_shape, classes):
        layers.append(layer)
        settings.append(setting)
        if prod(layer.output) > MAX_VALUES:
            raise ImpossibleNetwork(
                setting,
                f"{layer.title} puts out {prod(layer.output):,} numbers for each image; the limit "
                f"is {MAX_VALUES:,}. Use fewer channels, or pool earlier.",
            )
    found = Plan(input_shape, classes, tuple(layers), tuple(settings))
    if found.parameters > MAX_PARAMETERS:
        largest = max(layers, key=lambda layer: layer.parameters)
        raise ImpossibleNetwork(
            settings[layers.index(largest)],
            f"This network has {found.parameters:,} parameters; the limit is {MAX_PARAMETERS:,}. "
            f"Most of them ({largest.parameters:,}) stand in one layer: {largest.title}.",
        )
    return found


class DataShape(Protocol):
    """What a network is laid out for: ``datasets.Facts``, or a whole Dataset."""

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(channels, height, width)"""

    @property
    def classes(self) -> Sequence[str]:
        """The names of the classes."""


def plan_of(config: RunConfig, facts: DataShape) -> Plan:
    """Lay out the network of a config for its data. Raises ImpossibleNetwork."""
    return lay_out(config.architecture, facts.input_shape, len(facts.classes))


def check_batch(plan: Plan, batch_size: int | str) -> None:
    """See that a batch can be trained on. Raises ImpossibleNetwork."""
    if plan.needs_two_images and batch_size == 1:
        raise ImpossibleNetwork(
            "run.batch_size", "Batch norm needs at least two images in a batch: use more than one."
        )


def _layers(
    architecture: MLP | CNN, shape: tuple[int, ...], classes: int
) -> Iterator[tuple[str, Layer]]:
    """Yield the layers, each after the setting that it comes from. Raises ImpossibleNetwork."""
    stages: dict[str, Callable[[tuple[int, ...]], Iterator[Layer]]] = {}
    if isinstance(architecture, CNN):
        stages["architecture.whitening"] = partial(_whitened, architecture)
        stages["architecture.pyramid"] = partial(_pyramid, architecture)
        for index in range(len(architecture.blocks)):
            stages[f"architecture.blocks.{index}"] = partial(_block, architecture, index)
        stages["architecture.head"] = partial(_head, architecture)
    stages["architecture.hidden"] = partial(_dense, architecture, classes)
    for setting, stage in stages.items():
        for layer in stage(shape):
            yield setting, layer
            shape = layer.output


def _whitened(network: CNN, shape: tuple[int, ...]) -> Iterator[Layer]:
    if network.whitening:
        yield (whitening := _whitening(shape))
        yield from norm_and_activation(whitening.output, False, network.activation)


def _pyramid(network: CNN, shape: tuple[int, ...]) -> Iterator[Layer]:
    last = len(network.pyramid) - 1
    for index, channels in enumerate(network.pyramid):
        norm = network.pyramid_batch_norm == "each" or (
            network.pyramid_batch_norm == "last_two" and index >= last - 1
        )
        yield _conv(shape, channels, 1, "same")
        shape = (channels, *shape[1:])
        yield from norm_and_activation(shape, norm, network.pyramid_activation)


def _head(network: CNN, shape: tuple[int, ...]) -> Iterator[Layer]:
    if network.head == "global_average":
        yield GlobalAverage(shape, (shape[0],))


def _block(network: CNN, index: int, shape: tuple[int, ...]) -> Iterator[Layer]:
    block, number = network.blocks[index], index + 1
    pools = block.pool != "none"
    early = pools and block.pool_at != "end"
    if early and block.pool_at == "start":
        yield (pool := _pool(block, shape, network, number))
        shape = pool.output
    if block.batch_norm == "input":
        yield BatchNorm(shape, shape)
    for place, channels in enumerate(block.channels):
        side = min(shape[1:])
        if block.padding == "none" and block.kernel > side:
            raise ImpossibleNetwork(
                f"architecture.blocks.{index}.kernel",
                f"The kernel of block {number} is {block.kernel}×{block.kernel}, but only "
                f"{shape[1]}×{shape[2]} pixels of the image are left there: use a smaller kernel, "
                "or padding.",
            )
        yield (conv := _conv(shape, channels, block.kernel, block.padding))
        shape = conv.output
        if early and block.pool_at == "after_first" and place == 0:
            yield (pool := _pool(block, shape, network, number))
            shape = pool.output
        norm = block.batch_norm == "each" or (block.batch_norm == "first" and place == 0)
        yield from norm_and_activation(shape, norm, network.activation)
    drop = block.dropout > 0
    kind = ChannelDropout if block.dropout_kind == "channels" else Dropout
    before = block.dropout_at == "before_pool" and not early
    if drop and before:
        yield kind(shape, shape, block.dropout)
    if pools and not early:
        yield (pool := _pool(block, shape, network, number))
        shape = pool.output
    if drop and not before:
        yield kind(shape, shape, block.dropout)


def _pool(block: ConvBlock, shape: tuple[int, ...], network: CNN, number: int) -> Layer:
    pooled = (shape[0], shape[1] // 2, shape[2] // 2)
    if min(pooled[1:]) < 1:
        other = ", or leave out the whitened first layer" if network.whitening else ""
        raise ImpossibleNetwork(
            f"architecture.blocks.{number - 1}.pool",
            f"After the pooling of block {number} nothing is left of the image "
            f"({shape[1]}×{shape[2]} pixels before it): use fewer poolings{other}.",
        )
    return (MaxPool if block.pool == "max" else AveragePool)(shape, pooled)


def _whitening(shape: tuple[int, ...]) -> Layer:
    channels, height, width = shape
    kernel = WHITENING_KERNEL
    if min(height, width) < kernel:
        raise ImpossibleNetwork(
            "architecture.whitening",
            f"A whitened first layer looks at {kernel}×{kernel} pixels, but these images have only "
            f"{height}×{width}: leave it out.",
        )
    filters = 2 * kernel**2 * channels
    return Whitening(shape, (filters, height - kernel + 1, width - kernel + 1), kernel)


def _conv(
    shape: tuple[int, ...], channels: int, kernel: int, padding: Literal["same", "none"]
) -> Layer:
    shrink = 0 if padding == "same" else kernel - 1
    return Conv(shape, (channels, shape[1] - shrink, shape[2] - shrink), kernel, padding)


def _dense(network: MLP | CNN, classes: int, shape: tuple[int, ...]) -> Iterator[Layer]:
    """Yield the layers from values of ``shape`` to one logit a class."""
    if len(shape) == 3:
        yield Flatten(shape, (prod(shape),))
        shape = (prod(shape),)
    places = _dropout_places(network)
    if network.dropout and 0 in places:
        yield Dropout(shape, shape, network.dropout)
    for index, width in enumerate(network.hidden, start=1):
        yield Dense((shape[0],), (width,))
        shape = (width,)
        yield from norm_and_activation(shape, network.batch_norm, network.activation)
        if network.dropout and index in places:
            yield Dropout(shape, shape, network.dropout)
    yield Dense((shape[0],), (classes,))


def _dropout_places(network: MLP | CNN) -> set[int]:
    """Tell after which hidden layers dropout stands; 0 is before the first dense layer."""
    hidden = len(network.hidden)
    return {
        "before_dense": {0},
        "after_first": {min(1, hidden)},
        "after_each": set(range(1, hidden + 1)) or {0},
        "before_output": {hidden},
    }[network.dropout_at]
