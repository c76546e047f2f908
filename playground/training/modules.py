"""A plan as a torch module: its layers, its initial weights, and the whitened first layer."""

import torch
from torch import nn
from torch.nn import functional as F

from playground.config import CNN, MLP
from playground.config.network import INITIALIZATIONS
from playground.network import Plan

_WHITENING_EPSILON = 5e-4
"""What is added to each eigenvalue, as a share of the mean variance of a pixel.

It keeps directions in which the patches hardly vary from being blown up. Source: Jordan 2024, "94%
on CIFAR-10 in 3.29 Seconds on a Single GPU", where pixels have variance 1.
"""


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


class Whitening(nn.Module):
    """A convolution with fixed filters: (batch, c, h, w) to (batch, 2*k*k*c, h-k+1, w-k+1).

    The filters are a buffer: stored with the weights, never trained. They are zero until measured
    ones are copied in (see :func:`whitening_filters`).
    """

    weight: torch.Tensor

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        filters = 2 * kernel * kernel * channels
        self.register_buffer("weight", torch.zeros(filters, channels, kernel, kernel))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return F.conv2d(images, self.weight)


def whiten(model: nn.Sequential, images: torch.Tensor) -> None:
    """Measure the filters of a network's whitened first layer on images (n, c, h, w), scaled."""
    first = model[0]
    assert isinstance(first, Whitening)
    first.weight.copy_(whitening_filters(images, first.weight.shape[-1]))


def whitening_filters(images: torch.Tensor, kernel: int) -> torch.Tensor:
    """Measure filters (2*k*k*c, c, k, k), float32 on the CPU, that whiten patches of images (n, c,
    h, w).

    The eigenvectors of the covariance of all k by k patches, each divided by the root of its
    eigenvalue, the largest first; then their negatives, so that an activation loses neither side.
    What the first half puts out has the identity as its covariance, up to a small epsilon. Draws no
    random number.
    """
    channels = images.shape[1]
    size = channels * kernel * kernel
    count, total = 0, torch.zeros(size, dtype=torch.float64)
    products = torch.zeros(size, size, dtype=torch.float64)
    # On the CPU, where every device's images give the same filters; 500 at a time for the memory.
    for some in images.split(500):
        patches = F.unfold(some.cpu().double(), kernel).transpose(0, 1).reshape(size, -1)
        count += patches.shape[1]
        total += patches.sum(1)
        products += patches @ patches.T
    mean = total / count
    covariance = products / count - torch.outer(mean, mean)
    values, vectors = torch.linalg.eigh(covariance)  # ascending, an eigenvector a column
    # Images of one colour have no variance at all; the limit keeps their filters finite.
    epsilon = _WHITENING_EPSILON * covariance.diagonal().mean().clamp(min=1e-6)
    scaled = (vectors / (values.clamp(min=0) + epsilon).sqrt()).T.flip(0)
    return torch.cat((scaled, -scaled)).view(2 * size, channels, kernel, kernel).float()
