"""Plans of networks: shapes and parameter counts held against torch, and networks that cannot be.

Where dropout and batch norm stand is in test_architecture_places.py.
"""

import re
import subprocess
import sys
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from torch import nn

from playground.config import CNN, MLP, ConvBlock
from playground.config.run_limits import MAX_PARAMETERS, MAX_VALUES
from playground.network import ImpossibleNetwork, Plan, lay_out
from playground.training import modules
from tests.strategies import networks

PHOTO = (3, 32, 32)
TUTORIAL = CNN(
    blocks=[
        ConvBlock(channels=(6,), kernel=5, padding="none"),
        ConvBlock(channels=(16,), kernel=5, padding="none"),
    ],
    hidden=(120, 84),
)
PYRAMID = CNN(
    pyramid=(6, 12, 24, 48),
    pyramid_batch_norm="last_two",
    blocks=[
        *(ConvBlock(channels=(c, c, c), batch_norm="first") for c in (64, 128, 256)),
        ConvBlock(channels=(100,), kernel=1, pool="none", batch_norm="input"),
    ],
    hidden=(),
)
KNOWN = [
    pytest.param(MLP(hidden=(32, 16)), (1, 8, 8), 2_778, id="digits 64-32-16-10"),
    pytest.param(MLP(hidden=()), PHOTO, 30_730, id="linear"),
    pytest.param(TUTORIAL, PHOTO, 62_006, id="PyTorch tutorial"),
    pytest.param(CNN(), PHOTO, 356_810, id="32-64-128, dense 128"),
    pytest.param(PYRAMID, PHOTO, 1_990_802, id="1x1 pyramid"),
]


def refused(architecture, shape, classes=10) -> ImpossibleNetwork:
    with pytest.raises(ImpossibleNetwork) as raised:
        lay_out(architecture, shape, classes)
    assert re.fullmatch(r"[A-Z][^\n]*\.", str(raised.value))
    return raised.value


# --- against torch -----------------------------------------------------------------------------


def in_order(made: Plan, model: nn.Sequential) -> list[nn.Module]:
    """A model's modules as the plan has them: where a pooling comes before its ReLU, put back."""
    modules = list(model)
    for place, (layer, after) in enumerate(pairwise(made.layers)):
        if getattr(layer, "function", "") == "relu" and after.kind == "max_pool":
            modules[place : place + 2] = reversed(modules[place : place + 2])
    return modules


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(max_examples=80, deadline=None)
@given(networks())
def test_each_layers_shape_and_count_are_torchs(network):
    model = modules.build(network.plan, network.architecture).eval()
    values = torch.zeros(2, *network.shape)
    assert len(model) == len(network.plan.layers)
    for layer, module in zip(network.plan.layers, in_order(network.plan, model), strict=True):
        assert tuple(values.shape[1:]) == layer.input
        values = module(values)
        assert tuple(values.shape[1:]) == layer.output
        assert layer.parameters == sum(p.numel() for p in module.parameters())
    assert tuple(values.shape) == (2, network.plan.classes)
    assert network.plan.parameters == sum(p.numel() for p in model.parameters())


@settings(max_examples=80, deadline=None)
@given(networks())
def test_each_layers_arithmetic_comes_to_its_count_and_its_title_is_text(network):
    for layer in network.plan.layers:
        sum_of = re.sub(r"[a-z]+", "", layer.arithmetic.replace(",", "")).replace("·", "*")
        assert re.fullmatch(r"[\d *+]*", sum_of)
        assert layer.parameters == (eval(sum_of) if sum_of else 0)
        assert layer.title[0].isupper() and "_" not in layer.title


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(max_examples=50, deadline=None)
@given(networks())
def test_a_batch_of_one_image_trains_unless_the_plan_needs_two(network):
    model = modules.build(network.plan, network.architecture).train()
    image = torch.zeros(1, *network.shape)
    if network.plan.needs_two_images:
        with pytest.raises(ValueError, match="more than 1 value"):
            model(image)
    else:
        assert model(image).shape == (1, network.plan.classes)


@pytest.mark.parametrize(("architecture", "shape", "parameters"), KNOWN)
def test_known_networks_have_the_counts_that_were_published_for_them(
    architecture, shape, parameters
):
    found = lay_out(architecture, shape, 10)
    assert found.parameters == parameters
    model = modules.build(found, architecture)
    assert sum(p.numel() for p in model.parameters()) == parameters


# --- words -------------------------------------------------------------------------------------


def test_layers_are_named_and_counted_in_words_that_can_be_checked_by_hand():
    block = ConvBlock(channels=(6,), kernel=5, batch_norm="each", dropout=0.25)
    found = lay_out(CNN(blocks=(block,), hidden=(1200,), activation="prelu"), (3, 9, 9), 10)
    assert [(layer.title, layer.arithmetic, layer.output) for layer in found.layers] == [
        ("Convolution 5×5, 6 channels", "5·5·3·6 + 6", (6, 9, 9)),
        ("Batch norm", "6 scales + 6 shifts", (6, 9, 9)),
        ("PReLU", "1 slope", (6, 9, 9)),
        ("Max pooling 2×2", "", (6, 4, 4)),
        ("Dropout 0.25", "", (6, 4, 4)),
        ("Flatten", "", (96,)),
        ("Dense, 1,200 units", "96·1,200 + 1,200", (1200,)),
        ("PReLU", "1 slope", (1200,)),
        ("Dense, 10 units", "1,200·10 + 10", (10,)),
    ]


