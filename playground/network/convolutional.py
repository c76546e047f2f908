"""The convolutional part of a plan: whitening, 1×1 pyramid, blocks."""

from collections.abc import Iterator
from typing import Literal

from playground.config import CNN, ConvBlock
from playground.network.layers import (
    AveragePool,
    BatchNorm,
    ChannelDropout,
    Conv,
    Dropout,
    GlobalAverage,
    ImpossibleNetwork,
    Layer,
    MaxPool,
    Whitening,
    norm_and_activation,
)

WHITENING_KERNEL = 2
"""The side of the square of pixels that the whitened first layer looks at."""


def convolutional(network: CNN, shape: tuple[int, ...]) -> Iterator[Layer]:
    """The layers from the image to the dense ones. Raises ImpossibleNetwork."""
    if network.whitening:
        yield (whitening := _whitening(shape))
        shape = whitening.output
        yield from norm_and_activation(shape, False, network.activation)
    last = len(network.pyramid) - 1
    for index, channels in enumerate(network.pyramid):
        norm = network.pyramid_batch_norm == "each" or (
            network.pyramid_batch_norm == "last_two" and index >= last - 1
        )
        yield _conv(shape, channels, 1, "same")
        shape = (channels, *shape[1:])
        yield from norm_and_activation(shape, norm, network.pyramid_activation)
    for number, block in enumerate(network.blocks, start=1):
        for layer in _block(block, shape, network, number):
            yield layer
            shape = layer.output
    if network.head == "global_average":
        yield GlobalAverage(shape, (shape[0],))


def _block(block: ConvBlock, shape: tuple[int, ...], network: CNN, number: int) -> Iterator[Layer]:
    setting = f"architecture.blocks.{number - 1}"
    pools = block.pool != "none"
    early = pools and block.pool_at == "after_first"
    if block.batch_norm == "input":
        yield BatchNorm(shape, shape)
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
            yield (pool := _pool(block, shape, network, number))
            shape = pool.output
        norm = block.batch_norm == "each" or (block.batch_norm == "first" and index == 0)
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
