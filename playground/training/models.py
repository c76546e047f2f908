"""A plan as a torch module."""

from torch import nn

from playground.config import CNN, MLP
from playground.config.initialization import INITIALIZATIONS
from playground.network import Plan


def build(plan: Plan, architecture: MLP | CNN) -> nn.Sequential:
    """Build the network of a plan, initialised from torch's global random numbers.

    It takes floats (batch, channels, height, width) and gives logits (batch, classes).
    """
    model = nn.Sequential(*(layer.call.make({}) for layer in plan.modules))
    _initialize(model, architecture)
    return model


def _initialize(model: nn.Module, architecture: MLP | CNN) -> None:
    draw = INITIALIZATIONS[architecture.initialization].call
    for module in model.modules():
        if not isinstance(module, nn.Linear | nn.Conv2d):
            continue
        if draw:
            draw.make({}, module.weight)
        if architecture.bias != "pytorch" and module.bias is not None:
            nn.init.constant_(module.bias, architecture.bias)
