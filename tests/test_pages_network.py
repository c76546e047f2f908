"""The tab Network of the page Train: the network drawn, beside that of the run, and as a table."""

import copy

import pytest
from hypothesis import given, settings
from streamlit.testing.v1 import AppTest

from playground import formats
from playground.config import CNN, MLP, Cifar10, ConvBlock, Digits, RunConfig
from playground.data.datasets import Facts
from playground.network import lay_out
from playground.recipes import RECIPES
from playground.ui import network
from playground.ui.network import table
from playground.ui.sidebar import SidebarState
from tests import pages, small_cifar10, stored_runs, strategies
from tests.specs import vega

CLASSES = ("cat", "dog", "frog")


def opened(link=None, with_table: bool = False) -> AppTest:
    """The tab Network, with its table or without it."""
    at = pages.open_page(link, tab="Network")
    at.session_state["section.layers"] = with_table
    return pages.run(at)


def drawing(at: AppTest) -> str:
    """The drawing in words, as a screen reader has it."""
    (found,) = [chart.alt for chart in pages.charts(at) if chart.alt.startswith("Drawing of")]
    return found


def compared(at: AppTest) -> list[str]:
    """What is said of the differences from the run on the screen."""
    return [text for text in pages.texts(at.main.markdown) if "compared with the run" in text]


def memory_told(at) -> str:
    (told,) = [text for text in pages.texts(at.main.markdown) if "Memory:" in text]
    return told.replace("**", "")


# --- the drawing ---------------------------------------------------------------------------------


def test_the_network_is_drawn_from_the_image_to_the_classes(engine):
    at = opened()
    assert drawing(at) == (
        "Drawing of the network from the image on: Image, 1 × 8 × 8; Flatten, 64 values; "
        "Dense, 32 units, 32 values, 2,080 parameters; ReLU, 32 values; "
        "Dense, 16 units, 16 values, 528 parameters; ReLU, 16 values; "
        "Dense, 10 units, 10 values, 170 parameters; 10 classes, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9."
    )
    assert pages.texts(at.main.markdown)[-1] == (
        "**2,778 parameters**: from an image of 1 × 8 × 8 to one score for each of 10 classes."
    )
    assert any("A box is as wide as its images" in text for text in pages.texts(at.main.caption))
    pages.change(at, "architecture.mlp.hidden", "512")
    assert "Dense, 512 units, 512 values, 33,280 parameters" in drawing(at)


def test_a_tab_that_is_shut_is_not_drawn(engine):
    at = pages.open_page()
    assert not any("Drawing of" in chart.alt for chart in pages.charts(at))
    assert not any("parameters**: from" in text for text in pages.texts(at.main.markdown))


def test_an_impossible_network_is_a_sentence_in_place_of_the_drawing(engine):
    blocks = '[{"channels": [4]}, {"channels": [4]}, {"channels": [4]}, {"channels": [4]}]'
    at = opened({"architecture.kind": "cnn", "architecture.blocks": blocks})
    assert "There is no network to show: see the message in the sidebar." in [
        info.value for info in at.main.info
    ]
    assert not pages.charts(at)


# --- beside the run on the screen ----------------------------------------------------------------


def test_what_differs_from_the_run_on_the_screen_is_marked_and_said(engine):
    config = RunConfig(architecture=MLP(hidden=(32, 16), dropout=0.2))
    stored_runs.finished(engine.store, config, engine.data)
    at = opened(config.settings() | stored_runs.link(config))
    assert not compared(at)
    assert "new" not in drawing(at) and "changed" not in drawing(at)
    pages.change(at, "architecture.mlp.hidden", "64-16-8")
    pages.change(at, "architecture.mlp.dropout", 0.0)
    assert compared(at) == [
        "Layers compared with the run on the screen: 2 new; 1 changed; gone: 2 × Dropout 0.2."
    ]
    assert "; changed: Dense, 64 units, 64 values, 4,160 parameters; ReLU" in drawing(at)
    assert "; new: Dense, 8 units, 8 values, 136 parameters; new: ReLU" in drawing(at)
    assert "; Dense, 10 units, 10 values, 90 parameters; 10 classes" in drawing(at)


def test_without_a_run_nothing_is_compared(engine):
    assert not compared(opened({"architecture.hidden": "64"}))


def test_a_run_of_other_images_is_not_compared_with(engine):
    small_cifar10.save_npz(engine.data)
    config = RunConfig(data=Cifar10(train_images=100))
    stored_runs.finished(engine.store, config, engine.data)
    at = opened(stored_runs.link(config) | {"architecture.hidden": "9"})
    assert pages.config_of(at).data == Digits()
    assert "Dense, 9 units" in drawing(at) and not compared(at)


