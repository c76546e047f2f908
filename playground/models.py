"""A plan as a torch module, and the registries of activations and initialisations."""

from collections.abc import Callable

import torch
from torch import nn

from playground.architecture import Layer, Plan
from playground.config import CNN, MLP

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "prelu": nn.PReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}

INITIALIZATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "xavier_uniform": nn.init.xavier_uniform_,
    "xavier_normal": nn.init.xavier_normal_,
    "kaiming_uniform": lambda weight: nn.init.kaiming_uniform_(weight, nonlinearity="relu"),
    "kaiming_normal": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
}


def build(plan: Plan, architecture: MLP | CNN) -> nn.Sequential:
    """The network of a plan, initialised from torch's global random numbers.

    It takes floats (batch, channels, height, width) and gives logits (batch, classes).
    """
    model = nn.Sequential(*(_module(layer) for layer in plan.layers))
    _initialize(model, architecture)
    return model


def _module(layer: Layer) -> nn.Module:
    match layer.kind:
        case "conv":
            padding = "same" if layer.padding == "same" else 0
            return nn.Conv2d(layer.input[0], layer.output[0], layer.kernel, padding=padding)
        case "dense":
            return nn.Linear(layer.input[0], layer.output[0])
        case "batch_norm":
            image = len(layer.output) == 3
            return nn.BatchNorm2d(layer.output[0]) if image else nn.BatchNorm1d(layer.output[0])
        case "activation":
            return ACTIVATIONS[layer.function]()
        case "max_pool":
            return nn.MaxPool2d(2)
        case "average_pool":
            return nn.AvgPool2d(2)
        case "global_average":
            return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        case "flatten":
            return nn.Flatten()
        case "dropout":
            return nn.Dropout(layer.rate)
        case "channel_dropout":
            return nn.Dropout2d(layer.rate)


def _initialize(model: nn.Module, architecture: MLP | CNN) -> None:
    for module in model.modules():
        if not isinstance(module, nn.Linear | nn.Conv2d):
            continue
        if architecture.initialization != "pytorch":
            INITIALIZATIONS[architecture.initialization](module.weight)
        if architecture.bias != "pytorch":
            nn.init.constant_(module.bias, architecture.bias)
