"""A CNN's blocks in the sidebar: one control for what all of them share, and one by one."""

import pytest

from playground.config import CNN, ConvBlock, RunConfig
from tests import pages

BLOCK = "section.block"
"""The control that says which block's fields are drawn."""
COUNT, WIDTH = "architecture.cnn.block_count", "architecture.cnn.width"
KEY = "architecture.cnn.blocks"


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with pages.idle_engine(tmp_path_factory.mktemp("blocks")) as engine:
        yield engine


def opened(network: CNN | None = None, **options):
    return pages.open_page(RunConfig(architecture=network or CNN()), **options)


def blocks_of(at) -> tuple[ConvBlock, ...]:
    return pages.config_of(at).architecture.blocks


def of_all(at, name: str):
    """The control for a field of all blocks."""
    (found,) = [one for one in at.sidebar if pages.key_of(one).startswith(f"blocks.{name}.")]
    return found


def set_all(at, name: str, value: object):
    of_all(at, name).set_value(value)
    return pages.run(at)


def channels(at) -> str:
    (text,) = [text for text in pages.texts(at.sidebar.caption) if text.startswith("Channels")]
    return text


@pytest.mark.parametrize(
    ("name", "value"), [("batch_norm", "each"), ("dropout", 0.25), ("kernel", 5)]
)
@pytest.mark.parametrize("unfolded", [False, True])
def test_one_control_sets_a_field_of_all_blocks(engine, name, value, unfolded):
    at = opened(unfolded=unfolded)
    assert of_all(at, name).value == getattr(ConvBlock(), name)
    set_all(at, name, value)
    expected = tuple(ConvBlock(channels=(c,), **{name: value}) for c in (32, 64, 128))
    assert blocks_of(at) == expected
    assert of_all(at, name).value == value
    assert blocks_of(pages.run(at)) == expected
    if unfolded:
        assert pages.widget(at, f"{KEY}.0.{name}").value == value


@pytest.mark.parametrize(
    ("name", "value"), [("batch_norm", "input"), ("dropout", 0.5), ("kernel", 1)]
)
def test_where_blocks_differ_the_control_says_so_and_sets_all_of_them_again(engine, name, value):
    at = opened()
    pages.change(at, BLOCK, 2)
    pages.change(at, f"{KEY}.1.{name}", value)
    usual = getattr(ConvBlock(), name)
    assert [getattr(block, name) for block in blocks_of(at)] == [usual, value, usual]
    control = of_all(at, name)
    assert control.value is None and control.proto.placeholder == "Blocks differ"
    set_all(at, name, value)
    assert [getattr(block, name) for block in blocks_of(at)] == [value] * 3
    assert of_all(at, name).value == value
    pages.change(at, f"{KEY}.1.{name}", usual)
    pages.press(at, "Reset")
    pages.change(at, "architecture.kind", "cnn")
    assert of_all(at, name).value == usual and blocks_of(at) == CNN().blocks


def test_a_link_with_blocks_that_differ_is_kept_and_said(engine):
    network = CNN(blocks=(ConvBlock(dropout=0.1), ConvBlock(dropout=0.2, kernel=5)))
    at = opened(network, unfolded=False)
    assert of_all(at, "dropout").value is None and of_all(at, "kernel").value is None
    assert of_all(at, "batch_norm").value == "none"
    assert pages.config_of(pages.run(at)).architecture == network


def test_the_width_multiplies_all_channels_and_the_channels_are_seen(engine):
    at = opened(unfolded=False)
    assert channels(at) == "Channels: 32 · 64 · 128"
    pages.change(at, WIDTH, "0.5")
    assert channels(at) == "Channels: 16 · 32 · 64"
    assert blocks_of(at) == CNN(width=0.5).blocks
    pages.change(at, WIDTH, "2")
    assert blocks_of(at) == CNN(width=2).blocks, "of the channels that were there, not of the last"
    again = pages.open_page(pages.config_of(at))
    assert pages.widget(again, WIDTH).value == "1" and channels(again) == channels(at)


@pytest.mark.parametrize(
    ("width", "told"),
    [
        ("9", "Width must be a number from 0.25 to 8, not '9'."),
        ("7", "Width must be at most 6.82 here, not 7: a block has 150 channels, and 1,024 is"),
        ("wide", "Width must be a number from 0.25 to 8, not 'wide'."),
    ],
)
def test_a_width_that_cannot_be_is_told_in_the_row_below_it(engine, width, told):
    at = opened(CNN(blocks=(ConvBlock(channels=(150,)),)))
    pages.change(at, WIDTH, width)
    (error,) = pages.texts(at.sidebar.error)
    assert error.startswith(told)
    assert pages.stands_below(at, WIDTH) and pages.button(at, "Train").disabled


def test_without_blocks_there_is_nothing_to_set_for_all_of_them(engine):
    at = opened(CNN(blocks=()))
    assert WIDTH not in pages.keys(at) and BLOCK not in pages.keys(at)
    assert not any(key.startswith("blocks.") for key in pages.keys(at))
    pages.change(at, COUNT, 2)
    assert len(blocks_of(at)) == 2


def test_a_new_block_begins_as_the_one_before_it_but_for_its_channels(engine):
    network = CNN(blocks=(ConvBlock(batch_norm="each", kernel=5, pool="none"),))
    at = opened(network)
    pages.change(at, COUNT, 2)
    like = ConvBlock(channels=(64,), batch_norm="each", kernel=5, pool="none")
    assert blocks_of(at) == (*network.blocks, like)


def test_the_block_that_is_looked_at_is_one_there_is(engine):
    at = opened()
    pages.change(at, BLOCK, 3)
    assert f"{KEY}.2.channels" in pages.keys(at) and f"{KEY}.0.channels" not in pages.keys(at)
    pages.change(at, COUNT, 2)
    assert pages.widget(at, BLOCK).value == 2
    assert f"{KEY}.1.channels" in pages.keys(at)
