"""The charts of the Ideas page: the rows they draw, and specs that Vega-Lite takes."""

import json

import numpy as np
import pytest

from playground import charts
from tests.specs import assert_built_once, assert_titled, vega

X = np.array([-1.0, 0.0, 2.0])
CURVES = {"ReLU": np.array([0.0, 0, 2]), "Tanh": np.tanh(X)}
NINE = tuple("abcdefghi")
PATHS = {
    "Adam 0.2": (np.array([[1.0, 2], [0.5, 1], [0.1, 0.2]]), np.array([5.0, 1.25, 0.05])),
    "SGD 9": (np.array([[1.0, 2], [-70, 90]]), np.array([5.0, 1e4])),
}
CONTOURS = [(2.0, np.array([[0.0, 1], [1, 0], [0, 1]])), (1.0, np.array([[0.0, 0.5], [0, 0.5]]))]
LIMITS = ((-5.0, 2.0), (-1.6, 1.6))
LABELS = tuple(PATHS)
KEPT = np.array([[True, False, True], [False, False, True]])
WEIGHTS = np.array([[1.0, -0.5], [0.9, -0.4], [0.8, -0.3]])


def descent():
    return charts.descent_data(CONTOURS, PATHS, (0.0, 0.0))


def overfit():
    return charts.overfit_data(1 / np.arange(1.0, 1001), np.linspace(2, 1, 1000), 229, 234)


def drawn() -> dict:
    """Every chart of the page by name: its spec with rows, as Vega-Lite accepts it."""
    fit = charts.fit_data(np.array([[0.0, 1]]), X, X, X + 1, X + 2)
    return {
        "function": vega(
            charts.function_spec("Value", tuple(CURVES), (-1.5, 3.0)),
            charts.function_data(X, CURVES, "Tanh"),
        ),
        "surface": vega(charts.surface_spec(LABELS, LIMITS), descent()),
        "descent": vega(charts.descent_spec(LABELS, 50), descent()),
        "shrinking": vega(charts.shrinking_spec((1.0, -0.5), 2), charts.shrinking_data(WEIGHTS)),
        "mask": vega(charts.mask_spec(), charts.mask_data(KEPT)),
        "normalizing": vega(
            charts.normalizing_spec("Value before", ("Unit 1", "Unit 2")),
            charts.normalizing_data(WEIGHTS, ("Unit 1", "Unit 2")),
        ),
        "overfit": vega(charts.overfit_spec(1000), overfit()),
        "fit": vega(charts.fit_spec(), fit),
    }


TITLES = {
    "function": ("x, the sum that reaches the unit", "Value"),
    "surface": ("Weight 1", "Weight 2"),
    "descent": ("Step", "Loss above the lowest point"),
    "shrinking": ("Step", "Weight"),
    "mask": ("Unit of the layer", "Image of the batch"),
    "normalizing": ("Value before", "Images"),
    "overfit": ("Epoch", "Loss (mean squared error)"),
    "fit": ("x, what goes in", "y, what should come out"),
}


def test_every_spec_is_valid_and_its_axes_have_titles():
    assert_titled(drawn(), TITLES)


def test_specs_are_built_once_and_hold_no_data():
    assert_built_once(
        lambda: [
            charts.function_spec("Value", NINE, (-1.5, 3.0)),
            charts.surface_spec(LABELS, LIMITS),
            charts.descent_spec(LABELS, 50),
            charts.shrinking_spec((1.0,), 2),
            charts.mask_spec(),
            charts.normalizing_spec("Value", ("Unit 1",)),
            charts.overfit_spec(1000),
            charts.fit_spec(),
        ]
    )


def test_nine_activations_differ_in_colour_and_one_of_them_is_strong():
    spec = charts.function_spec("Slope", NINE, (-0.25, 1.25))
    faint, strong, targets = spec["layer"][2:]
    colors = faint["encoding"]["color"]["scale"]
    assert colors["domain"] == list(NINE) and len(set(colors["range"])) == 9
    assert strong["mark"]["strokeWidth"] > faint["encoding"]["strokeWidth"]["value"]
    assert (faint["transform"], strong["transform"]) == (
        [{"filter": "!datum.chosen"}],
        [{"filter": "datum.chosen"}],
    )
    assert [line["title"] for line in targets["encoding"]["tooltip"]] == [
        "Activation",
        "x",
        "Slope",
    ]
    data = charts.function_data(X, CURVES, "Tanh")
    assert data[data.chosen].activation.unique().tolist() == ["Tanh"]
    assert data[data.activation == "ReLU"][["x", "y"]].to_numpy().tolist() == [
        [-1, 0],
        [0, 0],
        [2, 2],
    ]


def test_some_activations_keep_the_colours_that_they_have_among_all():
    whole = charts.function_spec("Value", NINE, (-1.5, 3.0))["layer"][2]["encoding"]
    some = charts.function_spec("Value", ("a", "g"), (-1.1, 2.0), (0, 6))["layer"][2]["encoding"]
    for channel in ("color", "strokeDash"):
        ways = whole[channel]["scale"]["range"]
        assert some[channel]["scale"]["range"] == [ways[0], ways[6]]
    assert some["opacity"]["value"] == 1 > whole["opacity"]["value"], "none of them is faint"


