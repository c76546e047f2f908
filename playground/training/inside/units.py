"""What the units of each hidden layer do on average: which are dead, which are saturated."""

from collections.abc import Iterable

import torch
from torch import nn

from playground.inside import LayerUnits
from playground.network import Layer, Plan
from playground.network.chunks import evaluation_batch
from playground.training.inside.layers import behind, block_of, source
from playground.training.loaded_network import LoadedNetwork

IMAGES = 1000
"""Of a split, its first ones: a unit that answers to none of them is called dead."""
NEAR_END = 0.05
"""How near to its ends an output is saturated, as a share of the range between them."""
_ENDS = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}


def units(network: LoadedNetwork, split: str = "test", images: int = IMAGES) -> list[LayerUnits]:
    """Describe the units of every hidden layer, by a split's first images.
    Raises PredictionError."""
    numbers, size = network.numbers(split, images), evaluation_batch(network.plan)
    batches = (
        network.scaled(network.dataset.images[numbers[start : start + size]])
        for start in range(0, len(numbers), size)
    )
    return units_of(network.model, network.plan, batches)


@torch.inference_mode()
def units_of(model: nn.Sequential, plan: Plan, batches: Iterable[torch.Tensor]) -> list[LayerUnits]:
    """Describe the units of a network in evaluation mode by scaled images."""
    places = hidden(plan)
    alive = {place: torch.zeros(layer.output[0], dtype=torch.bool) for place, layer in places}
    zeros, ends, values_of = (dict.fromkeys(alive, 0) for _ in range(3))
    images = 0
    for values in batches:
        images += len(values)
        for place, layer in enumerate(plan.modules):
            values = model[place](values)
            if place in alive:
                alive[place] |= answers(values).cpu()
                zeros[place] += int((values == 0).sum())
                ends[place] += saturated(layer, values)
                values_of[place] += values.numel()
    return [
        LayerUnits(
            place,
            block_of(plan, place),
            plan.modules[made_by if (made_by := source(plan, place)) is not None else place].title,
            layer.output[0],
            (~alive[place]).nonzero().flatten().numpy(),
            zeros[place] / max(values_of[place], 1),
            ends[place] / max(values_of[place], 1) if can_saturate(layer) else float("nan"),
            images,
        )
        for place, layer in places
    ]


def hidden(plan: Plan) -> list[tuple[int, Layer]]:
    """List where the units of each layer with weights stand, but for the last one: the layer behind
    which, mostly an activation, and its place."""
    made = [place for place, layer in enumerate(plan.modules) if layer.weights][:-1]
    places = [behind(plan, place) for place in made]
    return [(place, plan.modules[place]) for place in places]


def answers(values: torch.Tensor) -> torch.Tensor:
    """Tell which units put out something other than 0 for some image: bool (units,), of outputs
    (n, units, …)."""
    return (values != 0).transpose(0, 1).flatten(1).any(1)


def saturated(layer: Layer, values: torch.Tensor) -> int:
    """Count the outputs that are near the ends of an activation that has two."""
    if not can_saturate(layer):
        return 0
    low, high = _ENDS[layer.function]  # type: ignore[attr-defined]
    near = NEAR_END * (high - low)
    return int(((values < low + near) | (values > high - near)).sum())


def can_saturate(layer: Layer) -> bool:
    """Tell whether an activation has two ends."""
    return getattr(layer, "function", "") in _ENDS
