"""Two networks compared layer by layer: what is new, what was changed, what is gone."""

from typing import Any

import pytest
from hypothesis import given, settings

from playground.config import CNN, MLP, ConvBlock
from playground.network import difference, is_same, lay_out
from tests import strategies

SHAPE = (3, 16, 16)


def marks(old: MLP | CNN, new: MLP | CNN) -> tuple[list[str], list[str]]:
    """What is new or changed (before → after), in the order of the layers; and what is gone."""
    plans = [lay_out(architecture, SHAPE, 10) for architecture in (old, new)]
    found = difference(*plans)
    told = []
    for layer, before in zip(plans[1].layers, found.before, strict=True):
        if before is None:
            told.append(f"new: {layer.title}")
        elif not is_same(layer, before):
            told.append(f"{before.title} → {layer.title}")
    return told, [layer.title for layer in found.gone]


def cnn(*blocks: dict[str, Any], **others: Any) -> CNN:
    return CNN(blocks=tuple(ConvBlock(**block) for block in blocks), **({"hidden": ()} | others))


@pytest.mark.parametrize(
    ("old", "new", "told", "gone"),
    [
        ("32-16", "32-16", [], []),
        ("32-16", "64-16", ["Dense, 32 units → Dense, 64 units"], []),
        ("32-16", "64-32-16", ["new: Dense, 64 units", "new: ReLU"], []),
        ("32-16", "16", [], ["Dense, 32 units", "ReLU"]),
        ("64", "64-64", ["new: Dense, 64 units", "new: ReLU"], []),
        ("32", "", [], ["Dense, 32 units", "ReLU"]),
    ],
)
def test_dense_layers(old, new, told, gone):
    assert marks(MLP(hidden=old), MLP(hidden=new)) == (told, gone)


def test_what_stands_between_layers():
    plain = MLP(hidden=(32, 16))
    added = MLP(hidden=(32, 16), batch_norm=True, dropout=0.2)
    assert marks(plain, added) == (["new: Batch norm", "new: Dropout 0.2"] * 2, [])
    assert marks(added, plain) == ([], ["Batch norm", "Dropout 0.2"] * 2)
    other = MLP(hidden=(32, 16), activation="tanh")
    assert marks(plain, other) == (["ReLU → Tanh"] * 2, [])
    assert marks(other, MLP(hidden=(32, 16), activation="none")) == ([], ["Tanh"] * 2)


def test_blocks_are_compared_with_those_of_their_number():
    three = [{"channels": (width,)} for width in (32, 64, 128)]
    twice = [{"channels": (width,)} for width in (64, 128, 256)]
    assert marks(cnn(*three), cnn(*twice)) == (
        [f"Convolution 3×3, {width} channels → Convolution 3×3, {2 * width} channels"
         for width in (32, 64, 128)], [],
    )  # fmt: skip
    last = ["Convolution 3×3, 128 channels", "ReLU", "Max pooling 2×2"]
    assert marks(cnn(*three), cnn(*three[:2])) == ([], last)
    assert marks(cnn(*three[:2]), cnn(*three)) == ([f"new: {title}" for title in last], [])


def test_a_convolution_among_others_of_its_block():
    change = ["Convolution 3×3, 8 channels → Convolution 3×3, 9 channels"]
    assert marks(cnn({"channels": (4, 8, 4)}), cnn({"channels": (4, 9, 4)})) == (change, [])
    more = ["new: Convolution 3×3, 6 channels", "new: ReLU"]
    assert marks(cnn({"channels": (4, 8)}), cnn({"channels": (4, 6, 8)})) == (more, [])


def test_pooling_and_dropout_of_another_kind_are_changed_and_not_new():
    old = cnn({"dropout": 0.1})
    new = cnn({"dropout": 0.1, "dropout_kind": "channels", "pool": "average"})
    told = ["Max pooling 2×2 → Average pooling 2×2", "Dropout 0.1 → Channel dropout 0.1"]
    assert marks(old, new) == (told, [])


def test_what_follows_from_layers_before_it_is_no_change():
    old, new = cnn({"channels": (4,)}), cnn({"channels": (4,)}, whitening=True)
    assert marks(old, new) == (["new: Whitening 2×2, 24 channels", "new: ReLU"], [])
    plans = [lay_out(one, SHAPE, 10) for one in (old, new)]
    found = difference(*plans)
    pairs = [(one, was) for one, was in zip(plans[1].layers, found.before, strict=True) if was]
    assert all(one.output != was.output for one, was in pairs[:-1])
    assert all(is_same(one, was) for one, was in pairs)


def test_padding_is_a_change_though_the_title_is_the_same():
    title = "Convolution 3×3, 32 channels"
    assert marks(cnn({}), cnn({"padding": "none"})) == ([f"{title} → {title}"], [])
    assert marks(cnn({"kernel": 1}), cnn({"kernel": 1, "padding": "none"})) == ([], [])


def test_an_mlp_and_a_cnn_share_their_dense_layers():
    told, gone = marks(MLP(hidden=(32, 16)), cnn({"channels": (4,)}, hidden=(32,)))
    assert told == ["new: Convolution 3×3, 4 channels", "new: ReLU", "new: Max pooling 2×2"]
    assert gone == ["Dense, 16 units", "ReLU"]


@settings(max_examples=60, deadline=None)
@given(old=strategies.networks(), new=strategies.networks())
def test_every_layer_is_paired_once_new_or_gone(old, new):
    found = difference(old.plan, new.plan)
    assert len(found.before) == len(new.plan.layers)
    paired = [id(layer) for layer in found.before if layer]
    assert len(set(paired)) == len(paired)
    left = [layer for layer in old.plan.layers if id(layer) not in paired]
    assert list(found.gone) == left
    for layer, before in zip(new.plan.layers, found.before, strict=True):
        assert before is None or before.family == layer.family


@settings(max_examples=60, deadline=None)
@given(network=strategies.networks())
def test_a_network_is_the_same_as_itself(network):
    found = difference(network.plan, network.plan)
    assert found.before == network.plan.layers and found.gone == ()
    assert all(map(is_same, network.plan.layers, network.plan.layers))
