"""Every optimizer, batch size, device and data set trains, or a sentence says why not."""

import re

import numpy as np
import pytest
import torch

from playground import training
from playground.config import (
    CNN,
    KINDS,
    MLP,
    SGD,
    Cifar10,
    ConvBlock,
    Digits,
    OwnImages,
    Run,
    RunConfig,
)
from playground.data.datasets import DataError
from playground.network import ImpossibleNetwork
from playground.recipes import RECIPES
from playground.training import DeviceError
from tests import own_images
from tests.small_runs import CHANCE, NOWHERE, network, numbers, small, trained


def refused(error: type[Exception], config: RunConfig, folder=NOWHERE) -> Exception:
    """The error before the first epoch; its message is one sentence."""
    with pytest.raises(error) as raised:
        next(training.train(config, folder))
    assert re.fullmatch(r"[A-Z][^\n]*\.", str(raised.value))
    return raised.value


# --- optimizers and schedules ------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", KINDS["optimizer"])
def test_every_optimizer_learns_from_its_default_learning_rate(optimizer):
    config = small(epochs=2, data=Digits(), optimizer=KINDS["optimizer"][optimizer]())
    result = trained(config)
    first, second = (metrics.train_loss for metrics in result.history)
    assert second < first < 1.1 * CHANCE
    assert result.scores["train"].loss < first
    assert result.scores["test"].accuracy > 0.2


@pytest.mark.parametrize("schedule", KINDS["schedule"])
@pytest.mark.parametrize(("epochs", "batch"), [(1, "full"), (3, 32)])
def test_every_schedule_trains(schedule, epochs, batch):
    config = small(epochs=epochs, batch=batch, schedule=KINDS["schedule"][schedule]())
    result = trained(config)
    assert (result.status, result.epochs) == ("finished", epochs)
    assert all(0 < metrics.learning_rate <= 0.001 for metrics in result.history)


def test_the_slope_of_prelu_is_trained():
    config = small(architecture=MLP(hidden=(16,), activation="prelu"))
    result = trained(config)
    assert result.parameters == 64 * 16 + 16 + 1 + 16 * 10 + 10
    assert network(config, result)[2].weight.item() != 0.25


# --- batches -----------------------------------------------------------------------------------

NORM = MLP(hidden=(8,), batch_norm=True)
FORTY_ONE = Digits(train_images=41, validation="none")


@pytest.mark.parametrize(("architecture", "seen"), [(NORM, 40), (MLP(hidden=(8,)), 41)])
def test_a_last_batch_of_one_image_is_left_out_only_where_batch_norm_needs_two(architecture, seen):
    result = trained(small(batch=8, data=FORTY_ONE, architecture=architecture))
    assert result.status == "finished" and result.scores["train"].images == 41
    for metrics in result.history:
        correct = metrics.train_accuracy * seen
        assert correct == pytest.approx(round(correct), abs=1e-6)
    assert any(metrics.train_accuracy > 0 for metrics in result.history)


def test_a_batch_of_one_image_trains_without_batch_norm():
    result = trained(small(epochs=2, batch=1))
    assert result.status == "finished" and result.history[1].train_loss < CHANCE


def test_a_batch_of_one_image_with_batch_norm_is_a_sentence():
    error = refused(ImpossibleNetwork, small(batch=1, architecture=NORM))
    assert error.setting == "run.batch_size" and "at least two images" in str(error)


def test_a_batch_of_one_image_trains_with_batch_norm_over_its_pixels():
    pixels = CNN(blocks=[ConvBlock(channels=(3,), batch_norm="each")], hidden=())
    config = small(epochs=1, batch=1, data=FORTY_ONE, architecture=pixels)
    assert trained(config).status == "finished"


@pytest.mark.parametrize("batch", [160, 161, 65_536])
def test_a_batch_larger_than_the_data_is_the_full_batch(batch):
    assert numbers(trained(small(batch=batch))) == numbers(trained(small(batch="full")))