def test_a_run_of_a_network_that_is_refused_today_is_not_compared_with():
    now = RunConfig()
    facts = Facts((1, 8, 8), CLASSES, 10, 10)
    sidebar = SidebarState(now, lay_out(now.architecture, (1, 8, 8), 3), facts)
    assert network._plan_before(sidebar, now) is sidebar.plan
    deep = RunConfig(architecture=CNN(blocks=(ConvBlock(channels=(4,)),) * 4))
    assert network._plan_before(sidebar, deep) is None


# --- any network ---------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(now=strategies.networks(), before=strategies.networks())
def test_every_layer_of_any_network_is_drawn_and_told(now, before):
    for earlier in (None, before.plan):
        found = network._draw(now.plan, earlier, CLASSES)
        boxes = [row["layer"] for row in found.data.to_pylist() if row["part"] == "box"]
        classes = f"{now.plan.classes} classes"
        assert boxes == ["Image", *(layer.title for layer in now.plan.layers), classes]
        told = found.alt.split("; ")
        assert len(told) == len(boxes)
        for layer, text in zip(now.plan.layers, told[1:-1], strict=True):
            assert f"{layer.title}, {formats.shape(layer.output)}" in text
            assert layer.parameters == 0 or f", {layer.parameters:,} parameters" in text
    vega(found.spec, found.data.to_pandas().head(1))  # a row is like another, and takes its time


def test_as_large_networks_as_can_be_are_drawn():
    blocks = tuple(ConvBlock(channels=(8,) * 8, pool="none", batch_norm="each") for _ in range(8))
    deep = CNN(
        whitening=True, pyramid=tuple(range(1, 17)), pyramid_activation="relu", blocks=blocks,
        hidden=(16,) * 32, dropout=0.1,
    )  # fmt: skip
    found = network._draw(lay_out(deep, (3, 32, 32), 3), None, CLASSES)
    titles = [row["text"] for row in found.data.to_pylist() if row["part"] == "title"]
    assert titles.count("8\u00a0×\u00a0Convolution 3×3, 8 channels") == 8
    assert "32\u00a0×\u00a0Dense, 16 units" in titles
    assert found.spec["height"] < 4000


def test_a_drawing_is_made_once_and_streamlit_leaves_it_as_it_is(engine):
    plan = lay_out(MLP(), (1, 8, 8), 10)
    found = network._draw(plan, None, tuple("0123456789"))
    before = copy.deepcopy(found.spec)
    opened()
    assert network._draw(plan, None, tuple("0123456789")) is found
    assert found.spec == before


def test_more_classes_than_there_is_room_for_are_cut_at_a_name():
    names = [f"class number {number}" for number in range(100)]
    assert network._first(names[:2]) == "class number 0, class number 1"
    told = network._first(names)
    assert told.startswith("class number 0, ") and told.endswith("class number 4, …")
    assert network._first(["x" * 500]) == "x" * network._MAX_LETTERS + ", …"


# --- the table -----------------------------------------------------------------------------------


def test_the_table_is_folded_and_has_every_layer(engine):
    assert not any("| Layer |" in text for text in pages.texts(opened().main.markdown))
    (found,) = [text for text in pages.texts(opened(with_table=True).main.markdown)
                if "| Layer |" in text]  # fmt: skip
    assert "| Dense, 32 units | 32 values | 2,080 | 64·32 + 32 |" in found
    assert found.count("\n") == 1 + 6


def test_the_pyramids_memory_is_what_its_article_prints(engine):
    small_cifar10.save_npz(engine.data)
    small = {"data": Cifar10(train_images=100)}
    at = opened(RECIPES["pyramid"].config.model_copy(update=small), with_table=True)
    assert memory_told(at) == (
        "Memory: 1,990,802 parameters take 7.59 MB, the outputs for one image 7.86 MB; with the "
        "image that is 15.47 MB in all."
    )
    assert any("As torchsummary counts" in text for text in pages.texts(at.main.caption))


@pytest.mark.parametrize(
    ("megabytes", "told"),
    [(1.0, "1.00 MB"), (0.1, "0.10 MB"), (0.0999, "102.30 KB"), (40 / 1024**2, "0.04 KB")],
)
def test_memory_below_a_tenth_of_an_mb_is_told_in_kb(megabytes, told):
    assert table._amount(megabytes) == told


def test_memory_follows_the_sidebar(engine):
    at = opened(with_table=True)
    first = memory_told(at)
    assert first.startswith("Memory: 2,778 parameters take 10.85 KB")
    at = pages.change(at, "architecture.mlp.hidden", "512-512")
    assert memory_told(at).startswith("Memory: 301,066 parameters take 1.15 MB")
