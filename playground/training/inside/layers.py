"""The layers of a network one by one: what each puts out, and where its weights are."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import nn

from playground.inside import LayerOutput, NetworkOutputs
from playground.network import Layer, Plan
from playground.training.loaded_network import LoadedNetwork, finite
from playground.training.stored_networks import PredictionError

MOST = 12
"""Channels of a layer that are told of, unless all are asked for."""
_PASSED_BY = ("batch_norm", "activation", "max_pool", "average_pool", "global_average", "dropout",
              "channel_dropout")  # fmt: skip
"""Kinds of layers whose k-th channel is made of the k-th channel before."""


def outputs(
    network: LoadedNetwork, pixels: np.ndarray, whole: Sequence[int] = ()
) -> NetworkOutputs:
    """Compute what every layer makes of a picture, uint8 (1, height, width, channels): the
    strongest channels of each, and all of the layers whose places are in ``whole``.

    Raises PredictionError.
    """
    layers, logits = [], torch.empty(0)
    with torch.inference_mode():
        for place, layer, values in walk(network, network.scaled(pixels)):
            block = block_of(network.plan, place)
            layers.append(_told(place, block, layer, values[0], place in whole))
            logits = values
        finite(logits)
        probabilities = logits.softmax(1)
    return NetworkOutputs(tuple(layers), logits[0].numpy(), probabilities[0].numpy())


def walk(
    network: LoadedNetwork, values: torch.Tensor, start: int = 0, end: int | None = None
) -> Iterator[tuple[int, Layer, torch.Tensor]]:
    """Apply the layers from the place ``start`` to before ``end``, one by one: place, layer, and
    its output."""
    layers = network.plan.modules
    for place in range(start, len(layers) if end is None else end):
        values = network.model[place](values)
        yield place, layers[place], values


def after(network: LoadedNetwork, values: torch.Tensor, start: int, end: int | None = None):
    """Return the output of the layers from the place ``start`` to before ``end``."""
    return network.model[start:end](values)


def source(plan: Plan, place: int) -> int | None:
    """Return the place of the layer with weights that makes a layer's channels, itself or one
    before it; None if there is none, as the units of a flattened image are pixels."""
    layers = plan.modules
    if not 0 <= place < len(layers):
        raise PredictionError(f"This network has the layers 0 to {len(layers) - 1}: choose one.")
    while place >= 0 and layers[place].kind in _PASSED_BY:
        place -= 1
    return place if place >= 0 and layers[place].weights else None


def behind(plan: Plan, place: int) -> int:
    """Return the place behind which the units of a layer with weights stand: its batch norm's and
    activation's, if these follow it, else its own."""
    layers, found = plan.modules, place
    for at in range(place + 1, len(layers)):
        if layers[at].kind not in _PASSED_BY:
            break
        if layers[at].kind in ("batch_norm", "activation"):
            found = at
    return found


def block_of(plan: Plan, place: int) -> int:
    """Return the number of the block that a layer stands in, from 1; 0 if it is in none."""
    layer = plan.modules[place]
    setting = next(
        path for one, path in zip(plan.layers, plan.settings, strict=True) if one is layer
    )
    number = setting.removeprefix("architecture.blocks.").partition(".")[0]
    return int(number) + 1 if number.isdecimal() else 0


def weights_of(network: LoadedNetwork, place: int) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Return weights and biases of a layer that has some; whitening has no bias."""
    numbers = dict(network.model[place].named_parameters()) | dict(
        network.model[place].named_buffers()
    )
    weight, bias = numbers["weight"], numbers.get("bias")
    return weight.detach(), None if bias is None else bias.detach()


def last_dense(network: LoadedNetwork) -> int:
    """Return the place of the layer that gives the logits."""
    return max(p for p, module in enumerate(network.model) if isinstance(module, nn.Linear))


def _told(place: int, block: int, layer: Layer, values: torch.Tensor, whole: bool) -> LayerOutput:
    if values.dim() == 3:
        strengths = values.abs().mean((1, 2))
        order = strengths.argsort(descending=True, stable=True)
        chosen = order if whole else order[:MOST]
    else:
        chosen = torch.arange(len(values))
    return LayerOutput(
        place,
        block,
        layer.kind,
        layer.title,
        tuple(values.shape),
        values.min().item(),
        values.max().item(),
        (values == 0).float().mean().item(),
        chosen.numpy(),
        values[chosen].contiguous().numpy(),
    )
