"""The heatmap of a confusion matrix."""

import json

import numpy as np
import pytest

from playground import charts
from playground.charts import colors, matrix
from tests.specs import assert_bare, contrast, mixed, vega

CLASSES = ("owl", "cat", "dog")
MATRIX = np.array([[8, 2, 0], [1, 3, 0], [0, 0, 0]], np.int32)
SHOWN = ("counts", "row", "column")


def cell(data, true: str, predicted: str) -> dict:
    (row,) = data[(data.true == true) & (data.predicted == predicted)].to_dict("records")
    return row


def names(count: int) -> tuple[str, ...]:
    return tuple(f"class {index}" for index in range(count))


def rectangles(spec: dict) -> tuple[dict, dict]:
    """The coloured cells, and those above them that are clicked."""
    first, last = spec["layer"][0], spec["layer"][-1]
    assert first["mark"]["type"] == last["mark"]["type"] == "rect"
    return first["encoding"], last["encoding"]


@pytest.mark.parametrize("show", SHOWN)
def test_every_cell_is_a_row_and_all_images_are_there(show):
    data = charts.matrix_data(MATRIX, CLASSES, show)
    assert list(data.columns) == ["true", "predicted", "images", "share"]
    assert len(data) == 9 and data.images.sum() == MATRIX.sum()
    for i, true in enumerate(CLASSES):
        for j, predicted in enumerate(CLASSES):
            assert cell(data, true, predicted)["images"] == MATRIX[i, j]


def test_shares_are_of_the_true_class_or_of_the_predicted_one():
    for show in ("counts", "row"):
        data = charts.matrix_data(MATRIX, CLASSES, show)
        assert cell(data, "owl", "cat")["share"] == 2 / 10
        assert data[data.true == "cat"].share.sum() == pytest.approx(1)
    data = charts.matrix_data(MATRIX, CLASSES, "column")
    assert cell(data, "owl", "cat")["share"] == 2 / 5
    assert data[data.predicted == "owl"].share.sum() == pytest.approx(1)


@pytest.mark.parametrize(("show", "side"), [("counts", "true"), ("column", "predicted")])
def test_a_class_without_images_has_no_share_and_nothing_is_divided_by_zero(show, side):
    with np.errstate(all="raise"):
        data = charts.matrix_data(MATRIX, CLASSES, show)
    assert data[data[side] == "dog"].share.isna().all()
    assert data[data[side] != "dog"].share.notna().all()
    rows = json.loads(data.to_json(orient="records"))
    assert {row["share"] for row in rows if row[side] == "dog"} == {None}


def test_an_empty_matrix_has_its_cells_and_no_share():
    data = charts.matrix_data(np.zeros((2, 2), np.int64), ("a", "b"), "row")
    assert len(data) == 4 and data.share.isna().all()


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("count", [2, 10, 20, 21, 100])
@pytest.mark.parametrize("selectable", [True, False])
def test_every_spec_is_valid_and_its_axes_have_titles(show, count, selectable):
    classes = names(count)
    spec = charts.matrix_spec(classes, show, selectable)
    data = charts.matrix_data(np.eye(count, dtype=np.int64), classes, show)
    drawn = vega(spec, data[:4])
    for layer in drawn["layer"]:
        assert layer["encoding"]["x"]["title"] == "Predicted class"
        assert layer["encoding"]["y"]["title"] == "True class"
        assert layer["encoding"]["x"]["field"] == "predicted"
        assert layer["encoding"]["y"]["field"] == "true"
    assert_bare(spec)


def test_classes_stand_in_the_order_given_on_both_axes():
    order = ("dog", "owl", "cat")
    for encoding in rectangles(charts.matrix_spec(order, "row")):
        assert encoding["x"]["scale"]["domain"] == list(order)
        assert encoding["y"]["scale"]["domain"] == list(order)


def test_the_legend_says_of_what_the_share_is():
    titles = [rectangles(charts.matrix_spec(CLASSES, show))[0]["fill"]["title"] for show in SHOWN]
    assert titles[0] == titles[1] == "Wrong ← % of the true class → right"
    assert titles[2] == "Wrong ← % of the predicted class → right"


def test_mistakes_have_a_colour_of_their_own_and_reach_it_at_half_of_a_class():
    scale = rectangles(charts.matrix_spec(CLASSES, "row"))[0]["fill"]["scale"]
    assert scale["domain"] == sorted(scale["domain"]) and len(scale["domain"]) == 4
    assert (scale["domain"][0], scale["domain"][-1], scale["clamp"]) == (-0.5, 1, True)
    assert scale["exponent"] == 0.5
    wrong, right = scale["range"][:2], scale["range"][2:]
    assert wrong[0] != right[1]
    assert all("0.06" in pale for pale in (wrong[1], right[0]))


