"""Several runs in one chart."""

import itertools
from xml.etree import ElementTree

import numpy as np
import pytest

from playground import charts
from playground.analysis.evaluation import per_class
from playground.export.report import svg_charts
from tests.specs import TITLES, assert_bare, contrast, vega
from tests.test_charts import epochs

LETTERS = tuple("ABCDEFGH")
BOTH = ("Training", "Validation")
BEFORE = per_class(np.array([[8, 2, 0], [1, 3, 0], [0, 0, 0]]))
AFTER = per_class(np.array([[9, 1, 0], [3, 1, 0], [0, 0, 0]]))


def test_the_rows_are_the_epochs_of_every_run_and_split():
    data = charts.overlay_data({"A": epochs(2), "B": epochs(3, validated=False)})
    assert list(data.columns) == ["run", "split", "epoch", "loss", "accuracy"]
    lines = data.groupby(["run", "split"]).epoch.apply(list).to_dict()
    assert lines == {("A", "Training"): [1, 2], ("A", "Validation"): [1, 2]} | {
        ("B", "Training"): [1, 2, 3]
    }
    assert data.iloc[2].tolist() == ["A", "Training", 2, 0.5, 0.5]
    assert data.iloc[1].tolist() == ["A", "Validation", 1, 2.0, 0.25]


@pytest.mark.parametrize("count", [1, 200, 201, 5000])
def test_a_line_keeps_its_ends_and_is_never_too_long(count):
    data = charts.overlay_data({"A": epochs(count), "B": epochs(3)})
    for split in BOTH:
        drawn = data[(data.run == "A") & (data.split == split)].epoch.tolist()
        assert (drawn[0], drawn[-1]) == (1, count)
        assert drawn == sorted(set(drawn)) and len(drawn) <= charts.MAX_POINTS + 1


def test_without_epochs_there_are_no_rows():
    assert charts.overlay_data({}).empty and charts.overlay_data({"A": []}).empty


@pytest.mark.parametrize(
    ("quantity", "runs", "splits", "log"),
    [*itertools.product(("loss", "accuracy"), (1, 8), (BOTH, BOTH[:1], BOTH[1:]), (False, True))],
)
def test_every_spec_is_valid_and_its_axes_have_titles(quantity, runs, splits, log):
    names = LETTERS[:runs]
    spec = charts.overlay_spec(quantity, names, splits, log)
    drawn = vega(spec, charts.overlay_data({name: epochs(3) for name in names}))
    lines = drawn["layer"][0]
    assert lines["mark"]["type"] == "line"
    assert lines["encoding"]["x"]["title"] == "Epoch"
    y = lines["encoding"]["y"]
    assert y["title"] == TITLES[quantity]
    assert (y["field"], y["scale"].get("type")) == (quantity, "log" if log else None)
    assert lines["encoding"]["color"]["scale"]["domain"] == list(names)
    assert lines["encoding"]["strokeDash"]["scale"]["domain"] == list(splits)
    assert charts.overlay_spec(quantity, names, splits, log) is spec
    assert_bare(spec)


def test_splits_that_were_not_asked_for_are_left_out():
    first = charts.overlay_spec("loss", ("A",), ("Validation",))["transform"][0]
    assert first == {"filter": {"field": "split", "oneOf": ["Validation"]}}


@pytest.mark.parametrize("splits", [BOTH, BOTH[:1], BOTH[1:]])
def test_validation_is_dashed_as_on_the_training_page(splits):
    scale = charts.overlay_spec("loss", ("A",), splits)["layer"][0]["encoding"]["strokeDash"]
    dashes = dict(zip(scale["scale"]["domain"], scale["scale"]["range"], strict=True))
    assert dashes.get("Training") in (None, [1, 0])
    assert dashes.get("Validation") in (None, [5, 3])
    assert set(dashes) == set(splits)


def test_eight_runs_have_eight_colours_seen_on_white_and_on_black():
    colors = charts.overlay_spec("loss", LETTERS, BOTH)["layer"][0]["encoding"]["color"]["scale"]
    assert len(set(colors["range"])) == 8
    for color in colors["range"]:
        assert contrast(color, "#ffffff") > 2.2 and contrast(color, "#0e1117") > 2.9
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


def test_a_run_has_the_colour_of_its_place():
    two = charts.overlay_spec("loss", ("A", "B"), BOTH)["layer"][0]["encoding"]["color"]
    assert two["scale"]["range"] == list(charts.COLORS[:2])


