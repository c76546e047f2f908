"""Why an image is taken for a class: a method of attribution a file, found by itself.

A method is a function of a ``Subject`` that gives a map, (height, width): what speaks for the class
above 0, against it below. ``method`` says what it is called, what it shows, and where it misleads.
"""

import pkgutil
from collections.abc import Mapping
from importlib import import_module

import numpy as np
import torch
from torch import nn

from playground.inside import Explanation
from playground.training.attribution.subject import METHODS, Method, NothingToSay, Subject, method
from playground.training.inside.layers import last_dense
from playground.training.loaded_network import LoadedNetwork
from playground.training.stored_networks import PredictionError

for _file in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")

__all__ = ["METHODS", "Method", "NothingToSay", "Subject", "explain", "method"]


def explain(
    network: LoadedNetwork, pixels: np.ndarray, target: int, methods: tuple[str, ...] = ()
) -> list[Explanation]:
    """Explain why a picture, uint8 (1, height, width, channels), is taken for a class, or would be,
    by every method or by those named. Raises PredictionError."""
    image = network.scaled(pixels)
    if not 0 <= target < network.plan.classes:
        raise PredictionError(f"The classes are 0 to {network.plan.classes - 1}: choose one.")
    base = _baseline(network)
    subject = Subject(network.model, network.plan, image, target, base)
    shuffled = Subject(_shuffled(network), network.plan, image, target, base)
    chosen: Mapping[str, Method] = {n: m for n, m in METHODS.items() if not methods or n in methods}
    return [_explained(name, one, subject, shuffled) for name, one in chosen.items()]


def _explained(name: str, one: Method, subject: Subject, shuffled: Subject) -> Explanation:
    told = (name, one.title, one.shows, one.misleads)
    try:
        found, other = (one.of(s).detach().float().numpy() for s in (subject, shuffled))
    except NothingToSay as reason:
        return Explanation(*told, None, str(reason), None, float("nan"))
    return Explanation(*told, found, "", other, likeness(found, other))


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Return the rank correlation (Spearman) of two maps; nan if one has a single value."""
    from scipy.stats import spearmanr

    if min(np.ptp(one), np.ptp(other)) == 0:
        return float("nan")
    return float(spearmanr(one.ravel(), other.ravel()).statistic)


def _baseline(network: LoadedNetwork) -> torch.Tensor:
    """Return what stands for "nothing there", (1, channels, 1, 1) as the network sees it: of grey
    pictures the most frequent value, which is the paper's; of colour pictures the mean colour."""
    images = network.dataset.images[network.numbers("train", 1000)]
    if images.shape[-1] == 1:
        values = np.full(1, np.bincount(images.ravel()).argmax(), np.float64)
    else:
        values = images.mean((0, 1, 2))
    factor, shift = network.scaling
    return torch.from_numpy((values * factor + shift).astype(np.float32)).view(1, -1, 1, 1)


def _shuffled(network: LoadedNetwork) -> nn.Sequential:
    """Return the network with its last layer's weights in another order, always the same one."""
    place = last_dense(network)
    last = network.model[place]
    assert isinstance(last, nn.Linear)
    weight = last.weight.detach()
    order = torch.randperm(weight.numel(), generator=torch.Generator().manual_seed(0))
    other = nn.utils.skip_init(nn.Linear, last.in_features, last.out_features)
    other.weight = nn.Parameter(weight.flatten()[order].view_as(weight))
    other.bias = last.bias
    return nn.Sequential(*network.model[:place], other, *network.model[place + 1 :])
