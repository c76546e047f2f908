"""How long sweeps and searches are said to take, from speeds that are known."""

import pytest

from playground.config import RunConfig
from playground.config.run_limits import AppLimits
from playground.config.sweeps import Choice, Search, sweep_of
from playground.results import Speed
from playground.service import Engine, stacking
from playground.service.study_eta import StudyEta
from playground.store import RunStore
from tests import pages, stored_runs, trials

BASE = pages.made({"data.train_images": "200", "run.epochs": "2", "architecture.hidden": "8"})
ALONE = pages.made(BASE.settings() | {"data.flip": "true"})
"""Of a kind that trains in no stack."""
RATES = {"optimizer.learning_rate": ["0.001", "0.01", "0.1"]}
WIDTHS = ["1", "2", "3", "4", "5", "6"]


def knows(engine: Engine, config: RunConfig, start: float, estimated: bool = False) -> None:
    """Let runs like this one take so many seconds."""
    engine.speeds._keep(engine.speeds._shape(config), Speed(0.0, 0.0, start, estimated))


def wide(width: str, base: RunConfig = ALONE) -> RunConfig:
    return pages.made(base.settings() | {"architecture.hidden": width})


def asked(engine: Engine) -> set[str]:
    """The hidden layers of the networks that are to be measured."""
    return {str(config.architecture.hidden[0]) for config in engine.speeds._wanted.values()}


def test_runs_that_train_alone_take_their_times_together(engine):
    sweep = sweep_of(ALONE, RATES, [0, 1])
    assert engine.sweeps.eta(sweep) == StudyEta(is_awaited=True)
    knows(engine, ALONE, 2.0)
    assert engine.sweeps.eta(sweep) == StudyEta(12.0)
    stored_runs.finished(engine.store, sweep.members()[0].config, engine.data)
    stored_runs.finished(engine.store, sweep.members()[1].config, engine.data, status="stopped")
    assert engine.sweeps.eta(sweep) == StudyEta(10.0, stored=1)
    engine._dispatcher.devices = 2
    assert engine.sweeps.eta(sweep) == StudyEta(6.0, stored=1), "three of five, one after another"


def test_small_networks_that_train_together_take_less_and_that_is_a_bound(engine):
    sweep = sweep_of(BASE, RATES, range(6))
    knows(engine, BASE, 2.0)
    assert engine.sweeps.eta(sweep) == StudyEta(36.0), "not known yet to train together here"
    engine._dispatcher.most = stacking.MAX_RUNS
    assert engine.sweeps.eta(sweep) == StudyEta(pytest.approx(2 * 5.5 + 2 * 1.3), is_bound=True)
    engine._dispatcher.devices = 2  # nine on each
    assert engine.sweeps.eta(sweep).seconds == pytest.approx(2 * (1 + 8 * 0.3))


def test_a_limit_of_seconds_bounds_each_and_has_them_train_alone(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), tmp_path, limits=AppLimits(seconds=1.5))
    engine._dispatcher.most = stacking.MAX_RUNS
    knows(engine, BASE, 2.0)
    assert engine.sweeps.eta(sweep_of(BASE, RATES, [0])) == StudyEta(4.5)
    engine.store.close()


def test_of_many_networks_a_few_are_measured_and_others_taken_for_the_next_larger(engine):
    sweep = sweep_of(ALONE, {"architecture.hidden": WIDTHS}, [0])
    assert engine.sweeps.eta(sweep).is_awaited
    assert asked(engine) == {"1", "3", "4", "6"}
    for width in ("1", "3", "4", "6"):
        assert engine.sweeps.eta(sweep).is_awaited
        knows(engine, wide(width), float(width))
    assert engine.sweeps.eta(sweep) == StudyEta(1 + 3 + 3 + 4 + 6 + 6)
    knows(engine, wide("2"), 2.0)
    assert engine.sweeps.eta(sweep) == StudyEta(1 + 2 + 3 + 4 + 6 + 6), "what is known counts"


def test_what_cannot_be_measured_is_taken_for_a_larger_one_or_nothing_is_said(engine):
    sweep = sweep_of(ALONE, {"architecture.hidden": ["1", "2"]}, [0])
    engine.speeds._keep(engine.speeds._shape(wide("1")), None)
    knows(engine, wide("2"), 2.0, estimated=True)
    assert engine.sweeps.eta(sweep) == StudyEta(4.0, is_estimate=True)
    engine.speeds._keep(engine.speeds._shape(wide("2")), None)
    assert engine.sweeps.eta(sweep) == StudyEta()


def test_runs_that_may_stop_early_take_that_long_at_most(engine):
    early = pages.made(ALONE.settings() | {"regularization.early_stopping.watch": "train_loss"})
    knows(engine, early, 2.0)
    assert engine.sweeps.eta(sweep_of(early, RATES, [0])) == StudyEta(6.0, is_bound=True)


def test_a_search_takes_at_most_as_long_as_its_slowest_trial_each_time(engine):
    search = Search(
        base=BASE, fields=(Choice(path="architecture.hidden", values=("8", "4")),), trials=2
    )
    knows(engine, BASE, 3.0)
    assert engine.searches.eta(search).is_awaited
    knows(engine, wide("4", BASE), 1.0)
    assert engine.searches.eta(search) == StudyEta(6.0, is_bound=True)
    engine.store.studies.keep(search.name, "search", search.canonical())
    values = {"architecture.hidden": "8"}
    trials.enter(engine.store, engine.data, search, 0, values, "complete", 0.9, 2)
    assert engine.searches.eta(search) == StudyEta(3.0, is_bound=True, stored=1)
