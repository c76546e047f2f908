"""What was accepted is run: a config is planned and trained, an image shown to a network."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from playground import training
from playground.config import OwnImages, RunConfig, with_settings
from playground.data import datasets
from playground.data.datasets import DataError
from playground.network import ImpossibleNetwork, lay_out
from playground.results import Result
from tests import own_images, small_runs, small_sets
from tests.fuzzing import COUNTS, assert_clear

SMALL = 10**6
"""Multiplications for an image; a network with more is planned and not trained."""
QUICK = {"run.epochs": "1", "run.device": "cpu", "data.train_images": "30"}


def run(kind: str, config: RunConfig, folder: Path, one_in: int = 1) -> None:
    """Plan a config's network and, where it is small, train it for an epoch on 30 images.

    ``one_in`` trains a share of the configs only, chosen by their names.
    """
    assert with_settings(config.settings()) == (config, [])
    with _its_images(config, folder):
        try:
            dataset = datasets.load(config.data, folder)
            shape, classes = dataset.input_shape, len(dataset.classes)
            plan = lay_out(config.architecture, shape, classes)
            if plan.multiply_adds > SMALL or int(config.name[:8], 16) % one_in:
                return
            quick, problems = with_settings(QUICK, config)
            assert problems == []
            *_, result = training.train(quick, folder)
        except (DataError, ImpossibleNetwork) as error:
            assert_clear(error)
            return
    assert isinstance(result, Result) and result.status in ("finished", "diverged")
    if result.status == "diverged":
        assert result.message.endswith(".")
    else:
        assert result.epochs == 1 and result.weights
        chances = result.probabilities["test"]
        assert chances.shape == (len(result.labels["test"]), classes)
        assert np.allclose(chances.sum(1), 1, atol=1e-4)
    COUNTS[kind].run += 1


@contextmanager
def _its_images(config: RunConfig, folder: Path) -> Iterator[None]:
    """The data that a config names, there for a while."""
    if not datasets.ready(config.data.name, folder):
        with pytest.MonkeyPatch.context() as patch:
            datasets.load(small_sets.save(config.data.name, folder, patch), folder)
    if not isinstance(config.data, OwnImages) or (folder / config.data.file).exists():
        yield
        return
    own_images.save(folder, config.data.file)
    try:
        yield
    finally:
        (folder / config.data.file).unlink()
        shutil.rmtree(folder / "prepared" / config.data.file, ignore_errors=True)


def show(kind: str, image: np.ndarray, input_shape: tuple[int, int, int], top: int) -> None:
    """Look an image over and show it to a network."""
    channels, height, width = input_shape
    assert (image.shape, image.dtype) == ((height, width, channels), np.uint8)
    assert image.max() <= top
    with torch.inference_mode():
        logits = _network(input_shape)(torch.from_numpy(image / top).permute(2, 0, 1)[None].float())
    assert torch.isfinite(logits).all()
    COUNTS[kind].run += 1


@cache
def _network(input_shape: tuple[int, int, int]) -> nn.Sequential:
    return small_runs.untrained(small_runs.small(), input_shape).eval()