def test_the_axis_of_a_histogram_can_be_held():
    scale = charts.normalizing_spec("Value", ("Unit 1",), (-6, 7))["encoding"]["x"]["scale"]
    assert scale["domain"] == [-6, 7]


def test_the_rows_of_a_descent_are_its_contours_its_paths_and_two_marks():
    data = descent()
    assert data.what.value_counts().to_dict() == {"contour": 5, "path": 5, "mark": 2}
    adam = data[data.name == "Adam 0.2"]
    assert adam.step.tolist() == [0, 1, 2] and adam.loss.tolist() == [5.0, 1.25, 0.05]
    assert adam[["w1", "w2"]].to_numpy().tolist() == PATHS["Adam 0.2"][0].tolist()
    marks = data[data.what == "mark"].set_index("name")[["w1", "w2"]]
    assert marks.loc["start"].tolist() == [1, 2] and marks.loc["lowest"].tolist() == [0, 0]
    assert data[data.what == "contour"].groupby("name").loss.first().tolist() == [2.0, 1.0]


def test_what_leaves_the_surface_is_cut_off_and_its_axes_stand_still():
    layers = charts.surface_spec(LABELS, LIMITS)["layer"]
    for layer in layers[:3]:
        assert layer["mark"]["clip"]
    for layer in layers:
        assert layer["encoding"]["x"]["scale"]["domain"] == [-5.0, 2.0]
        assert layer["encoding"]["y"]["scale"]["domain"] == [-1.6, 1.6]


def test_a_loss_of_zero_has_its_place_on_the_logarithmic_axis():
    spec = charts.descent_spec(LABELS, 50)
    assert f"max(datum.loss, {charts.MIN_LOSS})" in json.dumps(spec["transform"])
    assert spec["layer"][0]["encoding"]["y"]["scale"]["type"] == "log"


@pytest.mark.parametrize("steps", [1, 50, 2000])
def test_a_weights_line_keeps_its_ends_and_is_never_too_long(steps):
    weights = np.linspace([1.0, -0.5], [0.0, 0.0], steps + 1)
    data = charts.shrinking_data(weights)
    for start in (1.0, -0.5):
        line = data[data.start == start]
        assert line.step.tolist()[0] == 0 and line.step.tolist()[-1] == steps
        assert line.weight.tolist()[0] == start and line.weight.tolist()[-1] == 0
        assert len(line) == min(steps + 1, charts.MAX_POINTS)


def test_a_mask_is_a_row_for_each_value_of_each_image():
    data = charts.mask_data(KEPT)
    assert data.image.tolist() == [1, 1, 1, 2, 2, 2] and data.unit.tolist() == [1, 2, 3] * 2
    assert (data.kept == "kept").tolist() == KEPT.ravel().tolist()


def test_a_histogram_counts_every_image_of_every_unit_once():
    values = np.random.default_rng(0).normal(size=(128, 2)) * [1, 5]
    data = charts.normalizing_data(values, ("Unit 1", "Unit 2"))
    assert data.groupby("unit").images.sum().tolist() == [128, 128]
    for unit, column in zip(("Unit 1", "Unit 2"), values.T, strict=True):
        for row in data[data.unit == unit].iloc[:-1].itertuples():
            assert row.images == ((column >= row.low) & (column < row.high)).sum()


def test_values_that_are_all_the_same_are_counted_in_one_bin():
    data = charts.normalizing_data(np.full((5, 1), 2.0), ("Unit 1",))
    (bar,) = data[data.images > 0].itertuples()
    assert bar.images == 5 and bar.low <= 2 <= bar.high and bar.low < bar.high


def test_losses_are_thinned_but_the_marked_epochs_and_the_ends_stay():
    data = overfit()
    for points in ("Training", "Validation"):
        line = data[data.points == points]
        assert line.epoch.iloc[0] == 1 and line.epoch.iloc[-1] == 1000
        assert len(line) <= charts.MAX_POINTS + 2
    marked = data[data.mark != ""].set_index("mark")
    assert marked.epoch.to_dict() == {"best": 229, "stops": 234}
    assert set(marked.points) == {"Validation"}


def test_the_words_at_the_marks_stand_one_below_the_other():
    best, stops = charts.overfit_spec(1000)["layer"][2:]
    for layer, mark in ((best, "best"), (stops, "stops")):
        assert layer["transform"] == [{"filter": {"field": "mark", "equal": mark}}]
    assert stops["encoding"]["y"]["value"] >= best["encoding"]["y"]["value"] + 14


def test_where_the_last_epoch_is_the_best_it_is_marked_as_best():
    data = charts.overfit_data(np.ones(10), np.linspace(2, 1, 10), 10, 10)
    assert data[data.mark != ""].mark.tolist() == ["best"]


def test_curves_and_points_are_told_apart():
    data = charts.fit_data(np.array([[0.0, 1], [1, 3]]), X, X, X + 1, X + 2)
    assert data.groupby("curve", sort=False).size().to_dict() == {
        "Truth": 3,
        "Best epoch": 3,
        "Last epoch": 3,
        "Points": 2,
    }
    encoding = charts.fit_spec()["layer"][0]["encoding"]
    for channel in ("color", "strokeDash"):
        ways = encoding[channel]["scale"]["range"]
        assert len({str(way) for way in ways}) == 3
