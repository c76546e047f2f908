"""What a trained network makes of pictures, beside a training run in the same process."""

import random
import threading
from collections import OrderedDict

import numpy as np
import pytest
import safetensors.torch
import torch

from playground.config import CNN, MLP, ConvBlock, Digits, OwnImages, RunConfig
from playground.data import datasets
from playground.errors import UserError
from playground.results import StoredNetwork
from playground.store import files
from playground.training import stored_networks
from playground.training.loaded_network import answer
from playground.worker.questions import PREDICT
from tests import own_images
from tests.small_runs import NOWHERE, predicted, small, trained

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
    return predicted(config, folder, weights, pixels, fingerprint or dataset.fingerprint)


def refusal(*asked, **named) -> str:
    """The one sentence with which a prediction is refused."""
    with pytest.raises(UserError) as raised:
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
        predicted(own, tmp_path, weights, own_images.IMAGES, before)


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


@pytest.mark.parametrize("name", ["..", "../runs", "/etc", "A" * 64, "0" * 63, "0" * 64 + "\n", ""])
def test_only_a_plain_runs_name_is_looked_for_in_the_store(plain, tmp_path, name):
    config, result = plain
    for place in (tmp_path, tmp_path / "store"):  # what a name may lead to
        place.mkdir(exist_ok=True)
        (place / files.WEIGHTS).write_bytes(result.weights)
    version = files.version(tmp_path / files.WEIGHTS)
    store = str(tmp_path / "store")
    stored = StoredNetwork(name, config.canonical(), result.fingerprint, 1.0, store, *version)
    with pytest.raises(UserError, match="no run's name"):
        answer(PREDICT, stored, NOWHERE, {"pixels": np.zeros((1, 8, 8, 1), np.uint8)})


@pytest.fixture
def no_networks(monkeypatch):
    """A worker that has none in memory yet."""
    for name in ("_kept", "_arriving"):
        monkeypatch.setattr(stored_networks, name, OrderedDict())


def test_the_last_networks_stay_in_memory_up_to_so_many_bytes(plain, monkeypatch, no_networks):
    config, result = plain
    monkeypatch.setattr(stored_networks, "CACHE_BYTES", 3 * len(result.weights))
    for _ in range(5):
        ask(config, result.weights)
    assert len(stored_networks._kept) == 3
    monkeypatch.setattr(stored_networks, "CACHE_BYTES", 1)
    ask(config, result.weights)
    assert len(stored_networks._kept) == 1, "the newest stays whatever its size"


def test_pieces_that_do_not_come_in_order_are_refused_and_never_a_network(plain, no_networks):
    config, result = plain
    size = len(result.weights)
    stored = StoredNetwork(
        config.name, config.canonical(), result.fingerprint, 1.0, "/nonexistent", size, 1
    )
    pixels = np.zeros((1, 8, 8, 1), np.uint8)
    assert answer(PREDICT, stored, NOWHERE, {"pixels": pixels}) is None, "it is to be lent"
    stored_networks.receive_weights(stored, 0, result.weights[:100])
    for start, piece in ((200, b"x"), (0, result.weights + b"more"), (100, b"x")):
        with pytest.raises(UserError, match="did not reach the worker whole"):
            stored_networks.receive_weights(stored, start, piece)
    assert answer(PREDICT, stored, NOWHERE, {"pixels": pixels}) is None
    stored_networks.receive_weights(stored, 0, result.weights[:100])
    stored_networks.receive_weights(stored, 100, result.weights[100:])
    assert answer(PREDICT, stored, NOWHERE, {"pixels": pixels}).shape == (1, 10)
    assert not stored_networks._arriving, "it is held once"


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
