"""A run that a person asks for is what its config says, whoever else is waiting."""

import pytest

from playground.config import Digits, RunConfig
from playground.config.lessons import Lesson
from playground.config.sweeps import Axis, Sweep
from playground.results import Result
from playground.service import Engine
from playground.store import Run
from tests.engines import working
from tests.pages import idle_engine
from tests.small_runs import small
from tests.waiting import wait

pytestmark = pytest.mark.slow

LONG = 5000
CLOCKS = ("seconds", "images_per_second")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with working(tmp_path_factory.mktemp("engine")) as found:
        yield found


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """An engine in which nobody else asks for anything."""
    with working(tmp_path_factory.mktemp("fresh")) as found:
        yield found


def over(engine: Engine, config: RunConfig) -> bool:
    return not engine.store.get(config.name).is_active and not engine.has_run(config.name)


def seeds(config: RunConfig, count: int) -> Sweep:
    return Sweep(base=config, seeds=tuple(range(config.run.seed, config.run.seed + count)))


def sweep_and_wait(engine: Engine, sweep: Sweep) -> list[Run]:
    engine.sweeps.start(sweep, "who sweeps")
    configs = [member.config for member in sweep.members()]
    wait(lambda: all(over(engine, config) for config in configs))
    return [engine.store.get(config.name) for config in configs]


def outcome(engine: Engine, config: RunConfig) -> dict[str, object]:
    """All that a run came to but what a clock measured, as bits."""
    run = engine.store.get(config.name)
    epochs = [
        {name: value for name, value in vars(epoch).items() if name not in CLOCKS}
        for epoch in engine.store.epochs(config.name)
    ]
    arrays = {name: one.tobytes() for name, one in engine.store.arrays(config.name).items()}
    weights = engine.store.weights(config.name).read_bytes()
    said = (run.status, run.message, run.execution, run.scores, run.epochs, run.best_epoch)
    return {"run": said, "epochs": epochs, "arrays": arrays, "weights": weights}


def test_thirty_others_who_wait_change_no_bit_of_a_persons_run(engine, fresh):
    mine = small(seed=1000, epochs=20)
    blocking = small(data=Digits(train_images=200, flip=True), epochs=LONG)
    engine.train(blocking, "who came first")
    for number in range(10):  # ten who press Train, and twenty runs of a sweep
        engine.train(mine.with_seed(number), f"visitor {number}")
    rates = tuple(str(0.001 * number) for number in range(1, 21))
    axis = Axis(path="optimizer.learning_rate", values=rates)
    sweep = Sweep(base=mine, axes=(axis,), seeds=(mine.run.seed,))
    assert mine in [member.config for member in sweep.members()], "the sweep wants it, too"
    engine.sweeps.start(sweep, "who sweeps")
    assert engine.train(mine, "me").how == "joined"
    engine.stop(blocking.name)
    wait(lambda: all(over(engine, member.config) for member in sweep.members()))
    wait(lambda: all(over(engine, mine.with_seed(number)) for number in range(10)))
    stacked = [member.config for member in sweep.members() if member.config != mine]
    assert all(engine.store.get(config.name).is_stacked for config in stacked)
    for config in (mine, mine.with_seed(3)):
        fresh.train(config)
        wait(lambda config=config: over(fresh, config))
        assert outcome(engine, config) == outcome(fresh, config)


def test_who_asks_for_a_run_that_a_sweep_stacked_gets_it_anew(engine, fresh):
    first, *_ = sweep_and_wait(engine, seeds(small(seed=2000, epochs=20), 3))
    assert first.is_stacked
    engine.store.rename(first.name, "a title")
    config = first.config
    assert engine.answer(config) is None
    assert engine.train(config, "me").how == "submitted"
    wait(lambda: over(engine, config))
    run = engine.store.get(config.name)
    assert not run.is_stacked and run.title == "a title"
    assert engine.train(config, "me").how == "cached"
    fresh.train(config)
    wait(lambda: over(fresh, config))
    assert outcome(engine, config) == outcome(fresh, config)


