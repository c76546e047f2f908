"""Turns, rights and limits in the queue: without a worker, so that what is asked for waits."""

import shutil

import pytest

from playground.config import RunConfig
from playground.config.run_limits import AppLimits
from playground.config.sweeps import sweep_of
from playground.service import Engine, LimitError, queue_eta
from playground.service.jobs import Jobs
from playground.store import RunStore, StoreError
from playground.store.disk_quota import _size, asker_of
from tests import engines, stored_runs
from tests.pages import made


def config(seed: int, **settings: str) -> RunConfig:
    # Mirrored images, so that none of them trains together with another.
    return made({"data.flip": "true", "run.epochs": "2", "run.seed": str(seed)} | settings)


@pytest.fixture
def engine(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), tmp_path)
    yield engine
    engine.store.close()


def limited(engine: Engine, **limits: float) -> Engine:
    return Engine(engine.store, engine.data, limits=AppLimits(**limits))


def order(jobs: Jobs) -> list[int]:
    """The seeds of the waiting runs in their turns."""
    return [job.config.run.seed for group in jobs.ahead() for job in group]


def test_visitors_take_turns_however_many_runs_one_of_them_asked_for():
    jobs = Jobs()
    for seed in range(4):
        engines.add(jobs, config(seed), "greedy")
    engines.add(jobs, config(10), "late")
    engines.add(jobs, config(20), "later")
    assert order(jobs) == [0, 10, 20, 1, 2, 3]
    (first,) = jobs.submit_next(1)
    assert first.config.run.seed == 0
    jobs.end(first)
    assert order(jobs) == [10, 20, 1, 2, 3]


def test_a_visitors_sweeps_share_that_visitors_turns():
    jobs = Jobs()
    jobs.act_for("sweep a", "greedy")
    jobs.act_for("sweep b", "greedy")
    for seed in range(3):
        engines.add(jobs, config(seed), "sweep a")
        engines.add(jobs, config(10 + seed), "sweep b")
    engines.add(jobs, config(20), "greedy")
    engines.add(jobs, config(30), "other")
    engines.add(jobs, config(31), "other")
    assert order(jobs) == [0, 30, 10, 31, 20, 1, 11, 2, 12]


def test_places_count_in_the_order_in_which_runs_are_really_handed_over():
    jobs = Jobs()
    for seed, who in enumerate("aabcab"):
        engines.add(jobs, config(seed), who)
    places = {jobs.place(config(seed).name): seed for seed in range(6)}
    handed = []
    while found := jobs.submit_next(1):
        handed.append(found[0].config.run.seed)
        jobs.end(found[0])
    assert handed == [places[place] for place in range(1, 7)]


def test_only_who_asked_for_a_run_can_give_it_up(engine):
    engine.train(config(1), "ann")
    assert engine.owns(config(1).name, "ann") and not engine.owns(config(1).name, "bob")
    assert not engine.give_up(config(1).name, "bob")
    assert engine.store.get(config(1).name).status == "queued"
    assert engine.give_up(config(1).name, "ann")
    assert engine.store.get(config(1).name).status == "stopped"


def test_a_run_that_others_asked_for_goes_on_for_them(engine):
    for visitor in ("ann", "bob", "eve"):
        engine.train(config(1), visitor)
    assert not engine.give_up(config(1).name, "ann")
    assert not engine.give_up(config(1).name, "eve")
    assert engine.store.get(config(1).name).status == "queued"
    assert not engine.owns(config(1).name, "ann") and engine.owns(config(1).name, "bob")
    assert engine.give_up(config(1).name, "bob")
    assert engine.store.get(config(1).name).status == "stopped"


def test_a_sweep_is_stopped_by_who_began_it_once_nobody_else_wants_it(engine):
    sweep = sweep_of(config(0), {"optimizer.learning_rate": ["0.1", "0.2"]}, [0])
    engine.sweeps.start(sweep, "ann")
    engine.sweeps.start(sweep, "bob")
    assert engine.sweeps.is_of(sweep.name, "ann") and not engine.sweeps.is_of(sweep.name, "eve")
    assert not engine.sweeps.stop(sweep.name, "ann")
    assert engine.sweeps.is_active(sweep)
    assert engine.owns(sweep.members()[0].run, "bob"), "a sweep's runs are its visitor's"
    assert engine.sweeps.stop(sweep.name, "bob")
    assert not engine.sweeps.is_active(sweep)
    engine.sweeps.start(sweep, "eve")
    assert engine.sweeps.is_of(sweep.name, "eve") and not engine.sweeps.is_of(sweep.name, "bob")
    assert engine.sweeps.stop(sweep.name, "eve"), "whose it is counts anew"


