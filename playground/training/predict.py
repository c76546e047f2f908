"""What a trained network makes of a picture.

It runs beside a training run, in the same process on another thread. So it draws no random number,
changes no setting of torch, and computes on the CPU, whatever device the run has.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import nn

from playground import architecture, datasets, models
from playground.architecture import Plan
from playground.config import CNN, DataConfig, RunConfig
from playground.datasets import Dataset
from playground.datasets.scaling import scaling_of
from playground.execution import evaluation_batch
from playground.refusal import Refusal
from playground.training.images import Images, evaluate


class PredictionError(Refusal):
    """A prediction that cannot be made; the message is one sentence that says what to do."""


def predict(
    config: RunConfig, folder: Path, weights: bytes, pixels: np.ndarray, fingerprint: str
) -> np.ndarray:
    """Probabilities, float32 (n, classes), from the network of ``config`` with these weights.

    ``pixels`` is uint8 (n, height, width, channels), from 0 to the data set's top; ``fingerprint``
    is that of the data the run was trained on, from which the scaling follows. ``weights`` is a
    state_dict in safetensors' format.

    Raises PredictionError, datasets.DataError or architecture.ImpossibleNetwork.
    """
    dataset = datasets.load(config.data, folder)
    if dataset.fingerprint != fingerprint:
        raise PredictionError(
            "The data set has changed since this network was trained: train it again to use it."
        )
    _check(pixels, dataset)
    plan = architecture.plan(config.architecture, dataset.input_shape, len(dataset.classes))
    model = network_of(config, plan, weights)
    scaling = _scaling(config.data, folder, fingerprint)
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
    if not fits or pixels.max() > dataset.top:
        height, width, channels = shape
        raise PredictionError(
            f"This network takes pictures of {height}×{width} pixels, "
            f"{'grey' if channels == 1 else 'in colour'}, with values from 0 to {dataset.top}: "
            "give it such a picture."
        )


def network_of(config: RunConfig, plan: Plan, weights: bytes) -> nn.Module:
    """A network with stored weights, on the CPU; draws nothing. Raises PredictionError."""
    with torch.device("meta"):  # on this thread only; there, initialising draws nothing
        model = models.build(plan, config.architecture)
    try:
        tensors = safetensors.torch.load(weights)
    except (SafetensorError, KeyError):  # the latter: a type that torch does not have
        tensors = {}
    if _forms(tensors) != _forms(model.state_dict()):
        raise PredictionError(
            "The stored weights of this run are damaged or of another network: train it again."
        )
    model.load_state_dict(tensors, assign=True)
    if isinstance(config.architecture, CNN):
        model = model.to(memory_format=torch.channels_last)
    return model


def _forms(tensors: dict[str, torch.Tensor]) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {name: (tensor.shape, tensor.dtype) for name, tensor in tensors.items()}


@lru_cache(maxsize=8)
def _scaling(data: DataConfig, folder: Path, fingerprint: str) -> tuple[np.ndarray, np.ndarray]:
    """The scaling that training used: measured once, as CIFAR10's takes most of a second."""
    dataset = datasets.load(data, folder)
    return scaling_of(data.scaling, dataset, datasets.split(dataset, data).train)
