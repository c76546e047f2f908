"""Charts of sweeps: their rows, and specs that Vega-Lite accepts."""

import re

import pytest

from playground.charts import (
    FIGURES,
    numeric,
    sweep_data,
    sweep_grid_spec,
    sweep_line_spec,
    sweep_scatter_spec,
)
from playground.export.report import svg_charts
from tests.specs import vega

FOUND = {("2", "4"): [0.25, 0.75], ("2", "8"): [0.5], ("3", "4"): [], ("3", "8"): [0.125]}
GRID = (("Channels", "Units"), ("2", "3"), ("4", "8"))


def test_a_row_is_a_combination_with_its_mean_and_what_is_missing_has_none():
    data = sweep_data(FOUND, 2)
    assert list(data["value"].fillna(-1)) == [0.5, 0.5, -1, 0.125]
    assert list(data["low"].fillna(-1)) == [0.25, 0.5, -1, 0.125]
    assert list(data["high"].fillna(-1)) == [0.75, 0.5, -1, 0.125]
    assert list(data["runs"]) == [2, 1, 0, 1] and set(data["seeds"]) == {2}
    assert list(zip(data["first"], data["second"], strict=True)) == list(FOUND)
    assert list(sweep_data({("0.1",): [0.5]}, 1)["second"]) == [""]


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_can_be_drawn_in_each_way_with_titles_on_its_axes(figure):
    data = sweep_data(FOUND, 2)
    grid = vega(sweep_grid_spec(*GRID, figure), data)
    encoding = grid["layer"][0]["encoding"]
    assert (encoding["x"]["title"], encoding["y"]["title"]) == ("Units", "Channels")
    assert encoding["color"]["title"] == FIGURES[figure] and "(" in FIGURES[figure]
    scatter = vega(sweep_scatter_spec(*GRID, figure), data)["encoding"]
    assert (scatter["x"]["title"], scatter["y"]["title"]) == ("Channels", "Units")
    line = vega(sweep_line_spec("Rate", ("0.1", "1"), figure), sweep_data({("0.1",): [0.5]}, 1))
    axes = [layer["encoding"]["y"]["title"] for layer in line["layer"]]
    assert set(axes) == {FIGURES[figure]}


def test_a_missing_cell_is_framed_and_not_coloured():
    spec = sweep_grid_spec(*GRID, "validation accuracy")
    filters = [layer.get("transform") for layer in spec["layer"]]
    assert filters[0] == [{"filter": "isValid(datum.value)"}] and filters[-1] is None


def test_the_bright_end_is_the_good_one():
    scales = {
        figure: sweep_grid_spec(*GRID, figure)["layer"][0]["encoding"]["color"]["scale"]
        for figure in FIGURES
    }
    assert {figure: scale["reverse"] for figure, scale in scales.items()} == {
        figure: "loss" in figure for figure in FIGURES
    }


def test_a_large_grid_is_not_numbered():
    many = tuple(map(str, range(1, 21)))
    small = sweep_grid_spec(*GRID, "validation accuracy")
    large = sweep_grid_spec(("A", "B"), many, many, "validation accuracy")
    assert len(small["layer"]) == len(large["layer"]) + 1


@pytest.mark.parametrize(
    ("values", "kind", "scale"),
    [
        (("2", "3", "11"), "quantitative", "linear"),
        (("2", "16", "256"), "quantitative", "log"),
        (("adam", "sgd"), "nominal", None),
        (("16-10", "64"), "nominal", None),
        (("0", "0.5"), "nominal", None),
    ],
)
def test_an_axis_of_numbers_is_a_scale_and_one_of_words_is_not(values, kind, scale):
    spec = sweep_scatter_spec(("A", "B"), values, ("1", "2"), "test loss")
    assert spec["encoding"]["x"]["type"] == kind
    assert spec["encoding"]["x"]["scale"].get("type") == scale
    assert numeric(values) == (kind == "quantitative")


def test_a_label_with_an_apostrophe_breaks_no_expression():
    spec = sweep_grid_spec(("It's", "B"), ("1",), ("2",), "test loss")
    told = next(t["calculate"] for t in spec["transform"] if t.get("as") == "description")
    assert told.count("'") % 2 == 0 and "It's" not in told


def test_numbers_on_an_axis_are_read_as_numbers_however_they_were_typed():
    values = ("1e-05", "0.001", "1e4")
    data = sweep_data({(value,): [0.5] for value in values}, 1)
    spec = sweep_line_spec("Learning rate", values, "validation accuracy")
    shown = re.findall(">([^<]+)</text>", svg_charts.svg(spec, data, "a chart"))
    assert [text for text in shown if text in ("0.00001", "0.001", "10,000")] == [
        "0.00001", "0.001", "10,000"
    ]  # fmt: skip
    words = sweep_line_spec("Optimizer", ("adam", "sgd"), "validation accuracy")
    assert "labelExpr" not in str(words["layer"][0]["encoding"]["x"]["axis"])
