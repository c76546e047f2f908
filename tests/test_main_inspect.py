"""``python -m playground inspect``: what a network makes of an image, as files."""

import json

import numpy as np
import pytest
from PIL import Image

from playground import training
from playground.config import CNN, ConvBlock
from tests.command_line import CommandLine
from tests.small_runs import NOWHERE, images, network, small

RUN = small(architecture=CNN(blocks=(ConvBlock(channels=(4, 14)),), hidden=(8,)))
PREFIX = RUN.name[:8]


@pytest.fixture(scope="module")
def result():
    """What the run became."""
    *_, result = training.train(RUN, NOWHERE)
    return result


@pytest.fixture
def command(tmp_path, monkeypatch, capsys, result) -> CommandLine:
    command = CommandLine(tmp_path, monkeypatch, capsys)
    command.store.queue(RUN, result.fingerprint)
    command.store.finish(RUN.name, result)
    return command


def test_it_writes_every_layer_and_method(command, tmp_path, result):
    out = tmp_path / "new" / "inside"
    assert command("inspect", PREFIX, "--image", "3", "--out", str(out)).code == 0
    told = json.loads((out / "inspect.json").read_text("utf-8"))
    model, pixels = network(RUN, result), images(RUN, "test")[[2]]
    expected = model(pixels)[0].softmax(0).detach().numpy()
    np.testing.assert_allclose(told["probabilities"], expected, atol=1e-5)
    arrays = np.load(out / "outputs.npz")
    values = pixels
    assert [one["title"] for one in told["layers"]].count("Flatten") == 0
    known = {layer["place"]: layer for layer in told["layers"]}
    for place, module in enumerate(model):
        values = module(values)
        if (layer := known.get(place)) is None:
            continue
        whole = values[0].detach().numpy()[arrays[f"layer_{place}_channels"]]
        np.testing.assert_allclose(arrays[f"layer_{place}"], whole, atol=1e-5)
        assert len(whole) == layer["shape"][0], "all channels"
        assert Image.open(out / f"layer_{place}.png").mode == "RGBA"
    assert {one["name"] for one in told["methods"]} >= {"grad_cam", "occlusion"}
    for one in told["methods"]:
        assert arrays[f"why_{one['name']}"].shape == (8, 8)
        assert Image.open(out / f"why_{one['name']}.png").size >= (192, 192)
    assert [one["units"] for one in told["units"]] == [4, 14, 8]
    assert told["run"] == RUN.name and told["epoch"] is None


def test_some_layers_an_epoch_and_a_class_can_be_named(command, tmp_path):
    out = tmp_path / "some"
    chosen = ["--layer", "0", "--layer", "2", "--epoch", "2", "--class", "7", "--split", "train"]
    assert command("inspect", PREFIX, *chosen, "--out", str(out)).code == 0
    told = json.loads((out / "inspect.json").read_text("utf-8"))
    assert [one["place"] for one in told["layers"]] == [0, 2]
    assert (told["epoch"], told["explained_class"]) == (2, "7")
    assert sorted(path.name for path in out.glob("layer_*")) == ["layer_0.png", "layer_2.png"]


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--image", "0"], "name one from 1 to 450 with --image"),
        (["--image", "451"], "name one from 1 to 450 with --image"),
        (["--layer", "99"], "There is no layer 99"),
        (["--class", "10"], "The classes are 0 to 9"),
        (["--epoch", "77"], "look at the last one"),
    ],
)
def test_what_there_is_not_is_refused(command, tmp_path, arguments, said):
    out = tmp_path / "none"
    assert said in command.refusal("inspect", PREFIX, *arguments, "--out", str(out))
    assert not out.exists()


def test_a_folder_that_cannot_be_written_and_a_run_that_is_not_there_are_refused(command, tmp_path):
    (tmp_path / "file").write_text("")
    said = command.refusal("inspect", PREFIX, "--out", str(tmp_path / "file"))
    assert "name another folder with --out" in said
    assert "train it first" in command.refusal("inspect", "digits-mlp")


def test_a_run_without_weights_is_refused(command):
    (command.store.folder / RUN.name / "weights.safetensors").unlink()
    assert "left no weights" in command.refusal("inspect", PREFIX)
