"""The articles' charts: their rows, and specs that Vega-Lite accepts."""

import pytest

from playground import charts
from tests.specs import vega


def titles(spec: dict) -> set[str]:
    """The titles of all axes of a spec."""
    layers = spec.get("layer", [spec])
    channels = [layer["encoding"].get(name, {}) for layer in layers for name in "xy"]
    return {one["title"] for one in channels if one.get("title")}


def test_features_are_bars_with_how_they_come_about():
    data = charts.feature_data({"A": (16, 5, 5), "B": (256,)})
    assert list(data["features"]) == [400, 256]
    assert list(data["shown"]) == ["400 = 16·5·5", "256 = 256"]
    assert titles(vega(charts.feature_spec(400), data)) == {"Features into the first dense layer"}


def test_each_class_has_a_dot_for_both_networks_and_knows_the_other():
    data = charts.change_data(
        {"cat": (0.2, 0.4), "dog": (0.5,), "owl": ()}, {"cat": (0.6,), "owl": (1.0,)}, ("A", "B")
    )
    assert list(data["class"]) == ["cat", "cat"] and list(data["network"]) == ["A", "B"]
    assert list(data["mean"]) == pytest.approx([0.3, 0.6])
    assert list(data["other"]) == pytest.approx([0.6, 0.3])
    assert list(data["low"]) == [0.2, 0.6] and list(data["high"]) == [0.4, 0.6]
    (title,) = titles(vega(charts.change_spec(("A", "B")), data))
    assert title == "Accuracy of the class (% of its test images)"


def test_the_scatter_has_the_articles_axes_and_blues_and_no_shade_for_guessing():
    found = {("2", "2"): [0.1], ("3", "256"): [0.3, 0.5], ("4", "8"): []}
    data = charts.size_data(found, {("2", "2")})
    assert list(data["conv"]) == [2, 3] and list(data["dense"]) == [2, 256]
    assert data["value"].isna().tolist() == [True, False] and data["value"][1] == 0.4
    assert list(data["learnt"]) == [False, True]
    spec = vega(charts.size_spec((2, 11), (2, 256)), data)
    dots = spec["layer"][0]["encoding"]
    assert dots["color"]["scale"]["scheme"] == "blues"
    for name, domain in (("x", [2, 11]), ("y", [2, 256])):
        assert dots[name]["scale"]["domain"] == domain and dots[name]["type"] == "quantitative"
        assert dots[name]["scale"].get("type", "linear") == "linear"
    assert "color" not in spec["layer"][1]["encoding"]


def test_curves_are_thinned_and_their_last_epoch_is_kept():
    data = charts.training_data({"Training": [n / 1000 for n in range(1001)]})
    assert 150 < len(data) <= charts.MAX_POINTS + 2
    assert data["epoch"].iloc[0] == 1 and data["epoch"].iloc[-1] == 1001
    assert data["value"].iloc[-1] == 1.0


@pytest.mark.parametrize("quantity", ["accuracy", "loss"])
def test_curves_have_titles_a_shared_scale_and_a_mark_where_one_is_asked_for(quantity):
    data = charts.training_data({"A": [0.1, 0.2], "B": [0.3, 0.4]})
    plain = vega(charts.training_spec(quantity, ("A", "B"), 2), data)
    assert "Epoch" in titles(plain) and any("(" in title for title in titles(plain))
    marked = vega(charts.training_spec(quantity, ("A", "B"), 2, (0.0, 1.0), 2), data)
    assert len(marked["layer"]) == len(plain["layer"]) + 1
    assert marked["layer"][-1]["encoding"]["y"]["scale"]["domain"] == [0.0, 1.0]


def test_rates_stand_on_a_logarithmic_axis_over_the_advised_band():
    data = charts.rate_data([("Adam", 0.001, "Base"), ("SGD", 0.01, "Other")])
    spec = vega(charts.rate_spec((1e-5, 0.1)), data)
    assert titles(spec) == {"Learning rate (logarithmic)"}
    assert spec["layer"][1]["encoding"]["x"]["scale"]["type"] == "log"
    told = [t for t in spec["layer"][0]["transform"] if t.get("as") == "low"]
    assert float(told[0]["calculate"]) == 1e-5