def test_a_sweep_takes_what_is_stored_whether_it_trained_alone_or_not(engine):
    sweep = seeds(small(seed=2100), 3)
    engine.train(sweep.members()[0].config, "me")
    wait(lambda: over(engine, sweep.members()[0].config))
    runs = sweep_and_wait(engine, sweep)
    assert [run.is_stacked for run in runs] == [False, True, True]
    assert engine.sweeps.start(sweep, "who sweeps")["cached"] == 3


def test_a_run_that_trains_in_a_stack_is_taken_out_for_who_asks_for_it(engine):
    sweep = seeds(small(seed=2200, epochs=700), 3)
    configs = [member.config for member in sweep.members()]
    engine.sweeps.start(sweep, "who sweeps")
    wait(lambda: all(engine.store.epochs(config.name) for config in configs))
    seen = []
    assert engine.train(configs[1], "me").how == "joined"
    assert engine.owns(configs[1].name, "me") and engine.owns(configs[1].name, "who sweeps")
    wait(lambda: seen.append(engine.store.get(configs[1].name).status) or seen[-1] == "queued")
    assert set(seen) <= {"running", "queued"}, "a page that watches it never sees it end"
    wait(lambda: not engine.is_leaving_stack(configs[1].name))
    assert engine.store.get(configs[0].name).is_active, "the others go on"
    wait(lambda: all(over(engine, config) for config in configs), 240)
    runs = [engine.store.get(config.name) for config in configs]
    assert [run.is_stacked for run in runs] == [True, False, True]
    assert {run.status for run in runs} == {"finished"}
    assert len(engine.store.epochs(configs[1].name)) == 700


def test_a_run_that_leaves_its_stack_can_be_stopped(engine):
    sweep = seeds(small(seed=2300, epochs=LONG), 2)
    configs = [member.config for member in sweep.members()]
    engine.sweeps.start(sweep, "who sweeps")
    wait(lambda: all(engine.store.epochs(config.name) for config in configs))
    engine.train(configs[0], "me")
    engine.stop(configs[0].name)
    wait(lambda: over(engine, configs[0]))
    assert engine.store.get(configs[0].name).status == "stopped"
    engine.stop(configs[1].name)
    wait(lambda: over(engine, configs[1]))


def test_a_lessons_runs_train_alone_and_its_board_counts_no_others(engine):
    config = small(seed=2400)
    lesson = Lesson(title="A lesson", start=config, open=("run.seed",))
    engine.lessons.make(lesson)
    engine.lessons.join(lesson, "ann", "Ann")
    sweep_and_wait(engine, seeds(config, 2))
    assert engine.lessons.train(lesson, config, "ann").how == "submitted"
    wait(lambda: over(engine, config))
    assert [one.run.is_stacked for one in engine.lessons.board(lesson)] == [False]
    engine.store.database.write(
        "UPDATE runs SET execution = (SELECT execution FROM runs WHERE name = ?) WHERE name = ?",
        config.with_seed(2401).name, config.name,
    )  # fmt: skip
    assert engine.lessons._board(lesson) == []


def test_a_sweep_that_is_resumed_while_it_stops_is_stacked_again(engine):
    sweep = seeds(small(seed=2500, epochs=700), 3)
    configs = [member.config for member in sweep.members()]
    engine.sweeps.start(sweep, "who sweeps")
    wait(lambda: all(engine.store.epochs(config.name) for config in configs))
    engine.sweeps.stop(sweep.name)
    runs = sweep_and_wait(engine, sweep)
    assert [run.status for run in runs] == ["finished"] * 3
    assert sum(run.is_stacked for run in runs) >= 2, "one may begin before the others have ended"


def test_the_weights_that_a_run_left_in_its_stack_do_not_stay_on_the_disk(tmp_path):
    with idle_engine(tmp_path) as idle:
        sweep = seeds(small(seed=2600), 2)
        idle.sweeps.start(sweep, "who sweeps")
        job, _ = idle._jobs.submit_next(1)
        assert idle.train(job.config, "me").how == "joined" and job.leaves_stack
        left = idle.store.handover_folder() / f"{job.key}.safetensors"
        left.write_bytes(b"large weights")
        result = Result(
            "stopped", "", 1, None, {}, 1, 1.0, "cpu", {}, job.fingerprint, weights_at=str(left)
        )
        idle._result_writer._end(job, result)
        assert not left.exists()
        assert idle.store.get(job.name).status == "queued" and idle._jobs.place(job.name)
