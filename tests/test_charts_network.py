"""The drawing of a network: boxes to scale, what they are in words, what is new."""

import json
from dataclasses import replace
from itertools import pairwise
from math import sqrt

import pytest

from playground import charts
from playground.charts import LayerBox, network
from playground.charts.network_layout import BADGES, BOXES
from playground.network import layers
from tests.specs import vega
from tests.test_charts_overlay import contrast

IMAGE = LayerBox("Image", "Image", (3, 32, 32), note="3 × 32 × 32")
FLATTEN = LayerBox("Flatten", "Flatten", (512,))
CLASSES = LayerBox("10 classes", "Classes", (10,), note="cat, dog, …")
RELU = "ReLU", "Activation"


def conv(channels: int, side: int, **others) -> LayerBox:
    title = f"Convolution 3×3, {channels} channels"
    return LayerBox(title, "Convolution", (channels, side, side), **others)


def dense(units: int, **others) -> LayerBox:
    return LayerBox(f"Dense, {units} units", "Dense", (units,), **others)


BLOCK = (
    conv(16, 32, parameters=448, arithmetic="3·3·3·16 + 16", section="Block 1"),
    LayerBox("Batch norm", "Batch norm", (16, 32, 32), 32, "16 scales", section="Block 1"),
    LayerBox(*RELU, (16, 32, 32), section="Block 1"),
    LayerBox("Max pooling 2×2", "Pooling", (16, 16, 16), section="Block 1"),
)
NETWORK = (IMAGE, *BLOCK, FLATTEN, dense(64, parameters=262_208), CLASSES)


def rows(*boxes: LayerBox, **how) -> list[dict]:
    """What is drawn, from top to bottom."""
    data, _ = charts.network_chart(boxes, **how)
    return data.to_pylist()


def parts(part: str, *boxes: LayerBox, **how) -> list[dict]:
    return [row for row in rows(*boxes, **how) if row["part"] == part]


def words(*boxes: LayerBox) -> list[str]:
    """The lines beside the boxes, with plain spaces."""
    shown = ("badge", "title", "detail")
    texts = [row["text"] for row in rows(*boxes) if row["part"] in shown and row["text"]]
    return [text.replace("\u00a0", " ") for text in texts]


def test_a_box_is_as_wide_as_its_images_and_a_dense_layer_as_one_of_so_many_pixels():
    widths = {row["layer"]: row["half"] for row in parts("box", *NETWORK)}
    assert widths["Image"] == widths["Convolution 3×3, 16 channels"] == 1
    assert widths["Max pooling 2×2"] == 0.5
    assert widths["Flatten"] == 0.5, "it only puts the values in a row"
    assert widths["Dense, 64 units"] == 8 / 32
    assert widths["10 classes"] == pytest.approx(sqrt(10) / 32)


def test_a_wide_dense_layer_is_the_widest_and_all_others_are_to_its_scale():
    widths = {row["layer"]: row["half"] for row in parts("box", IMAGE, dense(4096), CLASSES)}
    assert widths["Dense, 4096 units"] == 1 and widths["Image"] == 0.5


def test_images_that_are_not_square_are_as_wide_as_square_ones_of_as_many_pixels():
    wide = replace(IMAGE, output=(1, 16, 64))
    assert [row["half"] for row in parts("box", wide, CLASSES)] == [1, sqrt(10) / 32]


def test_boxes_are_the_thicker_the_more_channels_and_three_and_1024_are_both_seen():
    found = parts("box", *(conv(channels, 32) for channels in (1, 3, 16, 64, 512, 1024)))
    heights = [row["bottom"] - row["top"] for row in found]
    assert heights == sorted(set(heights))
    assert heights[0] > 4 and heights[-1] < 60
    grown = [heights[place] - heights[0] for place in (3, 5)]
    assert grown[1] / grown[0] == pytest.approx((32 - 1) / (8 - 1)), "by the root"


def test_nothing_overlaps_and_the_drawing_is_as_high_as_what_is_in_it():
    found = rows(*NETWORK)
    for part in ("box", "title"):
        drawn = [row for row in found if row["part"] == part]
        for above, below in pairwise(drawn):
            assert above["bottom"] <= below["top"]
    _, spec = charts.network_chart(NETWORK)
    assert max(row["bottom"] for row in found) == spec["height"]
    assert min(row["top"] for row in found) == 0


def test_cheap_layers_are_slices_and_words_below_the_box_they_follow():
    assert words(*NETWORK) == [
        "Image", "3 × 32 × 32",
        "Convolution 3×3, 16 channels", "16 × 32 × 32 · 448 parameters",
        "Batch norm (+32) · ReLU", "Max pooling 2×2 → 16 × 16 × 16",
        "Flatten", "512 values",
        "Dense, 64 units", "64 values · 262,208 parameters",
        "10 classes", "cat, dog, …",
    ]  # fmt: skip
    slices = [row for row in parts("box", *NETWORK) if row["family"] not in BOXES]
    assert len({row["bottom"] - row["top"] for row in slices}) == 1


