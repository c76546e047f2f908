"""Numbers and lists as people type them: read as they were meant, or refused; never as another."""

import pytest

from playground.config import ConfigError, Setting, from_json, settings_of, with_settings
from playground.config.regularization import Regularization, Run
from tests import pages

RATE, EPOCHS, HIDDEN = "optimizer.learning_rate", "run.epochs", "architecture.hidden"
DECAY = settings_of(Regularization)["weight_decay"]
BATCH = settings_of(Run)["batch_size"]
WIDTHS = settings_of(type(pages.made({}).architecture))["hidden"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("0.05", 0.05), ("0,05", 0.05), (" ,05", 0.05), ("0,050", 0.05), ("5e-2", 0.05)),
        *(("1,5e−3", 0.0015), ("０．０３", 0.03), ("０，０３", 0.03), ("٠٫٠٥", 0.05)),
        *(("1,0", 1.0), ("1.000", 1.0), ("12,5", 12.5)),
    ],
)
def test_a_number_is_read_whatever_the_keyboard(text, number):
    assert pages.made({RATE: text}).optimizer.learning_rate == number


@pytest.mark.parametrize(
    "text",
    [
        "1,000",
        "0,0,5",
        "1.234,5",
        "0.05,",
        "5 %",
        "10²",
        "½",
        "−0,05",
        "1 000",
        "inf",
        "",
        ",",
        "1,",
    ],
)
def test_what_is_no_rate_or_could_be_another_is_refused_in_one_sentence(text):
    config, problems = with_settings({RATE: text})
    if text == "1,":
        assert config.optimizer.learning_rate == 1 and not problems
        return
    assert config == pages.made({}) and len(problems) == 1
    assert str(problems[0]).startswith(f"{RATE} must be a number above 0 and at most 100, not ")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("1,000", 1000), ("1 000", 1000), ("1\u202f000", 1000), ("1'000", 1000), ("1’000", 1000)),
        *(("２０", 20), ("१२", 12), ("7.0", 7)),
    ],
)
def test_a_whole_number_may_have_its_thousands_apart(text, number):
    assert pages.made({EPOCHS: text}).run.epochs == number


@pytest.mark.parametrize("text", ["1,5", "1.5", "1e3", "1.000", "10,00", "1,00,000", "0,5", "5,"])
def test_what_is_no_whole_number_is_refused(text):
    config, (problem,) = with_settings({EPOCHS: text})
    assert config.run.epochs == 30
    assert str(problem).startswith(f"{EPOCHS} must be a whole number from 1 to 5,000, not '{text}'")


def test_what_can_be_read_in_two_ways_says_how_each_is_written():
    told = [str(with_settings({path: text})[1][0]).partition(": ")[2] for path, text in (
        (RATE, "2,500"), (EPOCHS, "2.500"), (HIDDEN, "2,128"))]  # fmt: skip
    assert told == [
        "write 2500 or 2.500.", "write 2500 or 2.", "write 2128, or 2-128 for two layers.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        *("64-32", "６４－３２", "64、32", "64–32", "64—32", "64 32", "64−32", "64,32", "[64,32]"),
        *("64ー32", "[ 64, 32 ]", "(64; 32)", "64×32", "64 → 32", "٦٤،٣٢"),
    ],
)
def test_widths_are_read_whatever_stands_between_them(text):
    assert pages.made({HIDDEN: text}).architecture.hidden == (64, 32)


def test_widths_as_a_file_of_settings_has_them_are_taken_by_set_too():
    assert from_json('{"architecture": {"hidden": [64, 32]}}') == pages.made({HIDDEN: "[64,32]"})
    assert pages.made({HIDDEN: "[]"}) == pages.made({HIDDEN: "none"}) == pages.made({HIDDEN: ""})


@pytest.mark.parametrize(
    "text", ["8,192", "1,024", "64,1,024", "-64", "64.5", "1.000", "[64", "6²"]
)
def test_what_is_no_list_of_widths_or_could_be_another_is_refused(text):
    config, (problem,) = with_settings({HIDDEN: text})
    assert config == pages.made({})
    assert str(problem).startswith(f"{HIDDEN} must be whole numbers from 1 to 8,192 such as 64-32")


@pytest.mark.parametrize(
    ("setting", "text", "values"),
    [
        (DECAY, "0.01, 0.1,1", ["0.01", "0.1", "1"]),
        (DECAY, "0,01; 0,1", ["0.01", "0.1"]),
        (DECAY, "0，01；0，1;", ["0.01", "0.1"]),
        (DECAY, "0.01、0.1", ["0.01", "0.1"]),
        (DECAY, "1e-3,1e-2", ["1e-3", "1e-2"]),
        (DECAY, "0, 1", ["0", "1"]),
        (BATCH, "16,32,full", ["16", "32", "full"]),
        (BATCH, "1,000; 2 000", ["1000", "2000"]),
        (WIDTHS, "8,16-8", ["8", "16-8"]),
        (WIDTHS, "６４、３２; 8", ["64", "32", "8"]),
        (WIDTHS, "64,32; none", ["64-32", "none"]),
    ],
)
def test_values_of_a_sweep_are_read_as_they_were_meant(setting: Setting, text, values):
    assert setting.split_values(text) == values


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        *((DECAY, "0,01, 0,1"), (DECAY, "0,1"), (DECAY, "0,01"), (DECAY, "0.1, 0,1")),
        *((BATCH, "1,000, 2,000"), (BATCH, "100, 1,500"), (WIDTHS, "64,32, 16")),
    ],
)
def test_commas_that_may_be_decimal_points_are_told(setting: Setting, text):
    with pytest.raises(ConfigError, match=r"could be (a )?decimal points?:") as raised:
        setting.split_values(text)
    assert len(raised.value.problems) == 1


def test_a_single_decimal_comma_is_told_both_ways():
    with pytest.raises(ConfigError, match=r"write 0\.05, or 0; 05 for two values"):
        DECAY.split_values("0,05")


# --- on the pages ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0,0,5", "1,000", "x" * 10_000, "\u202e5", "9" * 5000, ""])
def test_a_number_that_is_none_is_one_sentence_below_its_box_and_is_not_trained(engine, text):
    at = pages.change(pages.open_page(), "optimizer.adam.learning_rate", text)
    (told,) = pages.texts(at.sidebar.error)
    assert told.startswith("Learning rate must be a number above 0 and at most 100, not ")
    assert len(told) < 150 and pages.button(at, "Train").disabled
    assert pages.stands_below(at, "optimizer.adam.learning_rate")
    pages.change(at, "optimizer.adam.learning_rate", "0,07")
    assert not at.sidebar.error and pages.config_of(at) == pages.made({RATE: "0.07"})


def test_a_decimal_comma_in_a_sweep_is_told_and_semicolons_stand_between(engine):
    at = pages.open_page(page="pages/5_Sweep.py")
    pages.change(at, "sweep.first", "regularization.weight_decay")
    key = "sweep.first.regularization.weight_decay"
    pages.change(at, key, "0,01, 0,1")
    assert "put semicolons between the values" in pages.texts(at.main.error)[0]
    assert pages.button(at, "Start the sweep").disabled
    pages.change(at, key, "0,01; 0,1")
    pages.press(at, "Start the sweep")
    (study,) = engine.sweeps.all()
    (axis,) = engine.sweeps.by_prefix(study.name).axes
    assert axis.values == ("0.01", "0.1")
    assert {run.config.regularization.weight_decay for run in engine.store.all()} == {0.01, 0.1}
