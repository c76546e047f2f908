"""The networks, as plain torch, and one of them with less to do."""

from itertools import pairwise

from torch import nn


def base_network() -> nn.Sequential:
    """Return the base of article E: three convolutions of 32, 64 and 128 channels, then 128
    units."""
    return nn.Sequential(
        *(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(2048, 128), nn.ReLU(), nn.Linear(128, 10)),
    )


def tutorial_network() -> nn.Sequential:
    """Return the network of PyTorch's CIFAR10 tutorial."""
    return nn.Sequential(
        *(nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU()),
        *(nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def digits_network() -> nn.Sequential:
    """Return the playground's first network: two hidden layers of 32 and 16 units on 8×8 pixels."""
    return nn.Sequential(
        *(nn.Flatten(), nn.Linear(64, 32), nn.ReLU()),
        *(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 10)),
    )


def pooled_first(network: nn.Sequential) -> nn.Sequential:
    """Return the same function, with less to do: each max pooling before the ReLU that it
    follows."""
    modules = list(network)
    for place, (one, after) in enumerate(pairwise(network)):
        if isinstance(one, nn.ReLU) and isinstance(after, nn.MaxPool2d):
            modules[place : place + 2] = after, one
    return nn.Sequential(*modules)