def test_blocks_stand_in_panels_that_hold_their_boxes():
    (panel,) = parts("panel", *NETWORK)
    (section,) = parts("section", *NETWORK)
    assert section["text"] == "Block 1"
    boxes = {row["layer"]: row for row in parts("box", *NETWORK)}
    inside = [
        name for name, row in boxes.items()
        if panel["top"] < row["top"] and row["bottom"] < panel["bottom"]
    ]  # fmt: skip
    assert inside == [box.title for box in BLOCK]


def test_layers_that_look_alike_are_told_once_and_each_is_drawn():
    first, *others = (
        box
        for count in (24, 54, 54)
        for box in (conv(6, 8, parameters=count, arithmetic=f"{count}"),
                    LayerBox(*RELU, (6, 8, 8)))
    )  # fmt: skip
    assert words(IMAGE, first, *others)[2:] == [
        "3 × Convolution 3×3, 6 channels", "6 × 8 × 8 · 132 parameters in all", "ReLU"
    ]  # fmt: skip
    told = [row["parameters"] for row in parts("box", IMAGE, first, *others)]
    assert told == ["–", "24 = 24", "–", "54 = 54", "–", "54 = 54", "–"]
    assert words(IMAGE, first, *others[:-1])[2] == "2 × Convolution 3×3, 6 channels"
    marked = replace(others[-2], mark="new")
    assert [line for line in words(IMAGE, first, *others[:-2], marked) if "×" in line][1] == (
        "2 × Convolution 3×3, 6 channels"
    )


def test_the_shares_of_the_parameters_add_up():
    shares = parts("share", *NETWORK)
    assert [row["text"] for row in shares] == ["<\u00a01\u00a0%", ">\u00a099\u00a0%"]
    assert sum(row["share"] for row in shares) == pytest.approx(1)


def test_what_is_new_or_changed_is_outlined_and_said():
    changed = replace(BLOCK[0], mark="changed", was="Convolution 3×3, 8 channels")
    norm = replace(BLOCK[1], mark="new")
    pool = replace(BLOCK[3], mark="changed", was="Average pooling 2×2")
    new = replace(dense(64), mark="new")
    assert words(IMAGE, changed, norm, BLOCK[2], pool, FLATTEN, new, CLASSES)[2:] == [
        "changed", "before: 8 channels", "new", "Batch norm",
        "changed", "before: Average pooling 2×2",
        "Convolution 3×3, 16 channels", "16 × 32 × 32 · 448 parameters",
        "Batch norm (+32) · ReLU", "Max pooling 2×2 → 16 × 16 × 16",
        "Flatten", "512 values", "new", "Dense, 64 units", "64 values", "10 classes", "cat, dog, …",
    ]  # fmt: skip
    marked = {row["layer"]: row["mark"] for row in parts("box", changed, norm, BLOCK[2], new)}
    assert marked == {changed.title: "changed", norm.title: "new", "ReLU": "", new.title: "new"}


def test_a_change_that_the_title_does_not_tell_is_told_by_what_differs():
    padded = replace(BLOCK[0], mark="changed", was=BLOCK[0].title, before="16 × 30 × 30")
    assert "before: 16 × 30 × 30" in words(IMAGE, padded)


def test_a_layer_that_is_new_with_all_that_follows_it_is_told_once():
    new = [replace(box, mark="new") for box in BLOCK]
    assert [row["text"] for row in parts("badge", IMAGE, *new)] == ["new"]


def test_no_line_is_longer_than_a_phone_is_wide():
    long = [
        conv(1024, 32, parameters=9_438_208),
        *(LayerBox(f"Channel dropout 0.{n}", "Dropout", (1024, 32, 32), 1000) for n in range(6)),
    ]
    many = replace(CLASSES, note=", ".join(["a class of a long name"] * 9))
    lengths = [len(line) for line in words(IMAGE, *long, *long, many)]
    assert max(lengths) <= 40 and len(lengths) > 15


@pytest.mark.parametrize("compared", [False, True])
def test_the_spec_is_valid_built_once_and_holds_no_data(compared):
    data, spec = charts.network_chart(NETWORK, compared)
    drawn = vega(spec, data.to_pandas())
    legend = drawn["layer"][2]["encoding"]["fill"]["legend"]["values"]
    assert legend == ["Convolution", "Dense", "Batch norm", "Activation", "Pooling"]
    fields = [one["field"] for one in drawn["layer"][2]["encoding"]["tooltip"]]
    assert fields == ["layer", "output", "parameters"] + ["before"] * compared
    assert not {"data", "datasets"} & set(spec) and '"data"' not in json.dumps(spec)
    _, taller = charts.network_chart((*NETWORK[:-1], dense(32), CLASSES), compared)
    assert taller["height"] > spec["height"] and taller["layer"] is spec["layer"]


def test_every_family_of_layers_has_a_colour_of_its_own():
    kinds = {cls.family for cls in vars(layers).values() if hasattr(cls, "family")}
    assert kinds and kinds < set(network.FAMILIES)
    named = [color for name, color in network.FAMILIES.items() if name not in network._NAMED]
    assert len(set(named)) == len(named)


def test_marks_can_be_read_on_a_light_and_a_dark_page():
    assert contrast("#ffffff", network._MARK) >= 4.5
    assert contrast(network._MARK, "#0e1117") >= 3
    assert set(BADGES) == {"new", "changed"}
