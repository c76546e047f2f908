"""Bars by class."""

import numpy as np
import pytest

from playground import charts
from playground.analysis.evaluation import ClassFigures, per_class
from tests.specs import assert_bare, vega

CLASSES = ("owl", "cat", "dog")
ONE = per_class(np.array([[8, 2, 0], [1, 3, 0], [0, 2, 0]]))
OTHER = per_class(np.array([[9, 1, 0], [0, 4, 0], [0, 0, 2]]))
FIGURES = ("recall", "precision", "f1")


def bars(spec: dict) -> dict:
    layer = spec["layer"][0]
    assert layer["mark"]["type"] == "bar"
    return layer["encoding"]


@pytest.mark.parametrize("figure", FIGURES)
def test_the_rows_are_the_figures_by_class_and_run(figure):
    data = charts.class_data({"A": ONE, "B": OTHER}, CLASSES, figure)
    assert list(data.columns) == ["class", "run", "value", "images"]
    assert data["class"].tolist() == list(CLASSES) * 2
    assert data.run.tolist() == ["A"] * 3 + ["B"] * 3
    expected = np.concatenate([getattr(ONE, figure), getattr(OTHER, figure)])
    np.testing.assert_array_equal(data.value, expected)
    assert data.images.tolist() == [10, 4, 2, 10, 4, 2]


def test_names_and_figures_that_do_not_match_are_refused():
    with pytest.raises(ValueError):
        charts.class_data({"A": ONE}, ("owl", "cat"), "recall")


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("runs", [("A",), ("A", "B")])
def test_every_spec_is_valid_and_its_axes_have_titles(figure, runs):
    spec = charts.class_spec(runs, figure)
    figures: dict[str, ClassFigures] = dict(zip(runs, (ONE, OTHER), strict=False))
    drawn = vega(spec, charts.class_data(figures, CLASSES, figure))
    for layer in drawn["layer"]:
        assert layer["encoding"]["y"]["title"] == "Class"
    x = bars(drawn)["x"]
    assert "%" in " ".join(x["title"])
    assert (
        x["title"][0]
        == {
            "recall": "Right of this class",
            "precision": "Precision",
            "f1": "F1",
        }[figure]
    )
    assert x["scale"]["domain"][0] == 0 and x["axis"]["values"][-1] == 1
    assert charts.class_spec(runs, figure) is spec


def test_classes_stand_in_the_order_of_the_rows():
    assert bars(charts.class_spec(("A",), "recall"))["y"]["sort"] is None


def test_two_runs_stand_side_by_side_in_their_order_and_colours():
    two = charts.class_spec(("B", "A"), "recall")
    offset, color = two["encoding"]["yOffset"], bars(two)["color"]
    assert offset["field"] == color["field"] == "run"
    assert offset["scale"]["domain"] == color["scale"]["domain"] == ["B", "A"]
    first, second = color["scale"]["range"]
    assert first != second and color["legend"]["orient"] == "top"
    one = charts.class_spec(("A",), "recall")
    assert "encoding" not in one and bars(one)["color"]["legend"] is None


def test_a_figure_that_is_not_defined_keeps_its_place_and_says_so():
    data = charts.class_data({"A": ONE}, CLASSES, "precision")
    assert data.value.isna().tolist() == [False, False, True]  # no image was taken for a dog
    spec = charts.class_spec(("A",), "precision")
    steps = {step["as"]: step["calculate"] for step in spec["transform"]}
    assert steps["length"].endswith(": 0")
    assert "'not defined'" in steps["shown"]
    encoding, text = bars(spec), spec["layer"][1]
    assert encoding["x"]["field"] == "length"
    assert text["mark"]["type"] == "text" and text["encoding"]["text"]["field"] == "shown"
    told = {line["title"]: line["field"] for line in encoding["tooltip"]}
    assert told == {"Class": "class", "Run": "run", "Precision": "shown", "Images": "images"}


def test_a_spec_holds_no_data_and_no_theme_of_its_own():
    spec = charts.class_spec(("A", "B"), "f1")
    assert_bare(spec)
