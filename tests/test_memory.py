"""Memory as torchsummary counts it, held against article C's printed table and against torch."""

from itertools import pairwise
from math import prod

import pytest
import torch
from torch import nn

from playground.config import CNN, MLP, ConvBlock
from playground.network import lay_out, listed, memory, outputs
from playground.recipes import RECIPES

PHOTO = (3, 32, 32)
PRINTED = [  # article C: (channels, side), parameters
    *((6, 32, 24), (12, 32, 84), (24, 32, 312), (24, 32, 48), (48, 32, 1_200), (48, 32, 96)),
    *((48, 34, 0), (64, 32, 27_712), (64, 32, 128), (64, 34, 0), (64, 32, 36_928)),
    *((64, 34, 0), (64, 32, 36_928), (64, 16, 0)),
    *((64, 18, 0), (128, 16, 73_856), (128, 16, 256), (128, 18, 0), (128, 16, 147_584)),
    *((128, 18, 0), (128, 16, 147_584), (128, 8, 0)),
    *((128, 10, 0), (256, 8, 295_168), (256, 8, 512), (256, 10, 0), (256, 8, 590_080)),
    *((256, 10, 0), (256, 8, 590_080), (256, 4, 0)),
    *((256, 4, 512), (100, 4, 25_700), (10, 1, 16_010), (10, 1, 0)),
]


def test_the_pyramid_lists_the_34_lines_of_the_articles_table():
    found = listed(lay_out(RECIPES["pyramid"].config.architecture, PHOTO, 10))
    assert len(found) == 34
    for line, (channels, side, parameters) in zip(found, PRINTED, strict=True):
        assert prod(line.output) == channels * side * side and line.output[0] == channels
        assert line.parameters == parameters


def test_the_pyramids_sizes_are_those_the_article_prints():
    of = memory(lay_out(RECIPES["pyramid"].config.architecture, PHOTO, 10))
    shown = [f"{size:.2f}" for size in (of.image, of.outputs, of.parameters, of.total)]
    assert shown == ["0.01", "7.86", "7.59", "15.47"]


def test_outputs_alone_can_be_counted_without_the_padding():
    lines = listed(lay_out(RECIPES["pyramid"].config.architecture, PHOTO, 10))
    without = tuple(line for line in lines if not line.is_padding)
    assert f"{outputs(without):.2f}" == "5.03"  # 1,030,164 − 371,136 numbers, twice, of 4 bytes


@pytest.mark.parametrize("kernel", [2, 3, 5])
def test_padding_is_as_large_as_torchs(kernel):
    network = CNN(blocks=(ConvBlock(channels=(4,), kernel=kernel),), hidden=())
    padding, *_ = listed(lay_out(network, PHOTO, 10))
    valid = nn.Conv2d(3, 4, kernel)(torch.zeros(1, *padding.output))
    assert padding.is_padding and tuple(valid.shape[1:]) == (4, 32, 32)


def test_a_convolution_that_needs_no_padding_lists_none():
    network = CNN(
        pyramid=(6,), blocks=(ConvBlock(channels=(4,), kernel=5, padding="none"),), hidden=()
    )
    assert not any(line.is_padding for line in listed(lay_out(network, PHOTO, 10)))


def test_activations_are_functions_unless_they_learn():
    counts = {
        activation: len(listed(lay_out(MLP(activation=activation), (1, 8, 8), 10)))
        for activation in ("relu", "none", "prelu")
    }
    assert counts == {"relu": 4, "none": 4, "prelu": 6}


def test_every_parameter_is_listed():
    for network in (CNN(), MLP(activation="prelu"), RECIPES["cifar10-fast"].config.architecture):
        made = lay_out(network, PHOTO, 10)
        assert sum(line.parameters for line in listed(made)) == made.parameters


def test_features_are_what_the_first_dense_layer_sees():
    names = ("tutorial", "tutorial-deeper", "tutorial-wider")
    shapes = [lay_out(RECIPES[name].config.architecture, PHOTO, 10).features for name in names]
    assert [prod(shape) for shape in shapes] == [400, 128, 648]
    assert shapes[2] == (72, 3, 3)
    averaged = lay_out(CNN(head="global_average"), PHOTO, 10)
    assert averaged.features == (128,)
    for network in (MLP(), MLP(hidden=()), CNN(hidden=(), dropout=0.5)):
        made = lay_out(network, PHOTO, 10)
        (first, *_) = [layer for layer in made.layers if layer.kind == "dense"]
        assert prod(made.features) == first.input[0]
        assert all(a.output == b.input for a, b in pairwise(made.layers))
