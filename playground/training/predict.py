"""What a trained network makes of a picture.

It runs beside a training run, in the same process on another thread. So it draws no random number,
changes no setting of torch, and computes on the CPU, whatever device the run has.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from playground.config import DataConfig, from_json
from playground.data import datasets
from playground.data.datasets import Dataset
from playground.data.datasets.scaling import scaling_of
from playground.network import plan_of
from playground.network.chunks import evaluation_batch
from playground.results import StoredNetwork
from playground.training.images import Images, evaluate
from playground.training.stored_networks import PredictionError, stored_network


def predict(stored: StoredNetwork, folder: Path, pixels: np.ndarray) -> np.ndarray | None:
    """Predict probabilities, float32 (n, classes), from a stored run's network; None if the app is
    to lend its weights first.

    ``pixels`` is uint8 (n, height, width, channels), from 0 to the data set's ``max_pixel``;
    ``folder`` is the data folder, as the scaling follows from the data that the run was trained on.

    Raises PredictionError, datasets.DataError or network.ImpossibleNetwork.
    """
    config = from_json(stored.config)
    dataset = datasets.load(config.data, folder).as_seen(stored.fingerprint)
    if dataset.fingerprint != stored.fingerprint:
        raise PredictionError(
            "The data set has changed since this network was trained: train it again to use it."
        )
    _check(pixels, dataset)
    plan = plan_of(config, dataset)
    if (model := stored_network(stored, config, plan)) is None:
        return None
    scaling = _scaling(config.data, folder, stored.fingerprint)
    # A copy: what came through Dask is read-only, of which torch warns.
    labels = np.zeros(len(pixels), np.int64)
    images = Images(np.array(pixels), labels, scaling, torch.device("cpu"))
    logits = evaluate(model, images, evaluation_batch(plan))
    if not torch.isfinite(logits).all():
        raise PredictionError(
            "This network's answer is not a finite number: train it again with a smaller learning "
            "rate."
        )
    return logits.softmax(1).numpy()


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