def test_a_full_batch_is_one_step_an_epoch_and_smaller_ones_are_more():
    losses = {}
    for batch in ("full", 16):
        config = small(epochs=4, batch=batch, optimizer=SGD(learning_rate=0.05))
        losses[batch] = trained(config).history[-1].train_loss
    assert losses[16] < losses["full"]


# --- devices -----------------------------------------------------------------------------------


@pytest.fixture
def only_cpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_a_sentence_that_names_those_that_are(device, only_cpu):
    error = refused(DeviceError, RunConfig(run=Run(device=device)))
    assert str(error) == f"There is no {device} device here: set the device to auto or cpu."


def test_the_automatic_device_is_the_fastest_there_is(only_cpu, monkeypatch):
    assert training.device_of(RunConfig()).type == "cpu"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert training.device_of(RunConfig()).type == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert training.device_of(RunConfig()).type == "cuda"


def test_the_automatic_device_gives_the_numbers_of_the_cpu_where_there_is_no_other(only_cpu):
    config = small()
    auto = config.model_copy(update={"run": config.run.model_copy(update={"device": "auto"})})
    assert trained(auto).weights == trained(config).weights


# --- data sets ---------------------------------------------------------------------------------

TINY = CNN(blocks=[ConvBlock(channels=(4,)), ConvBlock(channels=(8,))], hidden=())


@pytest.mark.parametrize("architecture", [MLP(hidden=(8,)), TINY], ids=["mlp", "cnn"])
def test_own_images_of_three_channels_train(architecture, tmp_path):
    labels = np.arange(60) % 3
    colours = np.eye(3, dtype=np.uint8)[labels] * 200  # each class has its own colour
    images = np.broadcast_to(colours[:, None, None], (60, 9, 10, 3))
    data = own_images.save(tmp_path, x_train=images, y_train=labels)
    result = trained(small(epochs=40, batch=8, data=data, architecture=architecture), tmp_path)
    assert result.probabilities["test"].shape == (15, 3)
    assert result.matrices.shape == (40, 3, 3)
    assert result.scores["test"].accuracy == 1


def test_images_that_are_not_there_are_a_sentence_before_the_first_epoch(tmp_path):
    error = refused(DataError, small(data=OwnImages(file="none.npz")), tmp_path)
    assert "none.npz" in str(error)
    refused(DataError, small(data=Cifar10()), tmp_path)
    refused(DataError, small(data=Digits(train_images=5000)))


def test_a_network_that_cannot_be_is_a_sentence_before_the_first_epoch():
    deep = CNN(blocks=[ConvBlock(channels=(4,))] * 4)
    assert refused(ImpossibleNetwork, small(architecture=deep)).setting.endswith("3.pool")


def test_cifar10_trains(cifar10_folder):
    data = Cifar10(train_images=400, flip=True, crop=4, cutout=8, scaling="standard")
    result = trained(small(epochs=1, data=data, architecture=TINY), cifar10_folder)
    assert result.status == "finished"
    assert result.probabilities["test"].shape == (10_000, 10)
    assert result.history[0].train_loss < 1.2 * CHANCE
    assert 0.05 < result.scores["test"].accuracy < 0.6


LEARNS_NOTHING = {"demo-norm-off-fast"}
"""What a demonstration of too high a rate shows."""


@pytest.mark.parametrize("name", [n for n in RECIPES if RECIPES[n].config.data.name == "digits"])
def test_the_recipes_of_digits_train(name):
    config = RECIPES[name].config
    run = config.run.model_copy(update={"epochs": 100, "device": "cpu"})
    result = trained(config.model_copy(update={"run": run}))
    assert result.status == "finished"
    # The largest steps overshoot at first: the loss rises before it falls.
    falls = result.history[-1].train_loss < result.history[0].train_loss
    assert falls == (name not in LEARNS_NOTHING)


def test_the_warm_up_of_a_process_leaves_runs_as_they_are():
    before = trained(small(epochs=1))
    training.warm_up()
    assert trained(small(epochs=1)).weights == before.weights
