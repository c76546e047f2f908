"""What a trained network makes of pictures, beside a training run in the same process."""

import random
import threading

import numpy as np
import pytest
import safetensors.torch
import torch

from playground import datasets
from playground.config import CNN, MLP, ConvBlock, Digits, OwnImages, RunConfig
from playground.refusal import Refusal
from playground.training.predict import predict
from tests import own_images
from tests.small_runs import NOWHERE, small, trained

DENSE = MLP(hidden=(16, 8), activation="prelu", batch_norm=True, dropout=0.3)
BLOCK = ConvBlock(channels=(4, 4), batch_norm="each", dropout=0.2, dropout_kind="channels")
WHITENED = CNN(
    whitening=True, blocks=(ConvBlock(channels=(4, 4), pool_at="after_first"),), hidden=()
)
CONVOLUTIONAL = CNN(blocks=(BLOCK,), hidden=(8,), initialization="kaiming_normal", bias=0.1)


def digits(**settings) -> Digits:
    return Digits(train_images=200, **settings)


@pytest.fixture(scope="module")
def plain():
    """A small trained network: its config, and what it became."""
    config = small(data=digits())
    return config, trained(config)


def ask(config: RunConfig, weights: bytes, pixels=None, fingerprint="", folder=NOWHERE):
    """Predict the test images, where no others are given."""
    dataset = datasets.load(config.data, folder)
    if pixels is None:
        pixels = dataset.images[datasets.split(dataset, config.data).test]
    return predict(config, folder, weights, pixels, fingerprint or dataset.fingerprint)


def refusal(*asked, **named) -> str:
    """The one sentence with which a prediction is refused."""
    with pytest.raises(Refusal) as raised:
        ask(*asked, **named)
    sentence = str(raised.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


@pytest.mark.parametrize("scaling", ["standard", "symmetric", "raw", "unit"])
@pytest.mark.parametrize(
    "architecture", [DENSE, CONVOLUTIONAL, WHITENED], ids=["dense", "convolutional", "whitened"]
)
def test_the_test_images_are_predicted_as_the_run_itself_predicted_them(architecture, scaling):
    config = small(data=digits(scaling=scaling), architecture=architecture)
    result = trained(config)
    found = ask(config, result.weights)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, result.probabilities["test"], atol=1e-5)
    one = ask(config, result.weights, datasets.load(config.data, NOWHERE).images[:1])
    assert one.shape == (1, 10) and one.sum() == pytest.approx(1, abs=1e-5)


def test_own_colour_images_are_predicted_as_the_run_itself_predicted_them(tmp_path):
    config = small(data=own_images.save(tmp_path).model_copy(update={"scaling": "standard"}))
    result = trained(config, tmp_path)
    found = ask(config, result.weights, folder=tmp_path)
    np.testing.assert_allclose(found, result.probabilities["test"], atol=1e-5)


@pytest.mark.parametrize("architecture", [DENSE, CONVOLUTIONAL], ids=["dense", "convolutional"])
def test_no_random_number_is_drawn_and_no_setting_of_torch_changed(architecture):
    config = small(data=digits(scaling="standard"), architecture=architecture)
    weights = trained(config).weights

    def state() -> tuple:
        return (
            torch.random.get_rng_state().numpy().tobytes(),
            np.random.get_state()[1].tobytes(),
            random.getstate(),
            torch.get_num_threads(),
            torch.get_default_device(),
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            torch.is_inference_mode_enabled(),
        )

    before = state()
    ask(config, weights)
    assert state() == before


def test_predictions_on_another_thread_leave_a_run_as_it_is_alone(plain):
    known, result = plain
    config = small(data=digits(scaling="standard"), architecture=CONVOLUTIONAL, epochs=8, seed=7)
    alone = trained(config)
    over, asked = threading.Event(), []

    def go_on_asking() -> None:
        while not over.is_set():
            asked.append(ask(known, result.weights))

    asking = threading.Thread(target=go_on_asking)
    asking.start()
    try:
        beside = trained(config)
    finally:
        over.set()
        asking.join()
    assert len(asked) > 5
    assert beside.weights == alone.weights
    for found in asked:
        np.testing.assert_allclose(found, result.probabilities["test"], atol=1e-5)


def test_data_that_has_changed_since_is_refused(plain, tmp_path):
    config, result = plain
    assert "changed" in refusal(config, result.weights, fingerprint="0" * 64)
    own = small(data=OwnImages(file="mine.npz"))
    own_images.save(tmp_path)
    before = datasets.fingerprint(own.data, tmp_path)
    weights = trained(own, tmp_path).weights
    own_images.save(tmp_path, x_train=255 - own_images.IMAGES)
    assert "changed" in refusal(own, weights, fingerprint=before, folder=tmp_path)
    (tmp_path / "mine.npz").unlink()
    with pytest.raises(datasets.DataError):
        predict(own, tmp_path, weights, own_images.IMAGES, before)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((1, 9, 8, 1), np.uint8),
        np.zeros((1, 8, 8, 3), np.uint8),
        np.zeros((8, 8, 1), np.uint8),
        np.zeros((0, 8, 8, 1), np.uint8),
        np.zeros((1, 8, 8, 1), np.float32),
        np.full((1, 8, 8, 1), 17, np.uint8),
    ],
    ids=["size", "colour", "no batch", "empty", "floats", "too bright"],
)
def test_pixels_that_do_not_fit_are_refused(plain, pixels):
    config, result = plain
    assert "8×8 pixels, grey, with values from 0 to 16" in refusal(config, result.weights, pixels)


def spoilt(weights: bytes, how: str) -> bytes:
    """The weights of a run, made unusable."""
    tensors = safetensors.torch.load(weights)
    first = "1.weight"
    match how:
        case "cut off":
            return weights[: len(weights) // 2]
        case "empty":
            return b""
        case "something else":
            return b"\x80\x04K\x01." * 100
        case "one missing":
            del tensors[first]
        case "one more":
            tensors["more"] = torch.zeros(3)
        case "another shape":
            tensors[first] = tensors[first][:, :-1].contiguous()
        case "another type":
            tensors[first] = tensors[first].double()
    return safetensors.torch.save(tensors)


@pytest.mark.parametrize(
    "how",
    [
        "cut off",
        "empty",
        "something else",
        "one missing",
        "one more",
        "another shape",
        "another type",
    ],
)
def test_weights_that_are_broken_or_of_another_network_are_refused(plain, how):
    config, result = plain
    assert "weights" in refusal(config, spoilt(result.weights, how))


def test_weights_that_are_no_finite_numbers_are_refused(plain):
    config, result = plain
    tensors = safetensors.torch.load(result.weights)
    tensors["1.weight"][0, 0] = float("nan")
    assert "finite" in refusal(config, safetensors.torch.save(tensors))
