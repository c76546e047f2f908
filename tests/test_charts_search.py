"""The charts of a search: its history, what mattered, and its trials across their settings."""

import json
import math

import pytest

from playground import charts
from playground.charts import ParallelAxis, TrialPoint
from tests.specs import assert_bare, vega

RATE = ParallelAxis("Learning rate", 0.0001, 0.1, log=True)
WIDTHS = ParallelAxis("Hidden layers", choices=("16", "32-16", "none"), names=("16", "32-16", "No"))
DROPOUT = ParallelAxis("Dropout", 0, 0.5)


def point(number: int, accuracy: float, pruned: bool = False, rate: float = 0.01) -> TrialPoint:
    return TrialPoint(number, pruned, accuracy, (rate, "32-16"), f"Learning rate {rate}")


POINTS = [
    point(1, 0.90), point(2, 0.93), point(3, 0.2, pruned=True), point(5, 0.92), point(6, 0.95)
]  # fmt: skip


def test_the_history_holds_the_best_complete_trial_so_far():
    data = charts.history_data(POINTS)
    assert list(data.columns) == ["trial", "state", "accuracy", "best", "description"]
    assert data.best.tolist() == [0.90, 0.93, 0.93, 0.93, 0.95]
    assert data.state.tolist() == ["Complete", "Complete", "Pruned", "Complete", "Complete"]
    only_pruned = charts.history_data([point(1, 0.4, pruned=True)])
    assert only_pruned.best.isna().tolist() == [True]


def test_the_history_stands_still_while_it_fills_and_tells_states_by_shape_too():
    spec = charts.history_spec(20, (0.8, 0.95))
    drawn = vega(spec, charts.history_data(POINTS))
    line, points = drawn["layer"]
    assert points["encoding"]["x"]["title"] == "Trial"
    assert points["encoding"]["y"]["title"] == "Validation accuracy (% of images)"
    assert points["encoding"]["x"]["scale"]["domain"] == [0.5, 20.5]
    for layer in (line, points):
        assert layer["encoding"]["y"]["scale"] == {
            "domain": [0.8, 0.95], "clamp": True, "nice": False
        }  # fmt: skip
    names = ["Complete", "Pruned", "Best so far"]
    for channel in ("color", "shape"):
        scale = points["encoding"][channel]["scale"]
        assert scale["domain"] == names
        assert len(set(scale["range"])) == (3 if channel == "shape" else 2), "validation, or left"
    assert line["encoding"]["color"] == {"datum": "Best so far"}
    assert charts.history_spec(20, (0.8, 0.95)) is spec
    assert_bare(spec)


@pytest.mark.parametrize(
    ("accuracies", "span"),
    [
        ([0.905, 0.955], (0.90, 0.96)),  # all of them
        ([0.93, 0.94, 0.95, 0.12], (0.89, 0.95)),  # one that came to little is left outside
        ([0.5, 0.5], (0.49, 0.5)),
        ([1.0], (0.99, 1.0)),
    ],
)
def test_a_bad_trial_does_not_press_the_others_together(accuracies, span):
    found = charts.accuracy_span([point(n, value) for n, value in enumerate(accuracies)])
    assert found == pytest.approx(span, abs=1e-9)
    assert found[0] < found[1]
    assert charts.accuracy_span(POINTS)[0] > 0.2


def test_without_complete_trials_the_span_is_that_of_the_others():
    assert charts.accuracy_span([point(1, 0.3, True), point(2, 0.6, True)]) == (0.3, 0.6)
    assert charts.accuracy_span([]) == (0.0, 1.0)


