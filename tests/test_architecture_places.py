"""Where whitening, dropout, batch norm and pooling stand in a plan."""

import pytest

from playground.config import CNN, MLP, ConvBlock
from playground.network import lay_out

SHORT = {
    "whitening": "white",
    "conv": "conv",
    "dense": "dense",
    "batch_norm": "norm",
    "activation": "act",
    "max_pool": "max",
    "average_pool": "average",
    "global_average": "global",
    "flatten": "flat",
    "dropout": "drop",
    "channel_dropout": "dropC",
}


def kinds(architecture, shape=(3, 16, 16)) -> str:
    return " ".join(SHORT[layer.kind] for layer in lay_out(architecture, shape, 10).layers)


def block(**fields) -> str:
    """The layers of one block, in a network with nothing else."""
    found = kinds(CNN(blocks=[ConvBlock(**fields)], hidden=()))
    assert found.endswith(" flat dense")
    return found.removesuffix(" flat dense")


@pytest.mark.parametrize(
    ("place", "hidden", "expected"),
    [
        ("before_dense", (9, 8), "flat drop dense act dense act dense"),
        ("after_first", (9, 8), "flat dense act drop dense act dense"),
        ("after_each", (9, 8), "flat dense act drop dense act drop dense"),
        ("before_output", (9, 8), "flat dense act dense act drop dense"),
        ("before_dense", (9,), "flat drop dense act dense"),
        ("after_first", (9,), "flat dense act drop dense"),
        ("after_each", (9,), "flat dense act drop dense"),
        ("before_output", (9,), "flat dense act drop dense"),
        ("before_dense", (), "flat drop dense"),
        ("after_first", (), "flat drop dense"),
        ("after_each", (), "flat drop dense"),
        ("before_output", (), "flat drop dense"),
    ],
)
def test_dropout_stands_where_it_is_asked_for_among_the_dense_layers(place, hidden, expected):
    assert kinds(MLP(hidden=hidden, dropout=0.3, dropout_at=place)) == expected
    network = CNN(blocks=(), hidden=hidden, dropout=0.3, dropout_at=place)
    assert kinds(network) == expected
    rates = {
        layer.rate for layer in lay_out(network, (3, 8, 8), 10).layers if layer.kind == "dropout"
    }
    assert rates == {0.3}


def test_dropout_of_the_dense_layers_stands_after_global_pooling():
    network = CNN(head="global_average", hidden=(), blocks=(), dropout=0.3)
    assert kinds(network) == "global drop dense"


@pytest.mark.parametrize("place", ["before_dense", "after_first", "after_each", "before_output"])
def test_without_a_rate_there_is_no_dropout(place):
    assert "drop" not in kinds(MLP(hidden=(9, 8), dropout_at=place))
    assert "drop" not in block(dropout_at="before_pool", dropout_kind="channels")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"dropout_at": "before_pool"}, "conv act drop max"),
        ({"dropout_at": "after_pool"}, "conv act max drop"),
        ({"dropout_at": "before_pool", "dropout_kind": "channels"}, "conv act dropC max"),
        ({"dropout_at": "after_pool", "dropout_kind": "channels"}, "conv act max dropC"),
        ({"dropout_at": "before_pool", "pool": "none"}, "conv act drop"),
        ({"dropout_at": "after_pool", "pool": "none"}, "conv act drop"),
        ({"channels": (4, 5), "pool": "average"}, "conv act conv act average drop"),
    ],
)
def test_dropout_stands_before_or_after_the_pooling_of_a_block(fields, expected):
    assert block(dropout=0.5, **fields) == expected


