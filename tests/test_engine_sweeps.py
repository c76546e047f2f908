"""Sweeps on an engine: trained, stopped, resumed, and shared with visitors."""

import threading

import pytest

from playground.config import (
    MLP,
    Cifar10,
    Digits,
    Run,
    RunConfig,
)
from playground.config.sweeps import Axis, Sweep, SweepError
from playground.data.datasets import DataError
from playground.service import Engine
from playground.store import RunStore
from tests import own_images, stored_runs
from tests.engines import working
from tests.small_runs import small
from tests.waiting import wait


def axis(path: str, *values: str) -> Axis:
    return Axis(path=path, values=values)


RATES = axis("optimizer.learning_rate", "0.01", "0.1", "1")


def long(epochs: int = 3000) -> Sweep:
    """Four runs that each take a few seconds, so that there is time to stop them.

    Their images are mirrored at random, so that they do not train together.
    """
    return Sweep(
        base=RunConfig(
            data=Digits(train_images=200, flip=True),
            architecture=MLP(hidden=(8,)),
            run=Run(epochs=epochs, batch_size="full", device="cpu"),
        ),
        axes=(axis("optimizer.learning_rate", "0.001", "0.002", "0.003", "0.004"),),
    )


def states(engine: Engine, sweep: Sweep) -> list[str]:
    stored = engine.store.get_many(member.config.name for member in sweep.members())
    return [
        stored[m.config.name].status if m.config.name in stored else "missing"
        for m in sweep.members()
    ]


def trained_at(store: RunStore, sweep: Sweep) -> list[float]:
    return [store.get(member.config.name).submitted for member in sweep.members()]


@pytest.mark.slow
def test_a_sweep_stopped_in_the_middle_trains_only_what_is_missing_after_a_restart(tmp_path):
    sweep = long()
    with working(tmp_path) as engine:
        assert engine.sweeps.start(sweep) == {"submitted": 4}
        wait(lambda: states(engine, sweep).count("finished") == 2)
        engine.sweeps.stop(sweep.name)
        wait(lambda: not engine.sweeps.is_active(sweep))
        assert sorted(states(engine, sweep)) == ["finished", "finished", "stopped", "stopped"]
        before = trained_at(engine.store, sweep)
    with working(tmp_path) as engine:
        (study,) = engine.sweeps.all()
        found = engine.sweeps.by_prefix(study.name[:16])
        assert found == sweep
        assert engine.sweeps.start(found) == {"cached": 2, "submitted": 2}
        wait(lambda: states(engine, sweep) == ["finished"] * 4)
        again = [a != b for a, b in zip(before, trained_at(engine.store, sweep), strict=True)]
        assert again == [False, False, True, True], "only what was missing was trained"


@pytest.mark.slow
def test_the_runs_an_app_left_behind_when_it_closed_are_trained_by_the_next(tmp_path):
    sweep = long()
    with working(tmp_path) as engine:
        engine.sweeps.start(sweep)
        wait(lambda: states(engine, sweep).count("finished") == 1)
        engine.store.database.write("UPDATE runs SET owner = '999999:1.0' WHERE status = 'queued'")
    with working(tmp_path) as engine:
        engine.store.mark_interrupted()
        missing = 4 - states(engine, sweep).count("finished")
        assert missing > 0
        asked = engine.sweeps.start(sweep)
        assert asked["cached"] == 4 - missing and asked["submitted"] == missing


def test_a_sweep_takes_turns_with_a_visitor_and_its_stop_leaves_the_visitors_run_alone(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), tmp_path / "data")  # no worker: all of them wait
    sweep = long(epochs=10)
    engine.sweeps.start(sweep)
    mine = engine.train(small(), "a visitor")
    assert engine.place(mine.run) == 2
    engine.sweeps.stop(sweep.name)
    assert states(engine, sweep) == ["stopped"] * 4
    assert engine.place(mine.run) == 1 and not engine.sweeps.is_active(sweep)
    engine.store.close()


def test_what_a_visitor_joined_is_the_visitors_when_the_sweep_is_stopped(engine):
    sweep = long(epochs=10)
    engine.sweeps.start(sweep)
    first = sweep.members()[0]
    engine.train(first.config, "a visitor")
    engine.sweeps.stop(sweep.name)
    assert states(engine, sweep) == ["queued", "stopped", "stopped", "stopped"]
    assert engine.sweeps.is_active(sweep) and not engine.sweeps.can_stop(sweep.name)
    engine.stop_all("a visitor")
    assert not engine.sweeps.is_active(sweep)


def test_a_sweep_whose_runs_others_asked_for_is_on_while_they_are(engine):
    sweep = long(epochs=10)
    for member in sweep.members():
        engine.train(member.config, "a visitor")
    assert engine.sweeps.start(sweep) == {"joined": 4}
    assert engine.sweeps.is_active(sweep) and not engine.sweeps.can_stop(sweep.name)


def test_a_stop_while_a_sweep_is_being_entered_stops_all_of_it(engine):
    sweep = Sweep(
        base=small(), axes=(axis("run.epochs", *map(str, range(1, 21))),), seeds=tuple(range(20))
    )
    entering = threading.Thread(target=engine.sweeps.start, args=(sweep,))
    entering.start()
    wait(lambda: engine.store.all("queued"))
    engine.sweeps.stop(sweep.name)
    entering.join()
    assert engine.store.all("queued") == [] and len(engine.store.all("stopped")) == 400


def test_runs_on_data_that_was_replaced_are_not_the_sweeps(engine):
    data = own_images.save(engine.data)
    sweep = Sweep(base=RunConfig(data=data), axes=(axis("run.epochs", "1", "2"),))
    for member in sweep.members():
        stored_runs.finished(engine.store, member.config, engine.data)
    assert len(engine.sweeps.runs(sweep)) == 2
    own_images.save(engine.data, data.file, x_train=own_images.IMAGES[::-1])
    assert engine.sweeps.runs(sweep) == {}
    (engine.data / data.file).unlink()
    assert len(engine.sweeps.runs(sweep)) == 2, "without the data they are shown as they were"


def test_a_sweep_without_its_data_leaves_nothing(engine):
    with pytest.raises(DataError, match="CIFAR10 is not here yet"):
        engine.sweeps.start(Sweep(base=RunConfig(data=Cifar10()), axes=(RATES,)))
    assert engine.sweeps.all() == []


def test_a_sweep_that_cannot_be_made_leaves_nothing(engine):
    with pytest.raises(SweepError):
        engine.sweeps.start(Sweep(base=RunConfig(), axes=(axis("run.epochs", "0"),)))
    assert engine.sweeps.all() == [] and engine.store.all() == []
    assert engine.sweeps.by_prefix("0123456789") is None
