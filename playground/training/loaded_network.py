"""A stored run's network made ready to be asked, beside a training run.

That runs in the same process on another thread. So what asks a network draws no random number of
torch's global ones, changes no setting of torch, and computes on the CPU.
"""

import pkgutil
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from playground.config import DataConfig, RunConfig, from_json
from playground.data import datasets
from playground.data.datasets import Dataset
from playground.data.datasets.scaling import scaling_of
from playground.network import Plan, plan_of
from playground.network.chunks import evaluation_batch
from playground.results import StoredNetwork
from playground.training.images import Images, evaluate
from playground.training.stored_networks import PredictionError, snapshot, stored_network


@dataclass(frozen=True, eq=False)
class LoadedNetwork:
    """A network in evaluation mode, with the data it was trained on and how that is scaled."""

    stored: StoredNetwork
    config: RunConfig
    dataset: Dataset
    plan: Plan
    model: nn.Sequential
    """Its modules are ``plan.modules``, in order."""
    scaling: tuple[np.ndarray, np.ndarray]
    """Factor and shift of each channel."""
    epoch: int | None = None
    """After which the network is looked at; None: as the run left it."""

    def after(self, epoch: int) -> "LoadedNetwork":
        """Return the network as it was after an epoch. Raises PredictionError."""
        model = snapshot(self.stored, self.config, self.plan, epoch)
        return replace(self, model=model, epoch=epoch)

    def images(self, pixels: np.ndarray) -> Images:
        """Take pictures, uint8 (n, height, width, channels) from 0 to the data set's ``max_pixel``.
        Raises PredictionError."""
        _check(pixels, self.dataset)
        # A copy: what came through Dask is read-only, of which torch warns.
        labels = np.zeros(len(pixels), np.int64)
        return Images(np.array(pixels), labels, self.scaling, torch.device("cpu"))

    def scaled(self, pixels: np.ndarray) -> torch.Tensor:
        """Scale pictures to what the network sees, (n, channels, height, width). Raises
        PredictionError."""
        return self.images(pixels).batch(slice(None))

    def logits(self, images: Images) -> torch.Tensor:
        """Compute logits (n, classes). Raises PredictionError if they are not finite."""
        return finite(evaluate(self.model, images, evaluation_batch(self.plan)))

    def numbers(self, split: str, most: int) -> np.ndarray:
        """Return the numbers of a split's first images, int64: ``train``, ``validation`` or
        ``test``."""
        return getattr(datasets.split(self.dataset, self.config.data), split)[:most]


def load(stored: StoredNetwork, folder: Path) -> LoadedNetwork | None:
    """Load a stored run's network; None if the app is to lend its weights first. ``folder`` is the
    data folder, as the scaling follows from the data that the run was trained on.

    Raises PredictionError, datasets.DataError or network.ImpossibleNetwork.
    """
    config = from_json(stored.config)
    dataset = datasets.load(config.data, folder).as_seen(stored.fingerprint)
    if dataset.fingerprint != stored.fingerprint:
        raise PredictionError(
            "The data set has changed since this network was trained: train it again to use it."
        )
    plan = plan_of(config, dataset)
    if (model := stored_network(stored, config, plan)) is None:
        return None
    scaling = _scaling(config.data, folder, stored.fingerprint)
    return LoadedNetwork(stored, config, dataset, plan, model, scaling)


def answer(function: str, stored: StoredNetwork, folder: Path, arguments: dict[str, Any]) -> Any:
    """Answer a question to a stored network: what the function of that name makes of it, or of the
    network as it was after an ``epoch``, if one is among the arguments; None if the app is to lend
    its weights first. Raises as :func:`load` does, and PredictionError."""
    asked = dict(arguments)
    epoch = asked.pop("epoch", None)
    network = load(stored, folder)
    if network is None:
        return None
    if epoch is not None:
        network = network.after(epoch)
    return pkgutil.resolve_name(function)(network, **asked)


def finite(logits: torch.Tensor) -> torch.Tensor:
    """Return logits as they are. Raises PredictionError if they are not finite."""
    if not torch.isfinite(logits).all():
        raise PredictionError(
            "This network's answer is not a finite number: train it again with a smaller learning "
            "rate."
        )
    return logits


def _check(pixels: np.ndarray, dataset: Dataset) -> None:
    shape = dataset.images.shape[1:]
    fits = pixels.dtype == np.uint8 and len(pixels) and pixels.shape[1:] == shape
    if not fits or pixels.max() > dataset.max_pixel:
        height, width, channels = shape
        raise PredictionError(
            f"This network takes pictures of {height}×{width} pixels, "
            f"{'grey' if channels == 1 else 'in colour'}, with values from 0 to "
            f"{dataset.max_pixel}: give it such a picture."
        )


@lru_cache(maxsize=8)
def _scaling(data: DataConfig, folder: Path, fingerprint: str) -> tuple[np.ndarray, np.ndarray]:
    """Measure the scaling that training used, once, as CIFAR10's takes most of a second."""
    dataset = datasets.load(data, folder).as_seen(fingerprint)
    return scaling_of(data.scaling, dataset, datasets.split(dataset, data).train)
