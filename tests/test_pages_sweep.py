"""The Sweep page: the board as it fills, and what a link or another page brings."""

import statistics

import pytest

from playground.config import (
    Digits,
    Run,
    RunConfig,
)
from playground.config.sweeps import Axis, Sweep
from tests import own_images, pages, stored_runs
from tests.sweep_page import BASE, RATES, WIDTHS, opened


@pytest.fixture
def half(engine) -> Sweep:
    """A sweep of three rates with two seeds: the first two rates are done, the last is not."""
    sweep = Sweep(base=BASE, axes=(RATES,), seeds=(0, 1))
    engine.sweeps.start(sweep)
    engine.sweeps.stop(sweep.name)
    for member in sweep.members()[:4]:
        sure = 1.0 if member.values == ("0.001",) else 4.0
        stored_runs.finished(engine.store, member.config, engine.data, sure=sure)
    return sweep


def test_a_sweep_that_was_stopped_shows_what_it_has_and_trains_the_rest(engine, half):
    at = opened({"study": half.name[:16]})
    assert pages.badge(at) == "Stopped"
    accuracies = [
        engine.store.get(member.run).scores["validation"].accuracy for member in half.members()[:4]
    ]
    mean, deviation = 100 * sum(accuracies[2:]) / 2, 100 * statistics.stdev(accuracies[2:])
    assert best_of(at) == (
        f"Best on validation so far: **Learning rate 0.01**, {mean:.1f} % ± {deviation:.1f} (n = 2)"
    )
    (chart,) = pages.charts(at)
    assert "2 of 3 are there" in chart.alt
    table = at.main.dataframe[0].value
    assert list(table["Learning rate"]) == ["0.001", "0.01", "0.1"], "a row a combination"
    assert list(table["Seeds"]) == ["2", "2", "0 of 2, 2 stopped"]
    assert table["Validation (%)"][0] == pytest.approx(50 * sum(accuracies[:2]))
    assert table["±"][1] == pytest.approx(deviation)
    before = {run.name: run.submitted for run in engine.store.all("finished")}
    at = pages.press(at, "Resume: train the missing 2")
    assert {run.name: run.submitted for run in engine.store.all("finished")} == before
    assert len(engine.store.all("queued")) == 2
    at = pages.press(at, "Stop the sweep")
    assert engine.store.all("queued") == []


def best_of(at) -> str:
    """What the page says of the best, empty where it says nothing."""
    found = [text for text in pages.texts(at.main.markdown) if text.startswith("Best on")]
    return "".join(found).replace("\u00a0", " ")


def test_only_a_combination_whose_every_seed_finished_can_be_the_best(engine, half):
    missing = half.members()[4:]
    stored_runs.finished(engine.store, missing[0].config, engine.data, sure=9)
    at = opened({"study": half.name[:16]})
    assert "Learning rate 0.01**" in best_of(at), "one of two seeds is there"
    stored_runs.finished(engine.store, missing[1].config, engine.data, status="diverged")
    at = opened({"study": half.name[:16]})
    assert pages.badge(at) == "Finished"
    assert best_of(at).startswith("Best on validation: **Learning rate 0.01**")
    assert at.main.dataframe[0].value["Seeds"][2] == "1 of 2, 1 diverged"
    assert "6 of 6 runs done, 1 of them diverged" in pages.texts(at.main.caption)


def test_the_head_names_what_varies_and_once_what_stays(engine, half):
    at = opened({"study": half.name[:16]})
    assert "**Learning rate 0.001, 0.01, 0.1**" in pages.texts(at.main.markdown)
    assert (
        "The same in all runs: Digits · MLP 8 · 200 images · Adam · 3 epochs · "
        "seeds 0, 1" in pages.texts(at.main.caption)
    )


def test_the_test_figure_is_in_the_table_only_if_it_is_asked_for(engine, half):
    at = opened({"study": half.name[:16]})
    columns = ["Learning rate", "Validation (%)", "±", "Seeds", "Training (%)", "Seconds a run"]
    assert list(at.main.dataframe[0].value) == columns
    at = pages.change(at, "sweep.split", "Test")
    assert "Test (%)" in at.main.dataframe[0].value


def test_runs_that_watch_the_test_images_are_not_ranked(engine):
    base = BASE.model_copy(update={"data": Digits(train_images=200, validation="test")})
    for sweep in (
        Sweep(base=base, axes=(RATES,)),
        Sweep(base=BASE, axes=(Axis(path="data.test_fraction", values=("0.1", "0.2")),)),
    ):
        for member in sweep.members():
            stored_runs.finished(engine.store, member.config, engine.data)
        engine.sweeps.start(sweep)
        at = opened({"study": sweep.name[:16]})
        assert best_of(at) == "" and pages.badge(at) == "Finished"
        assert any("are not ranked" in text for text in pages.texts(at.main.caption))