def test_a_whitened_first_layer_is_counted_as_work_but_has_no_parameters():
    whitened = lay_out(CNN(whitening=True, blocks=(), hidden=()), PHOTO, 10)
    first = whitened.layers[0]
    assert (first.title, first.output) == ("Whitening 2×2, 24 channels", (24, 31, 31))
    assert (first.parameters, first.arithmetic) == (0, "0, its filters are fixed")
    dense = (24 * 31 * 31 + 1) * 10
    assert whitened.parameters == dense
    assert whitened.multiply_adds == 24 * (2 * 2 * 3) * 31 * 31 + dense
    assert lay_out(CNN(whitening=True, blocks=(), hidden=()), (1, 8, 8), 10).layers[0].output == (
        *(8, 7, 7),
    )


def test_a_layer_knows_the_setting_that_it_comes_from():
    network = CNN(
        whitening=True, pyramid=(4,), blocks=(ConvBlock(channels=(4,)), ConvBlock(channels=(8, 8))),
        head="global_average", hidden=(5,),
    )  # fmt: skip
    found = lay_out(network, PHOTO, 10)
    assert [f"{setting.removeprefix('architecture.')}: {layer.title}"
            for setting, layer in zip(found.settings, found.layers, strict=True)] == [
        "whitening: Whitening 2×2, 24 channels", "whitening: ReLU",
        "pyramid: Convolution 1×1, 4 channels",
        "blocks.0: Convolution 3×3, 4 channels", "blocks.0: ReLU", "blocks.0: Max pooling 2×2",
        "blocks.1: Convolution 3×3, 8 channels", "blocks.1: ReLU",
        "blocks.1: Convolution 3×3, 8 channels", "blocks.1: ReLU", "blocks.1: Max pooling 2×2",
        "head: Global average pooling",
        "hidden: Dense, 5 units", "hidden: ReLU", "hidden: Dense, 10 units",
    ]  # fmt: skip


# --- impossible networks -----------------------------------------------------------------------


def test_a_pooling_that_leaves_nothing_is_named_with_its_block():
    error = refused(CNN(blocks=[ConvBlock(channels=(4,))] * 4), (1, 8, 8))
    assert error.setting == "architecture.blocks.3.pool"
    assert "pooling of block 4" in str(error) and "1×1" in str(error)
    assert "use fewer poolings" in str(error)
    assert lay_out(CNN(blocks=[ConvBlock(channels=(4,))] * 3), (1, 8, 8), 10).layers


@pytest.mark.parametrize(("shape", "kernel"), [((1, 8, 8), 4), ((1, 12, 8), 4)])
def test_a_kernel_larger_than_what_is_left_of_the_image_is_named_with_its_block(shape, kernel):
    blocks = [ConvBlock(channels=(4,), kernel=3, padding="none")] * 2
    blocks[1] = blocks[1].model_copy(update={"kernel": kernel})
    error = refused(CNN(blocks=blocks), shape)
    assert error.setting == "architecture.blocks.1.kernel"
    assert "kernel of block 2 is 4×4" in str(error) and f"{(shape[1] - 2) // 2}×3 " in str(error)
    assert "use a smaller kernel, or padding" in str(error)
    for update in ({"kernel": 3, "pool": "none"}, {"padding": "same"}):  # as the sentence says
        changed = [blocks[0], blocks[1].model_copy(update=update)]
        assert lay_out(CNN(blocks=changed), shape, 10).layers


def test_an_early_pooling_that_leaves_nothing_is_named_with_its_block():
    blocks = [ConvBlock(channels=(4, 4), pool_at="after_first")] * 4
    error = refused(CNN(blocks=blocks), (1, 8, 8))
    assert error.setting == "architecture.blocks.3.pool" and "pooling of block 4" in str(error)


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 1, 8), (3, 8, 1)])
def test_images_too_small_for_whitening_are_refused(shape):
    error = refused(CNN(whitening=True, blocks=(), hidden=()), shape)
    assert error.setting == "architecture.whitening"
    assert f"only {shape[1]}×{shape[2]}: leave it out" in str(error)
    assert lay_out(CNN(whitening=True, blocks=(), hidden=()), (3, 2, 2), 10).layers


@pytest.mark.parametrize(
    ("architecture", "setting", "layer"),
    [
        (MLP(hidden=(8192, 8192)), "architecture.hidden", "Dense, 8,192 units"),
        (
            CNN(blocks=[ConvBlock(channels=(1024, 1024), kernel=7)], hidden=()),
            "architecture.blocks.0",
            "Convolution 7×7, 1,024 channels",
        ),
    ],
)
def test_a_network_of_too_many_parameters_is_refused_with_its_largest_layer(
    architecture, setting, layer
):
    error = refused(architecture, (3, 8, 8))
    assert error.setting == setting
    assert f"{MAX_PARAMETERS:,}" in str(error) and str(error).endswith(f"one layer: {layer}.")


def test_the_limit_of_parameters_is_met_to_the_one():
    # (n + 1)·1,000 + 1,001·10 parameters for n pixels
    assert lay_out(MLP(hidden=(1000,)), (1, 7, 7141), 10).parameters == 49_998_010
    assert "50,005,010" in str(refused(MLP(hidden=(1000,)), (1, 7, 7142)))


def test_a_layer_that_puts_out_too_much_is_refused():
    error = refused(CNN(blocks=[ConvBlock(channels=(1024,))]), (3, 200, 200))
    assert error.setting == "architecture.blocks.0"
    assert "40,960,000 numbers" in str(error) and f"{MAX_VALUES:,}" in str(error)
    assert "Use fewer channels, or pool earlier." in str(error)


# --- what it may import ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "module", ["config", "network", "data.datasets", "store", "service", "charts", "recipes"]
)
def test_torch_is_not_imported_in_the_apps_process(module):
    code = f"import sys, playground.{module}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