def test_a_visitor_may_have_so_many_runs_waiting_and_no_more(engine):
    engine = limited(engine, waiting=2)
    engine.train(config(1), "ann")
    engine.train(config(2), "ann")
    with pytest.raises(LimitError, match="beside the 2 that wait already"):
        engine.train(config(3), "ann")
    assert engine.train(config(2), "ann").how == "joined"
    assert engine.train(config(3), "bob").how == "submitted"
    assert engine.train(config(3), "ann").how == "joined", "that run waits already"
    with pytest.raises(LimitError, match="These are 3 runs; one visitor may have 2"):
        engine.train_all([config(4), config(5), config(6)], "eve")
    assert engine.store.get(config(4).name) is None, "nothing of it was entered"


def test_a_sweep_counts_as_its_visitors_waiting_runs(engine):
    engine = limited(engine, waiting=2)
    sweep = sweep_of(config(0), {"optimizer.learning_rate": ["0.1", "0.2"]}, [0])
    engine.sweeps.start(sweep, "ann")
    with pytest.raises(LimitError):
        engine.train(config(3), "ann")
    other = sweep_of(config(0), {"optimizer.learning_rate": ["0.3", "0.4"]}, [0])
    with pytest.raises(LimitError):
        engine.sweeps.start(other, "ann")
    engine.sweeps.start(other, "bob")


@pytest.mark.parametrize(
    ("limit", "most", "word"),
    [("epochs", 1, "1 epochs"), ("parameters", 100, "parameters"), ("images", 50, "images")],
)
def test_a_run_over_the_apps_limits_is_refused_for_everyone(engine, limit, most, word):
    engine = limited(engine, **{limit: most})
    with pytest.raises(LimitError, match=f"This playground allows at most .*{word}"):
        engine.train(config(1), "ann")
    assert engine.store.all() == []


def test_a_full_store_of_starred_runs_refuses_new_ones_with_a_word(engine):
    stored_runs.finished(engine.store, config(1), engine.data)
    engine.store.star(config(1).name, True)
    with pytest.raises(StoreError, match="The run store is full"):
        limited(engine, disk=1e-6).train(config(2), "ann")
    engine.store.star(config(1).name, False)
    limited(engine, disk=(_size(engine.store) - 1) / 1e9).train(config(2), "ann")
    assert engine.store.get(config(1).name).removed == "weights", "the oldest made room"


def test_a_run_that_lost_its_weights_answers_and_is_trained_anew_where_it_is_wanted_whole(engine):
    stored_runs.finished(engine.store, config(1), engine.data)
    assert engine.train(config(1), "ann", with_files=True).how == "cached"
    engine.store.remove_file(config(1).name, "weights.safetensors")
    assert engine.train(config(1), "ann").how == "cached", "its figures are there"
    assert engine.train(config(1), "ann", with_files=True).how == "submitted"
    assert engine.store.get(config(1).name).removed == ""
    with pytest.raises(LimitError):
        limited(engine, epochs=1).train(config(2), "ann", with_files=True)


def test_whose_run_it_is_are_the_visitors_behind_a_sweep_and_first_of_all_who_asked_first(engine):
    sweep = sweep_of(config(0), {"optimizer.learning_rate": ["0.1", "0.2"]}, [0])
    engine.sweeps.start(sweep, "ann")
    for visitor in ("bob", "eve"):
        engine.train(config(1), visitor)
    rows = engine.store.database.query("SELECT name, asker FROM runs")
    askers = {row["name"]: row["asker"] for row in rows}
    assert {askers[member.run] for member in sweep.members()} == {asker_of("ann")}
    assert askers[config(1).name] == asker_of("bob")


def test_without_a_limit_of_its_own_a_store_may_take_half_of_what_is_free(engine):
    free = shutil.disk_usage(engine.store.folder).free
    assert 0.4 * free < engine._limit_checker.most_bytes < 0.6 * free
    assert limited(engine, disk=2.5)._limit_checker.most_bytes == 2.5e9


def test_who_asks_for_a_run_that_is_being_stopped_gets_it_for_themselves(engine):
    engine.train(config(1), "ann")
    (job,) = engine._jobs.submit_next(1)
    assert engine.give_up(config(1).name, "ann")
    assert not engine.owns(config(1).name, "ann")
    assert engine.train(config(1), "bob").how == "joined"
    engine.train(config(1), "eve")
    assert engine.owns(config(1).name, "bob")
    assert not engine.give_up(config(1).name, "eve"), "bob still wants it"
    engine._result_writer.results([job], "It was stopped.")
    assert engine.owns(config(1).name, "bob") and not engine.owns(config(1).name, "ann")
    assert engine.store.get(config(1).name).status == "queued"
    assert engine._jobs.get(config(1).name).who == "bob"


