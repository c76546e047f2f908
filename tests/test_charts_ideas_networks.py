"""The charts of the Ideas page's small networks: their rows, and specs that Vega-Lite takes."""

import numpy as np

from playground import charts
from tests.specs import assert_built_once, assert_titled, vega

X = np.array([-1.0, 0.0, 2.0])
CURVES = {"ReLU": np.array([0.0, 0, 2]), "Tanh": np.tanh(X)}
PICTURE = np.array([[0, 16], [-3, 4], [0, 0]])
STAGES = ("image", "conv 1", "pool 1")
SIDES = {"Deeper": [32, 28, 14], "Short": [32, 32]}
TEN = tuple("0123456789")
TIMES = {"ReLU": 0.5, "Tanh": 1.25}


def answers():
    numbers, labels = np.array([7, 3, 1234]), np.array([1, 2, 3])
    return charts.answer_data(np.array([1, 5, 3]), labels, numbers, columns=2)


def drawn() -> dict:
    """Every chart by name: its spec with rows, as Vega-Lite accepts it."""
    return {
        "article": vega(
            charts.function_spec("Value", tuple(CURVES), (-1.1, 2.0), (0, 6)),
            charts.function_data(X, CURVES, ""),
        ),
        "times": vega(charts.time_spec("ReLU", 2.0), charts.time_data(TIMES)),
        "weights": vega(
            charts.weight_spec(("red", "bias"), 2.0),
            charts.weight_data(np.array([[1.0], [-2]]), np.array([0.5, 0]), ("red", "bias")),
        ),
        "agreement": vega(charts.agreement_spec(-1.0, 2.0), charts.agreement_data(X, X / 2)),
        "pixels": vega(charts.pixel_spec(3, 16.0), charts.pixel_data(PICTURE, rim=1)),
        "sides": vega(charts.side_spec(tuple(SIDES), STAGES), charts.side_data(SIDES, STAGES)),
        "scores": vega(
            charts.score_spec("Score", ".1f", None), charts.score_data(np.arange(10.0), TEN)
        ),
        "answers": vega(charts.answer_spec(2, 2), answers()),
        "ensemble": vega(
            charts.ensemble_spec("Accuracy", (1, 3), 97.1),
            charts.ensemble_data((1, 3), np.array([93.5, 96.0]), "%"),
        ),
    }


TITLES = {
    "article": ("x, the sum that reaches the unit", "Value"),
    "times": ("Time (milliseconds)", "Activation"),
    "weights": ("Comes out as channel", "Goes in"),
    "agreement": ("What the layers make of a pixel", "What one map makes of it"),
    "pixels": ("Column", "Row"),
    "sides": ("After", "Side of the picture (pixels)"),
    "scores": ("Class", "Score"),
    "answers": ("Image of the batch, and the class it is given", ""),
    "ensemble": ("Masked networks whose probabilities are averaged", "Accuracy"),
}


def test_every_spec_is_valid_and_its_axes_have_titles():
    assert_titled(drawn(), TITLES)


def test_specs_are_built_once_and_hold_no_data():
    assert_built_once(
        lambda: [
            charts.time_spec("ReLU", 2.0),
            charts.weight_spec(("red", "bias"), 2.0),
            charts.agreement_spec(-1.0, 2.0),
            charts.pixel_spec(3, 16.0),
            charts.side_spec(tuple(SIDES), STAGES),
            charts.score_spec("Score", ".1f", None),
            charts.answer_spec(2, 2),
            charts.ensemble_spec("Accuracy", (1, 3), 97.1),
        ]
    )


def test_a_time_is_told_beside_how_many_times_the_first_it_is():
    data = charts.time_data(TIMES)
    assert data.description.tolist() == ["0.5 ms, 1.0 ×", "1.2 ms, 2.5 ×"]
    assert charts.time_spec("ReLU", 2.0)["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 2.0]


def test_the_cells_of_a_map_are_its_weights_and_biases():
    data = charts.weight_data(
        np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([7.0, 8, 9]), ("red", "green", "bias")
    )
    table = data.pivot(index="output", columns="input", values="weight")
    assert table[["red", "green", "bias"]].to_numpy().tolist() == [[1, 2, 7], [3, 4, 8], [5, 6, 9]]


def test_pixels_have_their_place_and_the_rim_is_marked():
    data = charts.pixel_data(np.arange(20).reshape(4, 5), rim=1)
    table = data.pivot(index="row", columns="column", values="value").to_numpy()
    assert table.tolist() == np.arange(20).reshape(4, 5).tolist()
    assert data[~data.rim].value.tolist() == [6, 7, 8, 11, 12, 13]
    assert not charts.pixel_data(PICTURE).rim.any()


def test_a_network_with_fewer_layers_has_a_shorter_line():
    data = charts.side_data(SIDES, STAGES)
    assert data[data.network == "Short"].stage.tolist() == ["image", "conv 1"]
    assert data[data.network == "Deeper"].side.tolist() == [32, 28, 14]


def test_the_highest_score_stands_out():
    data = charts.score_data(np.array([-3.0, -1, -2]), TEN[:3])
    assert data.highest.tolist() == [False, True, False]


def test_answers_stand_in_lines_and_are_right_or_wrong():
    data = answers()
    assert data[["row", "column"]].to_numpy().tolist() == [[0, 0], [0, 1], [1, 0]]
    assert data.outcome.tolist() == ["right", "wrong", "right"]
    assert data.image.tolist() == [7, 3, 1234]


def test_the_whole_network_is_a_line_only_where_it_is_given():
    sizes = (1, 3)
    assert len(charts.ensemble_spec("Accuracy", sizes, 97.1)["layer"]) == 4
    spec = charts.ensemble_spec("Difference", sizes, None, 2.0)
    assert len(spec["layer"]) == 2
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0, 2.0]
    assert charts.ensemble_data(sizes, np.array([1.234, 2]), "%").description.tolist() == [
        "1.23%",
        "2.00%",
    ]