@pytest.mark.parametrize(
    ("norm", "expected"),
    [
        ("none", "conv act conv act max"),
        ("each", "conv norm act conv norm act max"),
        ("first", "conv norm act conv act max"),
        ("input", "norm conv act conv act max"),
    ],
)
def test_batch_norm_stands_where_it_is_asked_for_in_a_block(norm, expected):
    assert block(channels=(4, 5), batch_norm=norm) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "conv max act conv act"),
        ({"pool": "average"}, "conv average act conv act"),
        ({"batch_norm": "each"}, "conv max norm act conv norm act"),
        ({"batch_norm": "first"}, "conv max norm act conv act"),
        ({"batch_norm": "input"}, "norm conv max act conv act"),
        ({"channels": (4, 5, 6)}, "conv max act conv act conv act"),
        ({"channels": (4,)}, "conv act max"),
        ({"pool": "none"}, "conv act conv act"),
        ({"dropout": 0.5}, "conv max act conv act drop"),
        ({"dropout": 0.5, "dropout_at": "before_pool"}, "conv max act conv act drop"),
        ({"dropout": 0.5, "dropout_kind": "channels"}, "conv max act conv act dropC"),
    ],
)
def test_a_pooling_may_stand_right_after_the_first_convolution_of_a_block(fields, expected):
    assert block(**{"channels": (4, 5), "pool_at": "after_first"} | fields) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "max conv act"),
        ({"channels": (4, 5)}, "max conv act conv act"),
        ({"batch_norm": "input"}, "max norm conv act"),
        ({"dropout": 0.5, "dropout_at": "before_pool"}, "max conv act drop"),
        ({"pool": "none"}, "conv act"),
    ],
)
def test_a_pooling_may_stand_before_the_first_convolution_of_a_block(fields, expected):
    assert block(**{"channels": (4,), "pool_at": "start"} | fields) == expected


def test_a_whitened_first_layer_stands_before_all_others_with_an_activation_of_its_own():
    network = CNN(whitening=True, pyramid=(4,), blocks=[ConvBlock()], hidden=())
    assert kinds(network) == "white act conv conv act max flat dense"
    linear = CNN(whitening=True, blocks=(), hidden=(), activation="none")
    assert kinds(linear) == "white flat dense"


@pytest.mark.parametrize(
    ("norm", "layers", "expected"),
    [
        ("none", 3, "conv act conv act conv act"),
        ("each", 3, "conv norm act conv norm act conv norm act"),
        ("last_two", 3, "conv act conv norm act conv norm act"),
        ("last_two", 1, "conv norm act"),
    ],
)
def test_batch_norm_stands_where_it_is_asked_for_in_the_pyramid(norm, layers, expected):
    pyramid = {"pyramid": (5,) * layers, "pyramid_batch_norm": norm, "pyramid_activation": "tanh"}
    assert kinds(CNN(**pyramid, blocks=(), hidden=())) == f"{expected} flat dense"


def test_batch_norm_stands_between_each_hidden_layer_and_its_activation():
    network = MLP(hidden=(9, 8), batch_norm=True, dropout=0.1)
    assert kinds(network) == "flat dense norm act drop dense norm act drop dense"


def test_without_an_activation_there_is_none():
    network = CNN(pyramid=(4,), blocks=[ConvBlock()], hidden=(9,), activation="none")
    assert kinds(network) == "conv conv max flat dense dense"


def test_the_pyramid_has_its_own_activation():
    network = CNN(pyramid=(4,), pyramid_activation="tanh", blocks=[ConvBlock()], hidden=(9,))
    layers = lay_out(network, (3, 8, 8), 10).layers
    functions = [layer.function for layer in layers if layer.kind == "activation"]
    assert functions == ["tanh", "relu", "relu"]


def test_global_pooling_takes_the_place_of_flattening():
    network = CNN(blocks=[ConvBlock(channels=(7,))], head="global_average", hidden=())
    assert kinds(network) == "conv act max global dense"
    assert lay_out(network, (3, 8, 8), 10).layers[-1].input == (7,)


def test_a_network_whose_batch_norm_sees_single_values_needs_two_images():
    assert lay_out(MLP(batch_norm=True), (1, 8, 8), 10).needs_two_images
    assert not lay_out(MLP(hidden=(), batch_norm=True), (1, 8, 8), 10).needs_two_images
    blocks = [ConvBlock(batch_norm="each")] * 3
    assert not lay_out(CNN(blocks=blocks), (1, 8, 8), 10).needs_two_images
    deep = [*blocks, ConvBlock(batch_norm="each", pool="none")]
    assert lay_out(CNN(blocks=deep), (1, 8, 8), 10).needs_two_images
