"""How a class guessed, as bars and as a histogram."""

from playground import charts
from playground.charts.colors import ACCENT, GREY, RIGHT
from tests.specs import assert_bare, vega

COUNTS = {"low": 2, "a very long answer of the kind that a teacher writes": 0, "high": 5}


def test_a_row_is_an_answer_in_the_order_of_the_lesson_those_that_nobody_gave_too():
    rows = charts.guess_data(COUNTS)
    assert rows["answer"].tolist() == list(COUNTS) and rows["guesses"].tolist() == [2, 0, 5]


def test_a_colour_means_right_only_once_the_answer_is_shown():
    assert set(charts.guess_data(COUNTS)["color"]) == {ACCENT}
    shown = charts.guess_data(COUNTS, right="high", mine="low")
    assert shown["color"].tolist() == [GREY, GREY, RIGHT]
    assert shown["shown"].tolist()[::2] == ["low (your guess)", "✓ high"]


def test_the_bars_are_valid_and_their_axes_have_titles():
    spec = charts.guess_spec()
    drawn = vega(spec, charts.guess_data(COUNTS, "low"))
    for layer in drawn["layer"]:
        assert layer["encoding"]["y"]["title"] == "Answer"
    assert drawn["layer"][0]["encoding"]["x"]["title"] == "Guesses"
    assert_bare(spec)
    assert charts.guess_spec() is spec


def test_numbers_are_a_histogram_and_what_was_reached_a_rule_of_the_right_colour():
    spec = charts.number_spec("Validation accuracy, in percent", 100, "This run")
    drawn = vega(spec, charts.number_data([50, 90, 92], 93.5))
    bars, rule, *words = drawn["layer"]
    assert bars["encoding"]["x"]["title"] == "Validation accuracy, in percent"
    assert bars["encoding"]["y"]["title"] == "Guesses"
    assert bars["encoding"]["x"]["bin"]["extent"] == [0, 100]
    assert rule["mark"]["color"] == RIGHT and len(words) == 2
    assert_bare(spec)
    assert charts.number_data([50, 90], None)["reached"].isna().all()
