"""Searches on an engine: found, pruned, stopped, resumed, and failed by the way."""

import time
from collections.abc import Iterator

import pytest

from playground.config import MLP, SGD, Adam, Digits, Run, RunConfig
from playground.config.sweeps import Choice, Range, Search, SweepError
from playground.data.datasets import DataError
from playground.results import EpochMetrics
from playground.service import Engine
from playground.service.proposer import importances
from playground.store import RunStore, Trial
from tests import own_images, stored_runs
from tests.engines import working
from tests.trials import enter
from tests.waiting import wait

pytestmark = pytest.mark.slow

RATE = Range(path="optimizer.learning_rate", low=0.0001, high=0.1, log=True)
WIDTHS = Choice(path="architecture.hidden", values=("16", "32-16", "64-32"))


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine with a warm worker, for the tests that need not restart it."""
    with working(tmp_path_factory.mktemp("worker")) as engine:
        yield engine


def ended(engine: Engine, search: Search) -> list[Trial]:
    """The trials once the search has come to its end."""
    wait(lambda: not engine.searches.is_active(search.name), 120)
    assert engine.searches.problem(search.name) == ""
    return engine.store.studies.trials(search.name)


def states(trials: list[Trial]) -> list[str]:
    return [trial.state for trial in trials]


def submitted(store: RunStore, trials: list[Trial]) -> list[float]:
    return [store.get(trial.run).submitted for trial in trials]


def slow(rates: tuple[float, float], trials: int, epochs: int = 2000) -> Search:
    """Trials of some seconds each, as every epoch is a step on all of 200 digits."""
    base = RunConfig(
        data=Digits(train_images=200),
        architecture=MLP(hidden=(8,)),
        optimizer=Adam(learning_rate=rates[1]),
        run=Run(epochs=epochs, batch_size="full", device="cpu"),
    )
    field = Range(path="optimizer.learning_rate", low=rates[0], high=rates[1], log=True)
    return Search(base=base, fields=(field,), trials=trials)


def test_a_search_on_digits_finds_settings_at_least_as_good_as_the_defaults(worker):
    base = RunConfig(run=Run(epochs=6, device="cpu"))
    search = Search(base=base, fields=(RATE, WIDTHS), trials=20)
    assert worker.searches.start(search)
    assert not worker.searches.start(search), "asked for again, it is the one that is on"
    trials = ended(worker, search)
    assert [trial.number for trial in trials] == list(range(20))
    assert set(states(trials)) <= {"complete", "pruned"}
    assert len({trial.run for trial in trials}) == 20, "none is proposed twice"
    for trial in trials:
        run = worker.store.get(trial.run)
        assert run.config == search.config(trial.values)
        assert trial.value == run.scores["validation"].accuracy
        assert trial.epochs == run.epochs
    first, *others = trials
    assert worker.store.get(first.run).config == base
    best = max(trial.value for trial in others if trial.state == "complete")
    assert best >= first.value
    shares = importances(search, trials)
    assert set(shares) == {RATE.path, WIDTHS.path}
    assert sum(shares.values()) == pytest.approx(1)
    assert shares[RATE.path] > shares[WIDTHS.path]


def test_trials_that_fall_behind_are_pruned_and_their_epochs_are_saved(worker):
    search = slow((1e-7, 1e-6), trials=8)
    for number, rate in enumerate((1e-6, 9e-7, 8e-7, 7e-7, 6e-7)):  # these came to 50 %
        values = {"optimizer.learning_rate": f"{rate:.4g}"}
        config = search.config(values)
        stored_runs.finished(worker.store, config, worker.data)
        enter(worker.store, worker.data, search, number, values, "complete", 0.5, 2000)
    worker.searches.start(search)
    trials = ended(worker, search)
    assert states(trials) == ["complete"] * 5 + ["pruned"] * 3
    for trial in trials[5:]:
        assert 400 <= trial.epochs < 2000, "not before a fifth of the epochs, and not all"
        assert trial.value < 0.5
        assert worker.store.get(trial.run).status == "stopped"
    assert sum(trial.epochs for trial in trials[5:]) < 3 * 2000


def test_a_stopped_search_trains_only_what_is_missing_after_a_restart(tmp_path):
    search = slow((0.001, 0.1), trials=4, epochs=300)
    whole = Search(base=search.base, fields=search.fields, trials=4, seed=search.seed)
    with working(tmp_path) as engine:
        engine.searches.start(search)
        studies = engine.store.studies
        wait(lambda: states(studies.trials(search.name)).count("complete") == 2)
        wait(lambda: len(studies.trials(search.name)) == 3)
        third = studies.trials(search.name)[2].run
        wait(lambda: engine.store.get(third))
        engine.searches.stop(search.name)
        before = ended(engine, search)
        wait(lambda: not engine.has_runs_of(f"search {search.name}"))
        assert states(before) == ["complete", "complete", "running"]
        assert engine.store.get(before[2].run).status in ("stopped", "finished")
        times = submitted(engine.store, before)
    with working(tmp_path) as engine:
        (study,) = engine.searches.all()
        found = engine.searches.by_prefix(study.name[:16])
        assert found == search == whole and not engine.searches.is_active(search.name)
        engine.searches.start(found)
        after = ended(engine, search)
        assert set(states(after)) <= {"complete", "pruned"} and len(after) == 4
        assert after[:2] == before[:2] and after[2].values == before[2].values
        assert submitted(engine.store, after)[:2] == times[:2], "the first two are not trained anew"
        begun = time.time()
        engine.searches.start(found)
        assert ended(engine, search) == after
        assert max(submitted(engine.store, after)) < begun, "nothing is left to train"


def test_a_trial_that_diverges_has_failed_and_the_search_goes_on(worker):
    base = RunConfig(
        data=Digits(train_images=200, scaling="raw"),
        architecture=MLP(hidden=(64, 64, 64), activation="none"),
        optimizer=SGD(learning_rate=100),
        run=Run(epochs=2, device="cpu"),
    )
    field = Range(path="optimizer.learning_rate", low=1e-6, high=100, log=True)
    search = Search(base=base, fields=(field,), trials=4)
    worker.searches.start(search)
    first, *others = ended(worker, search)
    assert worker.store.get(first.run).status == "diverged"
    assert (first.state, first.value) == ("failed", None)
    assert len(others) == 3 and "complete" in states(others)


def test_a_stored_run_answers_a_trial_at_once(engine):
    search = Search(base=RunConfig(), fields=(WIDTHS,), trials=3)
    for width in WIDTHS.values:
        config = search.config({WIDTHS.path: width})
        stored_runs.finished(engine.store, config, engine.data)
    engine.searches.start(search)
    trials = ended(engine, search)
    assert states(trials) == ["complete"] * 3
    assert trials[0].values == {WIDTHS.path: "32-16"}
    assert engine.store.all("queued") == []


def falling_behind(engine) -> Search:
    """A search whose next trial is far behind five that came to 50 %."""
    search = slow((1e-7, 1e-6), trials=8)
    for number, rate in enumerate((1e-6, 9e-7, 8e-7, 7e-7, 6e-7)):
        values = {"optimizer.learning_rate": f"{rate:.4g}"}
        stored_runs.finished(engine.store, search.config(values), engine.data)
        enter(engine.store, engine.data, search, number, values, "complete", 0.5, 2000)
    return search


def report_bad_epochs(engine, name: str) -> None:
    """What a worker would report of a run that only guesses."""
    engine.store.start(name)
    bad = [EpochMetrics(e, 2.3, 0.1, 2.3, 0.1, 0.1, 1.0, 0.1, 1.0) for e in range(1, 1001)]
    engine.store.add_epochs(name, bad)


def test_a_run_that_falls_behind_is_pruned_unless_others_asked_for_it_too(engine):
    search = falling_behind(engine)
    engine.searches.start(search)
    wait(lambda: engine.store.all("queued"))
    (mine,) = engine.store.all("queued")
    engine.train(mine.config, "a visitor")
    report_bad_epochs(engine, mine.name)
    time.sleep(0.5)  # five looks of the search
    assert engine.store.get(mine.name).status == "running" and not engine.stopping(mine.name)
    engine.searches.stop(search.name)
    ended(engine, search)
    assert engine.has_run(mine.name) and not engine.stopping(mine.name), "it is the visitor's now"


def test_a_run_that_only_the_search_asked_for_is_pruned(engine):
    search = falling_behind(engine)
    engine.searches.start(search)
    wait(lambda: engine.store.all("queued"))
    (mine,) = engine.store.all("queued")
    report_bad_epochs(engine, mine.name)
    wait(lambda: engine.stopping(mine.name) or not engine.has_run(mine.name))
    engine.searches.stop(search.name)


def test_a_run_that_others_asked_for_first_is_not_stopped(engine):
    search = slow((1e-7, 1e-6), trials=8)
    theirs = search.base
    engine.train(theirs, "a visitor")
    engine.searches.start(search)
    wait(lambda: engine.store.studies.trials(search.name))
    engine.searches.stop(search.name)
    ended(engine, search)
    assert engine.store.get(theirs.name).status == "queued"


def test_a_trial_whose_run_somebody_stops_is_taken_up_again(engine):
    search = slow((0.001, 0.1), trials=3)
    engine.searches.start(search)
    wait(lambda: engine.store.all("queued"))
    (waiting,) = engine.store.all("queued")
    engine.stop(waiting.name)
    wait(lambda: not engine.searches.is_active(search.name))
    assert "Resume takes it up again" in engine.searches.problem(search.name)
    assert states(engine.store.studies.trials(search.name)) == ["running"]
    engine.searches.start(search)
    wait(lambda: engine.store.get(waiting.name).status == "queued")
    engine.searches.close()


def test_a_stop_ends_the_run_that_waits_and_a_start_takes_it_up_again(engine):
    search = slow((0.001, 0.1), trials=3)
    engine.searches.start(search)
    wait(lambda: engine.store.all("queued"))
    (waiting,) = engine.store.all("queued")
    engine.searches.stop(search.name)
    assert not engine.searches.is_active(search.name)
    wait(lambda: engine.store.get(waiting.name).status == "stopped")
    assert engine.searches.start(search)
    wait(lambda: engine.store.get(waiting.name).status == "queued")
    (trial,) = engine.store.studies.trials(search.name)
    assert (trial.number, trial.run, trial.state) == (0, waiting.name, "running")
    engine.searches.close()


def test_a_search_takes_turns_with_a_visitor_who_asked_for_much(engine):
    for seed in range(5):
        engine.train(RunConfig().with_seed(seed), "a visitor")
    search = slow((0.001, 0.1), trials=3)
    engine.searches.start(search)
    wait(lambda: engine.store.studies.trials(search.name))
    (trial,) = engine.store.studies.trials(search.name)
    wait(lambda: engine.place(trial.run) == 2)
    engine.searches.close()


def test_a_search_that_cannot_be_made_leaves_nothing(engine):
    with pytest.raises(SweepError):
        engine.searches.start(Search(base=RunConfig(), fields=(WIDTHS,), trials=4))
    gone = Search(base=RunConfig.model_validate({"data": {"name": "npz"}}), fields=(RATE,))
    with pytest.raises(DataError):
        engine.searches.start(gone)
    assert engine.searches.all() == [] and engine.searches.by_prefix("0123456789") is None
    assert not engine.searches.is_active(gone.name)


def test_data_that_goes_away_ends_the_search_with_a_sentence(engine):
    own_images.save(engine.data, "own.npz")
    base = RunConfig.model_validate({"data": {"name": "npz", "file": "own.npz"}})
    search = Search(base=base, fields=(RATE,), trials=3)
    engine.searches.start(search)
    wait(lambda: engine.store.all("queued"))
    (engine.data / "own.npz").unlink()
    engine.store.end(base.name, "failed", "The worker died.")  # so it goes on to the next trial
    wait(lambda: not engine.searches.is_active(search.name))
    assert "own.npz" in engine.searches.problem(search.name)
    assert states(engine.store.studies.trials(search.name)) == ["failed"]
    with pytest.raises(DataError, match=r"own\.npz"):
        engine.searches.start(search)


def test_trials_on_data_that_was_replaced_are_trained_anew(engine):
    own_images.save(engine.data, "own.npz")
    base = RunConfig.model_validate({"data": {"name": "npz", "file": "own.npz"}})
    search = Search(base=base, fields=(WIDTHS,), trials=2)
    stored_runs.finished(engine.store, base, engine.data)
    enter(engine.store, engine.data, search, 0, search.first(), "complete", 0.5, 30)
    own_images.save(engine.data, "own.npz", x_train=own_images.IMAGES[::-1])
    engine.searches.start(search)
    wait(lambda: engine.store.all("queued"))
    (trial,) = engine.store.studies.trials(search.name)
    assert (trial.number, trial.run, trial.state) == (0, base.name, "running")
    engine.searches.close()


def test_a_store_that_cannot_be_used_ends_the_search_with_a_sentence(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), tmp_path / "data")
    search = slow((0.001, 0.1), trials=3)
    engine.searches.start(search)
    wait(lambda: engine.store.all("queued"))
    engine.store.close()
    wait(lambda: not engine.searches.is_active(search.name))
    assert "The store in the run folder" in engine.searches.problem(search.name)