def test_the_tooltip_names_run_split_epoch_and_value():
    spec = charts.overlay_spec("loss", ("A", "B"), BOTH)
    targets = spec["layer"][-1]
    fields = [line["field"] for line in targets["encoding"]["tooltip"]]
    assert fields == ["run", "split", "epoch", "loss", "accuracy"]
    (hover,) = spec["params"]
    assert hover["select"]["fields"] == ["run", "split", "epoch"] and hover["select"]["nearest"]
    assert hover["views"] == [targets["name"]]


@pytest.mark.parametrize("quantity", ["loss", "accuracy"])
def test_the_hovered_point_takes_no_part_in_the_scales(quantity):
    _, single, hovered, _ = charts.overlay_spec(quantity, ("A", "B"), BOTH)["layer"]
    assert single["transform"] == [{"filter": "datum.length == 1"}]
    assert not {"x", "y"} & set(hovered["encoding"])
    assert hovered["mark"]["y"] == {"expr": f"scale('y', datum.{quantity})"}
    assert hovered["transform"] == [{"filter": {"param": "hover", "empty": False}}]


def test_long_names_do_not_eat_the_chart():
    legend = charts.overlay_spec("loss", LETTERS, BOTH)["layer"][0]["encoding"]["color"]["legend"]
    assert legend["orient"] == "top" and legend["columns"]["expr"].endswith("? 1 : 2")
    assert "width / 2" in legend["labelLimit"]["expr"]
    specs = [charts.overlay_spec("loss", LETTERS[:n], BOTH) for n in (1, 8)]
    assert specs[0]["height"] == specs[1]["height"], "the legend comes on top of the plot"
    assert {spec["autosize"]["type"] for spec in specs} == {"fit-x"}


@pytest.mark.parametrize(("width", "rows"), [(300, 3), (900, 2)])
def test_on_a_phone_each_name_has_a_line_of_the_legend_to_itself(width, rows):
    names = tuple(f"Blocks 32-64-128, batch norm, seed {n}" for n in range(3))
    spec = charts.overlay_spec("loss", names, BOTH)
    data = charts.overlay_data({name: epochs(3) for name in names})
    drawn = ElementTree.fromstring(svg_charts.svg(spec, data, "a chart", width))
    entries = {
        label.text: entry.get("transform").split(",")[1]
        for entry in drawn.iterfind(".//g[@transform]")
        for label in entry.iterfind("g/g[@class='mark-text role-legend-label']/text")
    }
    assert set(names) <= set(entries), "none is cut"
    assert len({entries[name] for name in names}) == rows


def test_a_difference_is_in_percentage_points_of_the_class():
    data = charts.difference_data(BEFORE, AFTER, ("owl", "cat", "dog"))
    assert list(data.columns) == ["class", "before", "after", "difference", "images"]
    assert data["class"].tolist() == ["owl", "cat", "dog"]
    assert data.difference.tolist()[:2] == pytest.approx([10, -50])
    assert data.difference.isna().tolist() == [False, False, True]  # there is no dog
    assert data.images.tolist() == [10, 4, 0]


def test_gains_and_losses_differ_in_side_and_in_colour():
    spec = charts.difference_spec("A", "B")
    drawn = vega(spec, charts.difference_data(BEFORE, AFTER, ("owl", "cat", "dog")))
    bars, zero = drawn["layer"]
    assert bars["encoding"]["y"]["title"] == "Class" and bars["encoding"]["y"]["sort"] is None
    assert "(percentage points)" in bars["encoding"]["x"]["title"]
    color = bars["encoding"]["color"]
    assert color["condition"]["test"] == "datum.difference > 0"
    assert color["condition"]["value"] != color["value"]
    assert zero["mark"]["type"] == "rule" and zero["encoding"]["x"]["datum"] == 0
    titles = [line["title"] for line in bars["encoding"]["tooltip"]]
    assert titles == ["Class", "A", "B", "Change (points)", "Images"]
    assert charts.difference_spec("A", "B") is spec


def test_a_class_without_images_keeps_its_place_in_the_difference():
    steps = {s["as"]: s["calculate"] for s in charts.difference_spec("A", "B")["transform"]}
    assert steps["length"].endswith(": 0") and "'not defined'" in steps["shown"]