def test_a_run_that_nobody_wants_any_more_is_not_trained_again(engine):
    engine.train(config(1), "ann")
    (job,) = engine._jobs.submit_next(1)
    engine.give_up(config(1).name, "ann")
    engine.train(config(1), "bob")
    assert engine.give_up(config(1).name, "bob")
    engine._result_writer.results([job], "It was stopped.")
    assert engine.store.get(config(1).name).status == "failed"
    assert not engine.has_run(config(1).name)


def test_a_sweep_of_two_visitors_keeps_its_run_where_one_of_them_stops_it(engine):
    sweep = sweep_of(config(0), {"optimizer.learning_rate": ["0.1", "0.2"]}, [0])
    for visitor in ("ann", "bob"):
        engine.sweeps.start(sweep, visitor)
    first = sweep.members()[0].run
    assert not engine.give_up(first, "ann")
    assert engine.store.get(first).status == "queued"


def test_a_visitors_own_run_does_not_wait_for_all_of_their_sweep():
    jobs = Jobs()
    jobs.act_for("sweep a", "ann")
    for seed in range(5):
        engines.add(jobs, config(seed), "sweep a")
    (first,) = jobs.submit_next(1)
    jobs.end(first)
    engines.add(jobs, config(10), "ann")
    handed = []
    while found := jobs.submit_next(1):
        handed.append(found[0].config.run.seed)
        jobs.end(found[0])
    assert handed == [10, 1, 2, 3, 4]
    assert first.config.run.seed == 0


def test_a_run_that_was_stopped_by_the_apps_limit_answers_until_more_is_allowed(engine):
    stored_runs.finished(engine.store, config(1), engine.data, status="stopped", limit=5.0)
    assert limited(engine, seconds=5).train(config(1), "ann").how == "cached"
    assert limited(engine, seconds=3).train(config(1), "ann").how == "cached"
    assert limited(engine, seconds=9).train(config(1), "ann").how == "submitted"


def test_with_a_limit_of_seconds_runs_train_alone(engine):
    plain = made({"run.epochs": "2"})
    engine.train_all([plain], "ann", may_stack=True)
    assert engine._jobs.get(plain.name).stack_key
    other = limited(engine, seconds=5)
    other.train_all([made({"run.epochs": "3"})], "ann", may_stack=True)
    assert other._jobs.get(made({"run.epochs": "3"}).name).stack_key is None


def test_the_wait_of_a_run_is_known_once_the_speed_of_those_before_it_is(engine, monkeypatch):
    for seed in range(3):
        engine.train(config(seed), f"visitor {seed}")
    assert engine.seconds_until_turn(config(2).name) is None
    monkeypatch.setattr(engine.speeds, "known", lambda config: 10.0)
    engine._queue_eta._counted = float("-inf")
    assert [engine.seconds_until_turn(config(seed).name) for seed in range(3)] == [0.0, 10.0, 20.0]
    (job,) = engine._jobs.submit_next(1)
    engine._queue_eta._counted = float("-inf")
    assert engine.seconds_until_turn(config(2).name) == pytest.approx(20.0, abs=0.5)
    assert engine.seconds_until_turn(job.name) is None, "it does not wait"
    engine._dispatcher.devices = 0
    assert engine.seconds_until_turn(config(2).name) is None, "there is no worker"


def test_the_wait_on_several_devices_is_that_of_the_first_to_be_free(engine, monkeypatch):
    engine._dispatcher.devices = 2
    for seed in range(4):
        engine.train(config(seed), f"visitor {seed}")
    monkeypatch.setattr(engine.speeds, "known", lambda config: 10.0)
    expected = [0.0, 0.0, 10.0, 10.0]
    assert [engine.seconds_until_turn(config(seed).name) for seed in range(4)] == expected


def test_the_waits_of_a_long_queue_are_counted_up_to_an_end(engine, monkeypatch):
    monkeypatch.setattr(queue_eta, "MAX_COUNTED", 2)
    for seed in range(4):
        engine.train(config(seed), f"visitor {seed}")
    monkeypatch.setattr(engine.speeds, "known", lambda config: 10.0)
    expected = [0.0, 10.0, None, None]
    assert [engine.seconds_until_turn(config(seed).name) for seed in range(4)] == expected
