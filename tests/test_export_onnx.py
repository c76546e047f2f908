"""Trained networks as ONNX files: onnxruntime gives with each what the run itself gave."""

import json
from typing import get_args

import numpy as np
import onnx
import onnxruntime
import pytest

from playground.config import CNN, MLP, Cifar10, ConvBlock, Digits, RunConfig
from playground.data import datasets
from playground.errors import UserError
from playground.training.onnx import OPSET, TOLERANCE, onnx_of
from tests import own_images, small_cifar10
from tests.small_runs import NOWHERE, small, trained

pytestmark = pytest.mark.slow

VERSIONS = {"torch": "2"}


def dense(activation: str, scaling: str, **settings) -> RunConfig:
    data = Digits(train_images=200, scaling=scaling)
    network = MLP(**{"hidden": (16, 8), "activation": activation} | settings)
    return small(data=data, architecture=network, epochs=1)


def convolutional(activation: str, scaling: str = "unit", data=None, **settings) -> RunConfig:
    data = data or Digits(train_images=200)
    network = CNN(**{"hidden": (8,), "activation": activation} | settings)
    scaled = data.model_copy(update={"scaling": scaling})
    return small(data=scaled, architecture=network, epochs=1)


CIFAR10 = Cifar10(train_images=100)
OWN = own_images.OwnImages(file="mine.npz")
CASES = {
    "no hidden layer": dense("relu", "raw", hidden=()),
    "linear": dense("none", "standard"),
    "dense with norms": dense("prelu", "symmetric", batch_norm=True, dropout=0.3),
    "dense on colour": small(
        data=CIFAR10.model_copy(update={"scaling": "standard"}),
        architecture=MLP(hidden=(16,)),
        epochs=1,
    ),
    "whitened": convolutional(
        "leaky_relu",
        "standard",
        whitening=True,
        blocks=(
            ConvBlock(channels=(4, 4), pool_at="after_first", batch_norm="each"),
            ConvBlock(channels=(4,), pool_at="start"),
        ),
        hidden=(),
    ),
    "even kernels": convolutional(
        "elu",
        "symmetric",
        blocks=(
            ConvBlock(
                channels=(4, 4),
                kernel=2,
                pool="average",
                batch_norm="first",
                dropout=0.2,
                dropout_at="before_pool",
            ),
            ConvBlock(channels=(4,), kernel=4, pool="none"),
        ),
    ),
    "no padding": convolutional(
        "gelu",
        blocks=(ConvBlock(channels=(4,), kernel=4, padding="none", pool="none"),) * 2,
        head="global_average",
        batch_norm=True,
    ),
    "pyramid": convolutional(
        "silu",
        pyramid=(4, 6, 8),
        pyramid_activation="sigmoid",
        pyramid_batch_norm="last_two",
        blocks=(ConvBlock(channels=(4, 6), pool="average", pool_at="after_first"),),
    ),
    "odd sizes": convolutional(
        "tanh",
        "standard",
        data=OWN,
        blocks=(ConvBlock(channels=(4,), kernel=5), ConvBlock(channels=(4,), padding="none")),
        head="global_average",
        hidden=(),
    ),
    "true and false": small(
        data=own_images.OwnImages(file="bool.npz", scaling="symmetric"), epochs=1
    ),
    "photographs": convolutional(
        "relu",
        "standard",
        data=CIFAR10,
        blocks=(
            ConvBlock(
                channels=(4, 4), kernel=1, batch_norm="input", dropout=0.2, dropout_kind="channels"
            ),
            ConvBlock(channels=(6,), kernel=7, pool="average"),
        ),
    ),
    "raw photographs": convolutional(
        "sigmoid", "raw", data=CIFAR10, whitening=True, blocks=(ConvBlock(channels=(4,)),)
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder with small own images and a small CIFAR10."""
    folder = tmp_path_factory.mktemp("data")
    own_images.save(folder)
    own_images.save(folder, "bool.npz", x_train=own_images.IMAGES > 99)
    small_cifar10.save_npz(folder)
    return folder


@pytest.fixture(scope="module")
def plain():
    """A small trained network on digits: its config, and what it became."""
    config = dense("relu", "standard")
    return config, trained(config)


def export(config: RunConfig, result, folder=NOWHERE, **changed) -> bytes:
    """The file of a run; ``changed`` stands in place of what the run left."""
    dataset = datasets.load(config.data, folder)
    split = datasets.split(dataset, config.data)
    arrays = {f"probabilities_{name}": v for name, v in result.probabilities.items()}
    left = {"weights": result.weights, "arrays": arrays} | changed
    return onnx_of(config, dataset, split, **left, versions=VERSIONS)


def refusal(*asked, **changed) -> str:
    """The one sentence with which an export is refused."""
    with pytest.raises(UserError) as raised:
        export(*asked, **changed)
    sentence = str(raised.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


def test_the_cases_have_every_choice_that_makes_another_network():
    networks = (case.architecture for case in CASES.values())
    convolved = [network for network in networks if isinstance(network, CNN)]
    blocks = [block for network in convolved for block in network.blocks]
    for field in ("head", "pyramid_activation"):
        assert len({getattr(network, field) for network in convolved}) == 2
    for field in ("padding", "batch_norm", "pool", "pool_at", "dropout_kind", "dropout_at"):
        assert {getattr(block, field) for block in blocks} == choices(ConvBlock, field)
    assert {block.kernel for block in blocks} >= {1, 2, 3, 4, 5, 7}


def choices(part, field: str) -> set:
    return set(get_args(part.model_fields[field].annotation))


@pytest.mark.parametrize("config", CASES.values(), ids=CASES)
def test_a_file_gives_what_the_run_gave(config, folder):
    result = trained(config, folder)
    content = export(config, result, folder)
    dataset = datasets.load(config.data, folder)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    indices = datasets.split(dataset, config.data).test
    pixels = np.ascontiguousarray(dataset.images[indices].transpose(0, 3, 1, 2))
    probabilities, logits = session.run(None, {"pixels": pixels})
    known = result.probabilities["test"]
    assert probabilities.dtype == logits.dtype == np.float32
    assert probabilities.shape == logits.shape == known.shape
    np.testing.assert_allclose(probabilities, known, atol=TOLERANCE, rtol=0)
    odds = np.exp(logits - logits.max(1, keepdims=True))
    np.testing.assert_allclose(odds / odds.sum(1, keepdims=True), known, atol=TOLERANCE, rtol=0)
    (one,) = session.run(["probabilities"], {"pixels": pixels[:1]})
    np.testing.assert_allclose(one, known[:1], atol=TOLERANCE, rtol=0)


def test_a_file_tells_what_it_is(plain):
    config, result = plain
    made = onnx.load_model_from_string(export(config, result))
    told = {each.key: each.value for each in made.metadata_props}
    assert told["run"] == config.name and told["config"] == config.canonical()
    assert json.loads(told["classes"]) == list("0123456789") and told["top"] == "16"
    assert told["fingerprint"] == result.fingerprint and json.loads(told["versions"]) == VERSIONS
    assert [(one.domain, one.version) for one in made.opset_import] == [("", OPSET)]
    (pixels,) = made.graph.input
    batch, *shape = pixels.type.tensor_type.shape.dim
    assert batch.dim_param and [one.dim_value for one in shape] == [1, 8, 8]
    assert pixels.type.tensor_type.elem_type == onnx.TensorProto.UINT8


def test_a_file_tells_nothing_of_the_machine_and_is_the_same_again(plain, capfd):
    config, result = plain
    content = export(config, result)
    for word in (b"stack_trace", b".py", b"site-packages", b"aten."):
        assert word not in content
    assert export(config, result) == content
    assert capfd.readouterr() == ("", "")


def test_a_run_without_weights_or_with_damaged_ones_is_refused(plain):
    assert "no weights" in refusal(*plain, weights=b"")
    assert "damaged" in refusal(*plain, weights=b"weights")


def test_a_run_that_diverged_is_refused(plain):
    assert "no predictions" in refusal(*plain, arrays={})


def test_a_file_that_gives_something_else_is_not_handed_out(plain):
    config, result = plain
    known = result.probabilities["test"]
    wrong = {"probabilities_test": known + np.float32(2 * TOLERANCE)}
    assert "differs by 0.0002, more than 0.0001" in refusal(config, result, arrays=wrong)
    nothing = {"probabilities_test": np.full_like(known, np.nan)}
    assert "differs by nan" in refusal(config, result, arrays=nothing)
    fewer = {"probabilities_test": known[:-1]}
    assert "does not fit its data set" in refusal(config, result, arrays=fewer)


def test_a_network_that_protobuf_cannot_hold_is_refused(plain, monkeypatch):
    monkeypatch.setattr("playground.training.onnx.LARGEST", 1000)
    assert "too large for an ONNX file" in refusal(*plain)


def test_a_check_takes_some_images_of_many(plain, monkeypatch):
    config, result = plain
    monkeypatch.setattr("playground.training.onnx.CHECKED", 10)
    known = result.probabilities["test"].copy()
    known[10:] = 0
    assert export(config, result, arrays={"probabilities_test": known})
    known[9] = 0
    assert "differs by" in refusal(config, result, arrays={"probabilities_test": known})
