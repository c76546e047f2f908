"""Runs that may train together, on an engine with a real worker."""

import pytest

from playground.config import CNN, KINDS, MLP, SGD, Digits, Run, RunConfig
from playground.config.sweeps import Axis, Sweep
from playground.data import datasets
from playground.service import Engine, stacking
from tests.engines import worker_processes, working
from tests.small_runs import small
from tests.waiting import wait

LONG = 5000


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with working(tmp_path_factory.mktemp("engine")) as found:
        yield found


def seeds(first: int, count: int, epochs: int = 30) -> list[RunConfig]:
    return [small(seed=seed, epochs=epochs) for seed in range(first, first + count)]


def ended(engine: Engine, configs: list[RunConfig]) -> bool:
    return not any(engine.store.get(config.name).is_active for config in configs)


def test_a_sweeps_runs_train_together_and_say_so(engine):
    base = small(epochs=20)
    axis = Axis(path="optimizer.learning_rate", values=("0.001", "0.01", "0.1"))
    sweep = Sweep(base=base, axes=(axis,), seeds=(1, 2))
    engine.sweeps.start(sweep)
    configs = [member.config for member in sweep.members()]
    wait(lambda: ended(engine, configs))
    runs = [engine.store.get(config.name) for config in configs]
    assert {run.status for run in runs} == {"finished"}
    assert {run.execution.stacked for run in runs} == {6}
    assert all(len(engine.store.epochs(run.name)) == 20 for run in runs)
    assert len({run.scores["test"].loss for run in runs}) == 6
    assert all(engine.store.weights(run.name) for run in runs)


def test_more_than_fit_a_stack_take_turns(engine):
    configs = seeds(100, stacking.MOST + 2)
    engine.train_all(configs, may_stack=True)
    wait(lambda: ended(engine, configs))
    stacked = [engine.store.get(config.name).execution.stacked for config in configs]
    assert (stacked[0], stacked[-1]) == (stacking.MOST, 2)


def test_one_of_them_is_stopped_and_the_others_go_on(engine):
    configs = seeds(200, 3, LONG)
    engine.train_all(configs, may_stack=True)
    wait(lambda: all(engine.store.epochs(config.name) for config in configs))
    engine.stop(configs[1].name)
    wait(lambda: ended(engine, configs[1:2]))
    assert engine.store.get(configs[0].name).is_active, "it does not wait for the others"
    assert not engine.has_run(configs[1].name)
    wait(lambda: ended(engine, configs), 240)
    first, stopped, last = (engine.store.get(config.name) for config in configs)
    assert (first.status, stopped.status, last.status) == ("finished", "stopped", "finished")
    assert 0 < stopped.epochs < LONG and stopped.scores["test"] is not None


def test_what_goes_wrong_with_one_does_not_lose_the_others(engine, monkeypatch):
    configs = seeds(700, 3)
    finish = engine.store.finish

    def fails(name, result):
        if name == configs[0].name:
            raise OSError("no such disk")
        finish(name, result)

    monkeypatch.setattr(engine.store, "finish", fails)
    engine.train_all(configs, may_stack=True)
    wait(lambda: ended(engine, configs[1:]))
    assert not any(engine.has_run(config.name) for config in configs)
    assert engine.store.get(configs[0].name).status == "failed"
    after = small(seed=710)
    engine.train(after)
    wait(lambda: ended(engine, [after]))


def test_all_of_them_can_be_stopped(engine):
    configs = seeds(300, 4, LONG)
    engine.train_all(configs, "me", may_stack=True)
    wait(lambda: all(engine.store.epochs(config.name) for config in configs))
    engine.stop_all("me")
    wait(lambda: ended(engine, configs))
    assert {engine.store.get(config.name).status for config in configs} == {"stopped"}


def test_sweeps_of_several_visitors_ride_together(engine):
    blocking = small(data=Digits(train_images=200, flip=True), epochs=LONG)
    engine.train(blocking, "a third")
    configs = seeds(400, 2)
    for config in configs:
        engine.sweeps.start(Sweep(base=config, seeds=(config.run.seed,)), f"{config.run.seed}")
    engine.stop(blocking.name)
    wait(lambda: ended(engine, configs))
    assert {engine.store.get(c.name).execution.stacked for c in configs} == {2}


def test_a_worker_that_dies_fails_them_all_with_a_word(engine):
    configs = seeds(500, 3, LONG)
    engine.train_all(configs, may_stack=True)
    wait(lambda: all(engine.store.epochs(config.name) for config in configs))
    for worker in worker_processes():
        worker.kill()
    wait(lambda: ended(engine, configs))
    runs = [engine.store.get(config.name) for config in configs]
    assert {run.status for run in runs} == {"failed"}
    assert all("ended suddenly" in run.message for run in runs)
    again = small(seed=600)
    wait(lambda: engine.train(again) and engine.store.get(again.name).status == "finished", 60)


def test_an_optimizer_without_a_rule_for_stacks_trains_alone(tmp_path):
    assert key(small(optimizer=KINDS["optimizer"]["radam"]()), tmp_path) is None
    assert key(small(optimizer=SGD()), tmp_path)


def key(config: RunConfig, folder) -> str | None:
    return stacking.key(config, datasets.facts(config.data, folder))


def test_what_may_train_together(tmp_path):
    base = small()
    assert key(base, tmp_path) is not None
    same = [
        base.with_seed(7),
        small(optimizer=type(base.optimizer)(learning_rate=0.5, beta1=0.5)),
        base.model_copy(
            update={"regularization": base.regularization.model_copy(update={"l1": 0.1})}
        ),
    ]
    assert {key(config, tmp_path) for config in same} == {key(base, tmp_path)}
    others = [
        small(epochs=4),
        small(batch=16),
        small(optimizer=SGD()),
        small(architecture=MLP(hidden=(17,))),
        small(data=Digits(train_images=201)),
        small(data=Digits(train_images=200, label_noise=0.1)),
        base.model_copy(
            update={
                "regularization": base.regularization.model_copy(update={"label_smoothing": 0.1})
            }
        ),
    ]
    keys = [key(config, tmp_path) for config in [base, *others]]
    assert None not in keys and len(set(keys)) == len(keys)
    alone = [
        small(architecture=CNN()),
        small(data=Digits(train_images=200, flip=True)),
        small(data=Digits(train_images=200, crop=1)),
        small(data=Digits(train_images=200, cutout=2)),
        small(architecture=MLP(hidden=(2048, 2048))),
        RunConfig(run=Run(device="cuda")),
    ]
    assert [key(config, tmp_path) for config in alone] == [None] * len(alone)
