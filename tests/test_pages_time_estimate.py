"""What the first page says about how long a run will take."""

import pytest

from playground.config import RunConfig
from playground.network import duration
from playground.results import EpochMetrics, Speed
from playground.service import Engine
from tests import pages, stored_runs

CONFIG = RunConfig()


def said(at) -> str:
    """What stands beside Train after the number of parameters."""
    (text,) = [text for text in pages.texts(at.sidebar.markdown) if " parameters" in text]
    return text.partition(" parameters")[2].strip()


def knows(engine: Engine, config: RunConfig, speed: Speed | None) -> None:
    engine.speeds._keep(engine.speeds._shape(config), speed)


def test_a_time_that_is_not_known_is_being_measured_and_then_told(engine):
    at = pages.open_page()
    assert said(at) == "measuring how long it takes …"
    knows(engine, CONFIG, Speed(step=0.001, evaluation=0.0, start=0.0))
    assert said(pages.run(at)) == "about 1 s"  # 30 epochs of 33.7 steps
    assert said(pages.change(at, "run.epochs", 3000)) == "about 2 min"
    assert said(pages.change(at, "run.seed", 7)) == "about 2 min"


def test_a_run_that_may_stop_early_takes_that_long_at_most(engine):
    knows(engine, CONFIG, Speed(step=0.04, evaluation=0.0, start=0.0))
    early = pages.made({"regularization.early_stopping.watch": "train_loss"})
    assert said(pages.open_page(early)) == "at most about 40 s"
    knows(engine, CONFIG, Speed(step=0.0001, evaluation=0.0, start=0.0))
    assert said(pages.open_page(early)) == "under 1 s"


def test_while_a_run_is_on_no_figure_is_made_up(engine):
    at = pages.press(pages.open_page(), "Train")
    assert said(at) == "", "the run itself says how long it still takes"
    engine._jobs.submit_next(1)
    pages.change(at, "run.batch_size", 16)
    assert said(at) == "how long it takes is measured when the worker is free"


@pytest.mark.parametrize("problem", ["There is no worker.", ""])
def test_where_nothing_can_be_measured_nothing_is_said(engine, problem):
    engine._dispatcher.problem = problem
    if not problem:
        knows(engine, CONFIG, None)
    assert said(pages.open_page()) == ""


def test_what_is_stored_is_shown_at_once(engine):
    run = stored_runs.finished(engine.store, CONFIG, engine.data)
    assert run
    at = pages.open_page(CONFIG)
    assert said(at) == "", "it is on the screen"
    other = pages.made({"run.epochs": "7"})
    stored_runs.finished(engine.store, other, engine.data)
    assert said(pages.change(at, "run.epochs", 7)) == "already trained: shown at once"


def test_an_impossible_run_has_no_time(engine):
    at = pages.open_page({"data.train_images": "5000"})
    assert not [text for text in pages.texts(at.main.markdown) if "measuring" in text]
    assert not engine.speeds._wanted


def test_the_settings_of_the_page_are_those_that_are_measured(engine):
    link = pages.made({"architecture.hidden": "8", "optimizer.name": "sgd"})
    pages.open_page(link)
    (config,) = engine.speeds._wanted.values()
    assert duration.shape(config) == duration.shape(link)


def test_in_the_first_epoch_the_time_left_is_what_was_estimated(engine, monkeypatch):
    """By the part of it that is done it would jump: 17, 52, 64, 24 and 44 s within 5 s."""
    config = pages.made({"run.epochs": "3"})
    knows(engine, config, Speed(step=0.1, evaluation=0.0, start=0.0))  # 10 s in all
    at = pages.press(pages.open_page(config), "Train")
    engine.store.start(config.name)
    monkeypatch.setattr(engine, "progress", lambda name: 0.1)
    monkeypatch.setattr(engine, "elapsed", lambda run: 4.0)
    assert progress(pages.run(at)) == "Epoch 1 of 3 · about 6 s left, as estimated before"
    monkeypatch.setattr(engine, "elapsed", lambda run: 12.0)
    assert progress(pages.run(at)) == "Epoch 1 of 3 · about 6 min left", "it took longer"
    engine.store.add_epochs(
        config.name, [EpochMetrics(1, 1.0, 0.5, 1.0, 0.5, 0.1, 1.0, 5.0, 200.0)]
    )
    monkeypatch.setattr(engine, "progress", lambda name: 1.2)
    monkeypatch.setattr(engine, "elapsed", lambda run: 6.0)
    assert progress(pages.run(at)) == "Epoch 2 of 3 · 200 images/s · about 9 s left"


def progress(at) -> str:
    """What stands at the bar of the run that is on."""
    (bar,) = at.main.get("progress")
    return bar.proto.text
