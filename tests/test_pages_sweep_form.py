"""The Sweep page's form: what it offers, and what it refuses with a word."""

import pytest

from playground.analysis import labels
from playground.config import (
    CNN,
    Adagrad,
    Cifar10,
    ConvBlock,
    EarlyStopping,
    OneCycle,
    Regularization,
    RunConfig,
    setting_of,
)
from playground.config.sweeps import Sweep, sweep_of
from playground.results import Speed
from playground.ui.studies import suggested_values, sweep_form
from tests import pages, stored_runs
from tests.sweep_page import BASE, RATES, WIDTHS, opened, started, study_of, vary


def told(at) -> str:
    """What is said of the sweep before it is started."""
    (text,) = [text for text in pages.texts(at.main.markdown) if "runs**" in text]
    return text


def test_the_form_begins_with_a_sweep_that_can_be_started(engine):
    at = started(opened(BASE))
    sweep = study_of(engine)
    assert sweep.base == BASE and sweep.axes[0].path == "optimizer.learning_rate"
    assert len(engine.store.all("queued")) == len(sweep.axes[0].values) == sweep.combinations
    assert at.query_params["study"] == sweep.name[:16]
    assert pages.badge(at) in ("Training", "Waiting")


def test_two_settings_and_seeds_are_a_grid(engine):
    at = vary(opened(BASE), "first", RATES.path, "0.001,0.01 , 0.1")
    at = vary(at, "second", WIDTHS.path, "8, 16-8")
    at = pages.change(at, "sweep.seeds", 2)
    assert told(at).startswith("**12 runs** (3 × 2 × 2 seeds)")
    started(at)
    assert study_of(engine) == Sweep(base=BASE, axes=(RATES, WIDTHS), seeds=(0, 1))


def test_a_setting_with_choices_is_chosen_from_them(engine):
    at = vary(opened(BASE), "first", "optimizer.name", ["sgd", "adam"])
    at = vary(at, "second", "data.flip")
    started(at)
    optimizers, flips = study_of(engine).axes
    assert optimizers.values == ("sgd", "adam") and flips.values == ("false", "true")


@pytest.mark.parametrize(
    "base",
    [
        RunConfig(),
        RunConfig(
            architecture=CNN(pyramid=(6,), blocks=(ConvBlock(dropout=0.5),), dropout=0.2),
            optimizer=Adagrad(),
            schedule=OneCycle(),
            regularization=Regularization(l1=0.1, early_stopping=EarlyStopping(watch="train_loss")),
        ),
    ],
    ids=["mlp", "cnn"],
)
def test_every_setting_that_is_offered_begins_with_several_runs_that_can_be_made(base):
    offered = suggested_values.settings_to_vary(base, sweep_form._NEVER)
    named = labels.of_paths(base, offered)
    assert len(set(named.values())) == len(offered) > 20
    for path in offered:
        values = suggested_values.sweep_values(base, path, setting_of(base, path))
        members = sweep_of(base, {path: values}, [0]).members()
        assert len({member.run for member in members}) == len(values) > 1, path


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ("0.1, -1", "Learning rate must be a number above 0 and at most 100, not '-1'."),
        ("0.1, fast", "not 'fast'."),
    ],
)
def test_values_that_cannot_be_are_told_and_nothing_is_started(engine, values, words):
    at = vary(opened(BASE), "first", RATES.path, values)
    assert any(words in text for text in pages.texts(at.main.error))
    assert pages.button(at, "Start the sweep").disabled and engine.store.all() == []


def test_a_network_that_cannot_be_is_told_with_the_value_that_makes_it_so(engine):
    at = vary(opened(BASE), "first", WIDTHS.path, "8, 8192-8192")
    (error,) = pages.texts(at.main.error)
    assert error.startswith("With 8192-8192: This network has ")
    assert pages.button(at, "Start the sweep").disabled


def test_no_values_no_sweep(engine):
    at = vary(opened(BASE), "first", RATES.path, " , ")
    assert pages.button(at, "Start the sweep").disabled
    assert pages.texts(at.main.error) == ["Learning rate has no values yet: write some."]


def test_one_setting_twice_is_told(engine):
    at = vary(vary(opened(BASE), "first", RATES.path), "second", RATES.path)
    assert any("choose two that differ" in text for text in pages.texts(at.main.error))


@pytest.mark.parametrize(
    ("link", "values", "words"),
    [
        ({"run.seed": str(2**32 - 1)}, "0.1", "Seeds cannot be used"),
        ({}, "1" * 401, "more than 400 characters"),
    ],
)
def test_what_is_too_much_for_a_sweep_is_told(engine, link, values, words):
    at = vary(opened(link), "first", RATES.path, values)
    at = pages.change(at, "sweep.seeds", 2)
    assert any(words in text for text in pages.texts(at.main.error))
    assert pages.button(at, "Start the sweep").disabled


def test_without_cifar10_the_page_says_so(engine):
    at = opened(RunConfig(data=Cifar10(), architecture=CNN()))
    assert any("CIFAR10 is not here yet" in text for text in pages.texts(at.main.error))


def test_how_long_it_takes_is_measured_and_told_before_it_is_started(engine):
    at = vary(opened(BASE), "first", RATES.path, "0.001, 0.01, 0.1")
    assert told(at) == "**3 runs** · measuring how long it takes …"
    engine.speeds._keep(engine.speeds._shape(BASE), Speed(step=1.0, evaluation=0.0, start=1.0))
    assert told(pages.run(at)) == "**3 runs** · about 59 s", "3 × (1 + 3 epochs of 6¼ steps) s"
    stored = pages.made(BASE.settings() | {RATES.path: "0.1"})
    stored_runs.finished(engine.store, stored, engine.data)
    assert told(pages.run(at)) == "**3 runs** · 1 of them stored already · about 40 s"
    at = started(at)
    assert told(at).endswith("about 40 s, longer while other runs are on")


def test_what_is_stored_takes_no_time(engine):
    for rate in RATES.values:
        config = pages.made(BASE.settings() | {RATES.path: rate})
        stored_runs.finished(engine.store, config, engine.data)
    at = vary(opened(BASE), "first", RATES.path, "0.001, 0.01, 0.1")
    engine.speeds._wanted.clear()
    assert told(pages.run(at)) == "**3 runs** · stored already: shown at once"
    assert not engine.speeds._wanted, "nothing is measured for it"


def test_more_images_than_are_left_beside_validation_are_told(engine):
    at = vary(opened(BASE), "first", "data.train_images", "200, 1200")
    (error,) = pages.texts(at.main.error)
    assert error.startswith("There are only 1,078 training images beside 269 for validation")
    assert pages.button(at, "Start the sweep").disabled
