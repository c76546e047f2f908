"""The reliability diagram."""

import numpy as np

from playground import charts
from playground.analysis.evaluation import calibration
from tests.specs import assert_bare, vega

LABELS = np.array([0, 1, 1, 0])
FIGURES = calibration(LABELS, np.array([[0.95, 0.05], [0.9, 0.1], [0.35, 0.65], [0.4, 0.6]]))


def test_a_row_is_a_bin_that_holds_images():
    data = charts.calibration_data(FIGURES)
    assert list(data.columns) == ["low", "high", "confidence", "accuracy", "images"]
    assert len(data) == len(FIGURES.images) and data.images.sum() == len(LABELS)
    np.testing.assert_array_equal(data.accuracy, FIGURES.accuracy)
    np.testing.assert_array_equal(data.confidence, FIGURES.confidence)


def test_without_images_there_are_no_rows():
    none = calibration(np.zeros(0, np.int64), np.zeros((0, 2), np.float32))
    assert charts.calibration_data(none).empty


def test_the_spec_is_valid_and_its_axes_have_titles_and_the_same_length():
    spec = charts.calibration_spec()
    drawn = vega(spec, charts.calibration_data(FIGURES))
    for layer in drawn["layer"]:
        x, y = layer["encoding"]["x"], layer["encoding"]["y"]
        assert (x["title"], y["title"]) == ("Confidence (%)", "Accuracy (%)")
        assert x["scale"]["domain"] == y["scale"]["domain"] == [0, 1]
    assert charts.calibration_spec() is spec
    assert_bare(spec)


def test_a_point_is_compared_with_the_line_of_a_network_as_right_as_it_is_sure():
    ideal, gaps, points = charts.calibration_spec()["layer"]
    ends = [ideal["encoding"][end]["datum"] for end in ("x", "y", "x2", "y2")]
    assert ends == [0, 0, 1, 1] and ideal["mark"]["strokeDash"]
    assert gaps["encoding"]["y2"]["field"] == gaps["encoding"]["x"]["field"] == "confidence"
    assert gaps["encoding"]["y"]["field"] == points["encoding"]["y"]["field"] == "accuracy"
    assert points["encoding"]["size"]["field"] == "images"


def test_the_tooltip_tells_the_bin_its_means_and_its_images():
    points = charts.calibration_spec()["layer"][-1]["encoding"]
    assert [line["field"] for line in points["tooltip"]] == [
        "range",
        "confidence",
        "accuracy",
        "images",
    ]