def test_importance_is_a_bar_a_setting_the_largest_first():
    data = charts.importance_data({"Dropout": 0.1, "Learning rate": 0.7, "Optimizer": 0.2})
    assert data.setting.tolist() == ["Learning rate", "Optimizer", "Dropout"]
    drawn = vega(charts.importance_spec(), data)
    bars, numbers = drawn["layer"]
    assert bars["mark"]["type"] == "bar" and numbers["mark"]["type"] == "text"
    assert drawn["layer"][0]["encoding"]["x"]["title"] == "Importance (% of the sum)"
    assert drawn["layer"][0]["encoding"]["y"]["title"] == "Setting"
    assert charts.importance_spec() is charts.importance_spec()


@pytest.mark.parametrize(
    ("axis", "value", "place"),
    [
        (RATE, 0.0001, 0), (RATE, 0.1, 1), (RATE, 0.001, 1 / 3), (RATE, 1e-9, 0),
        (DROPOUT, 0.25, 0.5), (DROPOUT, 9, 1), (WIDTHS, "16", 0), (WIDTHS, "32-16", 0.5),
        (WIDTHS, "none", 1), (ParallelAxis("One", choices=("a",)), "a", 0),
        (ParallelAxis("Flat", 1, 1), 1, 0.5),
    ],
)  # fmt: skip
def test_a_value_has_its_place_on_its_axis(axis, value, place):
    assert axis.place(value) == pytest.approx(place)


def test_an_axis_has_marks_at_its_ends_and_between():
    assert [text for _, text in RATE.ticks()] == ["0.0001", "0.001", "0.01", "0.1"]
    assert DROPOUT.ticks() == [(0, "0"), (0.5, "0.25"), (1, "0.5")]
    assert WIDTHS.ticks() == [(0, "16"), (0.5, "32-16"), (1, "No")]
    wide = ParallelAxis("Epsilon", 1e-20, 1e-1, log=True).ticks()
    assert len(wide) <= 9 and wide == sorted(wide)
    odd = ParallelAxis("Rate", 0.0009, 0.02, log=True).ticks()
    assert [text for _, text in odd] == ["0.0009", "0.01", "0.02"], (
        "a mark beside an end is left out"
    )


def test_a_trial_is_a_line_through_every_axis_to_its_accuracy():
    data = charts.parallel_data([RATE, WIDTHS], POINTS)
    lines = data[data.kind == "line"]
    assert lines.groupby("trial")["axis"].apply(list).to_dict() == {
        point.number: [0, 1, 2] for point in POINTS
    }
    ends = lines[lines.axis == 2]
    assert ends.place.tolist() == ends.shade.tolist()
    assert all(0 <= place <= 1 for place in lines.place)
    assert ends.trial.tolist() == [3, 1, 5, 2, 6], "pruned first, the best last and so above"
    assert ends.best.tolist() == [False] * 4 + [True]
    assert math.isclose(lines.place.iloc[0], 2 / 3)
    ticks = data[(data.kind == "tick") & (data.axis == 2)]
    assert ticks.text.iloc[0].startswith("≤ ") and ticks.text.iloc[-1] == "95\u00a0%"


def test_the_spec_across_the_settings_is_valid_and_names_every_axis():
    labels = ("Learning rate", 'A "long" label of many words')
    spec = charts.parallel_spec(labels)
    drawn = vega(spec, charts.parallel_data([RATE, WIDTHS], POINTS))
    lines, _, texts = drawn["layer"]
    assert lines["encoding"]["x"]["title"] == "Setting"
    names = json.loads(lines["encoding"]["x"]["axis"]["labelExpr"].partition("[datum")[0])
    assert [" ".join(name) for name in names] == [*labels, "Validation accuracy"]
    assert lines["encoding"]["detail"]["field"] == "trial"
    assert lines["encoding"]["color"]["scale"]["domain"] == [0, 1]
    assert "Pruned" in lines["encoding"]["opacity"]["condition"]["test"]
    assert texts["encoding"]["text"]["field"] == "text"
    titles = [line["title"] for line in lines["encoding"]["tooltip"]]
    assert titles == ["Trial", "State", "Validation accuracy", "Settings"]
    assert charts.parallel_spec(labels) is spec
    assert_bare(spec)