def test_runs_of_data_that_was_replaced_are_missing(engine):
    data = own_images.save(engine.data)
    sweep = Sweep(base=RunConfig(data=data, run=Run(epochs=2)), axes=(RATES,))
    for member in sweep.members():
        stored_runs.finished(engine.store, member.config, engine.data)
    engine.sweeps.start(sweep)
    assert pages.badge(opened({"study": sweep.name[:16]})) == "Finished"
    own_images.save(engine.data, data.file, x_train=own_images.IMAGES[::-1])
    at = opened({"study": sweep.name[:16]})
    assert pages.badge(at) == "Stopped"
    assert pages.button(at, "Resume: train the missing 3")


def test_a_sweep_whose_runs_a_visitor_asked_for_is_watched_and_cannot_be_stopped(engine):
    sweep = Sweep(base=BASE, axes=(RATES,))
    for member in sweep.members():
        engine.train(member.config, "a visitor")
    engine.sweeps.start(sweep)
    at = opened({"study": sweep.name[:16]})
    assert pages.badge(at) in ("Training", "Waiting")
    labels = [button.label for button in at.main.button]
    assert "Stop the sweep" not in labels and not any("Resume" in label for label in labels)


def test_the_best_goes_into_the_sidebar_as_it_was_trained(engine, half):
    at = opened({"study": half.name[:16]})
    at = pages.press(at, "Take the best into the sidebar")
    assert pages.config_of(at) == half.members()[2].config


@pytest.mark.parametrize("split", ["Validation", "Training", "Test"])
@pytest.mark.parametrize("quantity", ["Accuracy", "Loss"])
def test_every_figure_is_drawn(engine, half, split, quantity):
    at = opened({"study": half.name[:16]})
    at = pages.change(at, "sweep.split", split)
    at = pages.change(at, "sweep.quantity", quantity)
    (chart,) = pages.charts(at)
    name = {"Training": "train"}.get(split, split.lower())
    assert f"{name} {quantity.lower()} over Learning rate" in chart.alt


def test_a_grid_is_a_heat_map_and_a_scatter(engine):
    sweep = Sweep(base=BASE, axes=(RATES, WIDTHS))
    engine.sweeps.start(sweep)
    at = opened({"study": sweep.name[:16]})
    assert not pages.charts(at)
    assert any("begins with the first run" in text for text in pages.texts(at.main.caption))
    stored_runs.finished(engine.store, sweep.members()[0].config, engine.data)
    at = pages.run(at)
    assert pages.charts(at)[0].alt.startswith("Heat map of validation accuracy over Learning rate")
    at = pages.change(at, "sweep.look", "Scatter")
    assert pages.charts(at)[0].alt.startswith("Scatter chart")
    assert "1 of 6 are there" in pages.charts(at)[0].alt


def test_without_validation_images_there_is_no_best_and_no_validation_figure(engine):
    base = BASE.model_copy(update={"data": Digits(train_images=200, validation="none")})
    sweep = Sweep(base=base, axes=(RATES,))
    for member in sweep.members():
        stored_runs.finished(engine.store, member.config, engine.data)
    engine.sweeps.start(sweep)
    at = opened({"study": sweep.name[:16]})
    assert pages.badge(at) == "Finished"
    assert not any(text.startswith("Best on") for text in pages.texts(at.main.markdown))
    assert "train accuracy" in pages.charts(at)[0].alt


def test_a_run_that_failed_is_told(engine):
    sweep = Sweep(base=BASE, axes=(RATES,))
    engine.sweeps.start(sweep)
    engine.store.end(sweep.members()[0].config.name, "failed", "The disk is *full*.")
    at = opened({"study": sweep.name[:16]})
    assert "1 run failed: The disk is *full*." in pages.texts(at.main.error)


@pytest.mark.parametrize("study", ["0123456789abcdef", "nonsense", "%", "é" * 300])
def test_a_link_to_a_sweep_that_is_not_stored_is_told(engine, study):
    at = opened({"study": study})
    assert any("is not stored here" in text for text in pages.texts(at.info))
    assert not at.main.dataframe


def test_a_sweep_of_another_version_is_told_and_the_page_stands(engine):
    engine.store.studies.keep("a" * 64, "sweep", '{"base": {"other": 1}}')
    at = opened({"study": "a" * 16})
    assert any("cannot be read" in text for text in pages.texts(at.main.error))
    assert pages.button(at, "Start the sweep")


def test_earlier_sweeps_can_be_chosen(engine):
    sweeps = [Sweep(base=BASE, axes=(axis,)) for axis in (RATES, WIDTHS)]
    for sweep in sweeps:
        engine.sweeps.start(sweep)
        stored_runs.finished(engine.store, sweep.members()[0].config, engine.data)
    at = pages.change(opened(), "sweep.earlier", sweeps[0].name)
    assert at.query_params["study"] == sweeps[0].name[:16]
    assert "over Learning rate" in pages.charts(at)[0].alt
