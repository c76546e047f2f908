"""Runs of a second or less on the digits, for tests."""

import math
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from torch import nn

from playground import training
from playground.config import CNN, MLP, ConvBlock, Digits, Regularization, Run, RunConfig
from playground.data import datasets
from playground.network import lay_out
from playground.results import EpochMetrics, Result, StoredNetwork
from playground.store import files
from playground.training import modules
from playground.training.loaded_network import answer
from playground.worker import questions

NOWHERE = Path("/nonexistent")  # the digits need no data folder


def small(*, epochs: int = 3, batch: int | str = 32, seed: int = 0, **parts) -> RunConfig:
    """160 digits and one hidden layer of 16, on the CPU, where nothing else is said."""
    usual = {"data": Digits(train_images=160), "architecture": MLP(hidden=(16,))}
    run = Run(epochs=epochs, batch_size=batch, seed=seed, device="cpu")
    return RunConfig(**usual | parts, run=run)


EVERYTHING = small(
    data=Digits(train_images=160, flip=True, crop=1, cutout=2, label_noise=0.1),
    architecture=CNN(
        blocks=[ConvBlock(channels=(6,), batch_norm="each", dropout=0.2, dropout_kind="channels")],
        hidden=(12,),
        dropout=0.3,
        batch_norm=True,
    ),
    regularization=Regularization(l1=1e-4, l2=1e-4, label_smoothing=0.1, gradient_clip=1.0),
)
"""A run with nearly all that a config can ask for."""


def trained(
    config: RunConfig, folder: Path = NOWHERE, stop: Callable[[], bool] = lambda: False
) -> Result:
    """The result of a run, after a look at the order in which it came."""
    *history, result = training.train(config, folder, stop)
    assert isinstance(result, Result)
    epochs = [metrics for metrics in history if isinstance(metrics, EpochMetrics)]
    assert tuple(history) == result.history and len(epochs) == len(history) == result.epochs
    assert [metrics.epoch for metrics in epochs] == list(range(1, len(history) + 1))
    return result


def numbers(result: Result) -> list[dict]:
    """A run's history without what a clock measured."""
    clocks = ("seconds", "images_per_second")
    return [{k: v for k, v in asdict(m).items() if k not in clocks} for m in result.history]


def untrained(config: RunConfig, shape=(1, 8, 8), classes: int = 10) -> nn.Sequential:
    """The network as a run begins with it."""
    torch.manual_seed(config.run.seed)
    plan = lay_out(config.architecture, shape, classes)
    return modules.build(plan, config.architecture)


def network(config: RunConfig, result: Result, shape=(1, 8, 8), classes: int = 10) -> nn.Sequential:
    """The trained network, from the result's weights."""
    model = untrained(config, shape, classes)
    model.load_state_dict(safetensors.torch.load(result.weights))
    return model.eval()


def predicted(
    config: RunConfig, folder: Path, weights: bytes, pixels: np.ndarray, fingerprint: str
) -> np.ndarray:
    """What a network with these weights makes of pictures, as a worker is asked for it: from a
    store that holds nothing else."""
    with tempfile.TemporaryDirectory() as store:
        path = Path(store, config.name, files.WEIGHTS)
        path.parent.mkdir()
        path.write_bytes(weights)
        version = files.version(path)
        stored = StoredNetwork(config.name, config.canonical(), fingerprint, 1.0, store, *version)
        found = answer(questions.PREDICT, stored, folder, {"pixels": pixels})
    assert found is not None
    return found


def images(config: RunConfig, part: str, folder: Path = NOWHERE) -> torch.Tensor:
    """One split's images as the network of a config sees them, scaled by hand."""
    dataset = datasets.load(config.data, folder)
    split = datasets.split(dataset, config.data)
    pixels = dataset.images[getattr(split, part)].astype(np.float64)
    known = dataset.images[split.train].astype(np.float64)
    scaled = {
        "raw": lambda: pixels,
        "unit": lambda: pixels / dataset.max_pixel,
        "symmetric": lambda: pixels / dataset.max_pixel * 2 - 1,
        "standard": lambda: (pixels - known.mean((0, 1, 2))) / known.std((0, 1, 2)),
    }[config.data.scaling]()
    return torch.from_numpy(scaled).permute(0, 3, 1, 2).float()


CHANCE = math.log(10)
"""The loss of a network that knows nothing of ten classes."""
