"""What a run is called that stands alone: by its data, its network, and what differs."""

import re

import pytest

from playground.analysis import labels, names
from playground.config import (
    CNN,
    DATA_KINDS,
    KINDS,
    MLP,
    ConvBlock,
    RunConfig,
    Triangle,
    beginning,
    with_settings,
)
from playground.recipes import RECIPES
from tests import pages
from tests.named_runs import is_plain
from tests.strategies import changed


@pytest.mark.parametrize("kind", DATA_KINDS)
def test_what_a_data_set_begins_with_is_called_by_its_data_and_network(kind):
    config = beginning(kind)
    data, network = names.of_config(config).split(" · ")
    assert data == config.data.in_a_line and re.fullmatch(r"(MLP|CNN) [\d×-]+", network)


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({"data.label_noise": "0.2"}, "label noise 20\u00a0%"),
        ({"data.label_noise": "0.125"}, "label noise 12.5\u00a0%"),
        ({"data.label_noise": "0.07"}, "label noise 7\u00a0%"),
        ({"data.train_images": "1000"}, "1,000 images"),
        ({"architecture.dropout": "0.3", "optimizer.learning_rate": "0.01"},
         "dropout 0.3 · rate 0.01"),
        ({"architecture.dropout": "0.3", "architecture.dropout_at": "before_output"},
         "dropout 0.3 before the last layer"),
        ({"architecture.batch_norm": "true"}, "batch norm"),
        ({"architecture.activation": "tanh"}, "tanh"),
        ({"architecture.activation": "leaky_relu"}, "leaky ReLU"),
        ({"architecture.activation": "none"}, "no activation"),
        ({"architecture.initialization": "xavier_uniform", "architecture.bias": "-0.5"},
         "Xavier uniform initialisation · initial bias −0.5"),
        ({"optimizer.name": "adamw"}, "AdamW 0.001"),
        ({"optimizer.name": "sgd", "optimizer.learning_rate": "0.5"}, "SGD 0.5"),
        ({"optimizer.learning_rate": "1e-5"}, "rate 0.00001"),
        ({"optimizer.learning_rate": "0.123456"}, "rate 0.1235"),
        ({"optimizer.epsilon": "1e-9"}, "epsilon 10⁻⁹"),
        ({"optimizer.epsilon": "2.5e-7"}, "epsilon 2.5 × 10⁻⁷"),
        ({"schedule.kind": "cosine"}, "cosine schedule"),
        ({"schedule.kind": "step", "schedule.every": "5"}, "step schedule · every 5 epochs"),
        ({"schedule.kind": "warm_up"}, "warm-up schedule"),
        ({"regularization.early_stopping.watch": "validation_loss",
          "regularization.early_stopping.patience": "9"},
         "early stopping by validation loss · patience 9 epochs"),
        ({"run.epochs": "1"}, "1 epoch"),
        ({"run.epochs": "1200", "run.batch_size": "full", "run.seed": "3"},
         "1,200 epochs · full batch · seed 3"),
        ({"data.validation": "none"}, "no validation"),
        ({"data.validation": "none", "architecture.activation": "none"},
         "no activation or validation"),
    ],
)  # fmt: skip
def test_what_differs_from_what_the_data_set_begins_with_is_told(link, told):
    assert names.of_config(pages.made(link)) == f"Digits · MLP 32-16 · {told}"


@pytest.mark.parametrize(
    ("architecture", "told"),
    [
        (MLP(hidden=()), "MLP without hidden layers"),
        (CNN(), "CNN 32-64-128 · dense 128"),
        (CNN(hidden=()), "CNN 32-64-128"),
        (CNN(blocks=(), hidden=()), "CNN without blocks"),
        (CNN(hidden=(), dropout=0.5, whitening=True), "CNN 32-64-128 · dense dropout 0.5"
         " · whitening"),
        (CNN(pyramid=(6, 12), pyramid_activation="relu", hidden=()),
         "CNN 1×1 6-12 + 32-64-128 · pyramid with ReLU"),
        (CNN(blocks=(ConvBlock(channels=(6, 16)), ConvBlock(channels=(8, 8))), hidden=()),
         "CNN 6+16-2×8"),
        (CNN(blocks=tuple(ConvBlock(channels=(8,), batch_norm="each") for _ in "123"), hidden=()),
         "CNN 8-8-8, batch norm"),
        (CNN(blocks=(ConvBlock(), ConvBlock(dropout=0.3)), hidden=()),
         "CNN 32-32, block 2: dropout 0.3"),
        (CNN(blocks=tuple(ConvBlock(dropout=rate) for rate in (0, 0.1, 0.2)), hidden=()),
         "CNN 32-32-32, dropout 0-0.1-0.2"),
        (CNN(blocks=tuple(ConvBlock(pool=pool) for pool in ("max", "none", "average", "none")),
             hidden=()),
         "CNN 32-32-32-32, blocks 2 and 4: no pooling, block 3: average pooling"),
    ],
)  # fmt: skip
def test_a_network_is_told_by_its_layers_and_what_is_unusual_in_them(architecture, told):
    assert names.of_config(RunConfig(architecture=architecture)) == f"Digits · {told}"


def test_a_name_tells_what_its_data_set_begins_with_and_it_does_not():
    begins = beginning("cifar10")
    plain = begins.model_copy(update={"schedule": KINDS["schedule"]["constant"]()})
    assert isinstance(begins.schedule, Triangle)
    data_and_network = names.of_config(begins)
    assert names.of_config(plain) == f"{data_and_network} · no schedule"
    blocks = tuple(changed(block, batch_norm="none") for block in begins.architecture.blocks)
    bare = changed(begins.architecture, blocks=blocks, whitening=False)
    without = changed(plain, architecture=bare)
    assert names.of_config(without) == f"{data_and_network} · no batch norm, whitening or schedule"
    one = (blocks[0], *begins.architecture.blocks[1:])
    some = changed(begins, architecture=changed(begins.architecture, blocks=one))
    assert names.of_config(some) == f"{data_and_network}, block 1: no batch norm"


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_have_names_without_json(name):
    recipe = RECIPES[name]
    assert all(is_plain(names.of_config(recipe.at(scale))) for scale in recipe.scales())


@pytest.mark.parametrize(
    ("varied", "told"),
    [
        ("architecture.width", "Digits · CNN, batch norm · Adam 0.001 · 30 epochs"),
        (
            "architecture.blocks.*.channels",
            "Digits · CNN, batch norm · Adam 0.001 · 30 epochs",
        ),
        (
            "architecture.blocks.1.batch_norm",
            "Digits · CNN 32-64 · Adam 0.001 · 30 epochs",
        ),
        (
            "architecture.blocks.*.batch_norm",
            "Digits · CNN 32-64 · Adam 0.001 · 30 epochs",
        ),
        ("architecture.hidden", "Digits · CNN 32-64, batch norm · Adam 0.001 · 30 epochs"),
    ],
)
def test_what_is_fixed_tells_nothing_of_what_varies(varied, told):
    blocks = tuple(ConvBlock(channels=(c,), batch_norm="each") for c in (32, 64))
    config = RunConfig(architecture=CNN(blocks=blocks, hidden=()))
    assert names.of_fixed(config, [varied]) == told


def test_a_field_of_a_block_without_effect_is_not_told():
    config, _ = with_settings({"architecture.blocks.1.pool": "none"}, beginning("cifar10"))
    assert names.of_config(config) == "CIFAR10 · CNN 32-2×64-128, block 2: no pooling"
    (changed,) = labels.of_differences(beginning("cifar10"), config)
    assert changed.startswith("Block 2: Pooling ") and changed.endswith(" → None")