def test_numbers_are_in_the_cells_of_at_most_twenty_classes_and_zeros_are_not():
    for count in (2, 20):
        coloured, text, _ = charts.matrix_spec(names(count), "counts")["layer"]
        assert text["mark"]["type"] == "text"
        assert "datum.images > 0" in json.dumps(text["transform"])
        assert "datum.images > 0" in json.dumps(coloured["transform"])
    kinds = [layer["mark"]["type"] for layer in charts.matrix_spec(names(21), "row")["layer"]]
    assert kinds == ["rect", "rect"]


def test_thousands_of_cells_are_drawn_on_a_canvas():
    assert "usermeta" not in charts.matrix_spec(names(20), "row")
    options = charts.matrix_spec(names(21), "row")["usermeta"]["embedOptions"]
    assert options == {"renderer": "canvas"}


def test_a_click_chooses_one_cell_by_its_two_classes():
    spec = charts.matrix_spec(CLASSES, "counts")
    chosen, height = spec["params"]
    assert height["name"] == "height" and "select" not in height
    assert chosen["name"] == "cell"
    assert chosen["select"] == {"type": "point", "fields": ["true", "predicted"], "toggle": False}
    _, clicked = rectangles(spec)
    for outline in ("strokeWidth", "strokeOpacity"):
        assert clicked[outline]["condition"]["param"] == "cell"
        assert clicked[outline]["condition"]["empty"] is False
        assert clicked[outline]["condition"]["value"] > clicked[outline]["value"]
    assert chosen["views"] == [spec["layer"][-1]["name"]]


def test_a_matrix_that_is_only_looked_at_has_no_selection():
    spec = charts.matrix_spec(CLASSES, "counts", selectable=False)
    assert [one["name"] for one in spec["params"]] == ["height"]
    assert '"cell"' not in json.dumps(spec)


def test_the_tooltip_names_both_classes_images_and_share():
    _, clicked = rectangles(charts.matrix_spec(CLASSES, "column"))
    titles = [line["title"] for line in clicked["tooltip"]]
    assert titles == ["True class", "Predicted class", "Images", "Share of the predicted class"]


def test_short_names_lie_flat_and_long_ones_are_turned():
    digits = tuple(map(str, range(10)))
    angles = [
        rectangles(charts.matrix_spec(classes, "row"))[0]["x"]["axis"]["labelAngle"]
        for classes in (digits, ("automobile", "cat"), names(20))
    ]
    assert angles == [0, -40, -90]


def test_the_matrix_is_as_high_as_wide_up_to_a_limit_that_grows_with_its_classes():
    specs = [charts.matrix_spec(names(count), "row") for count in (2, 6, 10, 100)]
    limits = [int(spec["params"][-1]["expr"].removeprefix("min(width, ")[:-1]) for spec in specs]
    assert limits == sorted(limits) and limits[0] < limits[1] < limits[2] == limits[3] < 800
    assert {spec["autosize"]["type"] for spec in specs} == {"fit-x"}, "the width is the plot's"


@pytest.mark.parametrize(("page", "text"), [("#ffffff", "#000000"), ("#171614", None)])
def test_numbers_are_read_on_every_cell(page, text):
    """What the spec says of colours, done by hand: a cell's, and its number's."""
    for share in np.linspace(0.01, 1, 100):
        for color, most, strong in ((colors.RIGHT, 1, 0.65), (colors.WRONG, 0.5, 0.4)):
            opacity = 0.06 + 0.94 * min(share / most, 1) ** 0.5
            number = text or ("#ffffff" if share < strong else "#000000")
            assert contrast(mixed(color, page, opacity), number) >= 4.4
    assert "0.65" in matrix.PALE_ON_DARK and "-0.4" in matrix.PALE_ON_DARK


def test_streamlit_draws_a_cached_spec_without_changing_it():
    import streamlit as st

    spec = charts.matrix_spec(CLASSES, "row")
    before = json.dumps(spec)
    data = charts.matrix_data(MATRIX, CLASSES, "row")
    st.vega_lite_chart(data, spec, on_select="rerun", selection_mode="cell", key="cells")
    assert charts.matrix_spec(CLASSES, "row") is spec and json.dumps(spec) == before
