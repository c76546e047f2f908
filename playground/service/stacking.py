"""Which runs may train together, as one stack of networks; no torch, so the queue knows it.

Configs that differ only in numbers that a stack can hold side by side (seed, learning rate, weight
decay, momentum and the like) share their images, their layers and the sizes of their steps. Only
small MLPs are stacked: their steps cost mostly the calls, which sixteen share; a large step costs
its arithmetic, which nobody can share, and torch has no fast convolution with weights for each
image.
"""

import json

from playground.config import MLP, RunConfig
from playground.data.datasets import Facts
from playground.network import Activation, ImpossibleNetwork, Layer, duration, plan_of

MAX_RUNS = 16
"""Runs in a stack."""
MAX_WORK = 5_000_000
"""Multiply-adds of a step of one of them, forward."""
MAX_LOGITS = 1_000_000
"""Numbers that one of them puts out in an epoch: all are kept until it ends, 64 MB for a stack."""

_OF_THEIR_OWN = ("weight_decay", "l1", "l2", "gradient_clip", "early_stopping")


def key(config: RunConfig, facts: Facts) -> str | None:
    """Return what is equal for two configs that may train together; None for one that trains alone.

    ``facts`` are those of the config's data. Raises datasets.DataError if there are too few images.
    """
    data, network = config.data, config.architecture
    if not isinstance(network, MLP) or config.run.device not in ("auto", "cpu"):
        return None
    if config.optimizer.stack_rule is None or data.augmentations():
        return None
    try:
        plan = plan_of(config, facts)
    except ImpossibleNetwork:
        return None  # training it says so
    images = facts.images_of(data)["train"]
    work = plan.multiply_adds * duration.batch_size_of(config, images)
    if work > MAX_WORK or images * plan.classes > MAX_LOGITS:
        return None
    if not all(map(_stacks, plan.layers)):
        return None
    shared = config.model_dump(mode="json")
    shared["optimizer"] = config.optimizer.name
    shared["run"].pop("seed")
    for name in _OF_THEIR_OWN:
        shared["regularization"].pop(name)
    return json.dumps(shared, sort_keys=True)


def _stacks(layer: Layer) -> bool:
    """Tell whether a stack can compute it: no function that learns, or that training changes."""
    special = layer.parameters or layer.trains_otherwise
    return not (isinstance(layer, Activation) and special)
