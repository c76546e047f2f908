"""The dense part of a plan, to the logits."""

from collections.abc import Iterator
from math import prod

from playground.config import CNN, MLP
from playground.network.layers import Dense, Dropout, Flatten, Layer, norm_and_activation


def dense(network: MLP | CNN, shape: tuple[int, ...], classes: int) -> Iterator[Layer]:
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
