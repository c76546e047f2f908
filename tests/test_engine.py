"""The engine against a real worker: one warm cluster for the whole file."""

import sys
import threading
import time
from collections.abc import Callable

import psutil
import pytest

from playground.config import RunConfig, with_settings
from playground.service import Engine
from playground.store import RunStore, StoreError
from tests import engines
from tests.engines import cluster_processes, worker_processes
from tests.waiting import wait

pytestmark = pytest.mark.slow

SHORT = {"data.train_images": "100", "run.epochs": "3", "architecture.hidden": "8"}
# Mirrored images, since runs that can train together do not wait for each other.
LONG = {"run.epochs": "5000", "run.batch_size": "4", "data.flip": "true"}


def config(settings: dict[str, str], seed: int) -> RunConfig:
    found, problems = with_settings(settings | {"run.seed": str(seed)})
    assert problems == []
    return found


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with engines.working(tmp_path_factory.mktemp("engine")) as engine:
        yield engine


@pytest.fixture(autouse=True)
def idle(engine):
    """Each test begins and ends with nothing on."""
    yield
    engines.stop_all(engine)


def ended(engine: Engine, name: str) -> Callable[[], bool]:
    return lambda: not engine.store.get(name).is_active


def test_a_config_is_trained_once_and_then_answered_from_the_store(engine):
    asked = config(SHORT, 1)
    assert engine.train(asked).how == "submitted"
    wait(ended(engine, asked.name))
    run = engine.store.get(asked.name)
    assert run.status == "finished"
    assert run.epochs == 3 == len(engine.store.epochs(asked.name))
    assert run.scores["test"].images == 450
    before = run.ended
    assert engine.train(asked).how == "cached"
    assert engine.store.get(asked.name).ended == before


def test_thirty_askers_at_once_train_the_same_config_once(engine):
    asked = config(SHORT, 2)
    answers: list[str] = []
    barrier = threading.Barrier(30)

    def ask(who: int) -> None:
        barrier.wait()
        answers.append(engine.train(asked, f"session {who}").how)

    threads = [threading.Thread(target=ask, args=(who,)) for who in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait(ended(engine, asked.name))
    assert answers.count("submitted") == 1
    assert len(answers) == 30 and set(answers) <= {"submitted", "joined", "cached"}
    assert len(engine.store.epochs(asked.name)) == 3


def test_the_worker_gives_the_numbers_that_training_gives_here(engine, tmp_path):
    from playground.results import Result
    from playground.training import train

    asked = config(SHORT | {"architecture.dropout": "0.2"}, 3)
    engine.train(asked)
    *epochs, result = train(asked, tmp_path)
    assert isinstance(result, Result)
    wait(ended(engine, asked.name))
    run = engine.store.get(asked.name)
    assert run.scores == result.scores
    assert [e.train_loss for e in engine.store.epochs(asked.name)] == [e.train_loss for e in epochs]
    assert engine.store.weights(asked.name).read_bytes() == result.weights


def test_the_worker_keeps_the_memory_it_frees(engine):
    wait(lambda: engine.ready)
    (worker,) = worker_processes()
    began_with = worker.environ()
    for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"):
        assert int(began_with[name]) >= 32 * 2**20  # Dask's own is 64 KB, and slow


def test_epochs_arrive_while_the_run_is_on_and_a_stop_ends_it_at_once(engine):
    asked = config(LONG, 4)
    engine.train(asked)
    wait(lambda: engine.store.epochs(asked.name))
    assert engine.store.get(asked.name).status == "running"
    began = time.monotonic()
    engine.stop(asked.name)
    assert engine.stopping(asked.name)
    wait(ended(engine, asked.name))
    assert time.monotonic() - began < 5
    run = engine.store.get(asked.name)
    assert run.status == "stopped"
    assert run.scores["test"] is not None, "a stopped run is a valid run"
    assert 0 < run.epochs < 5000


def test_a_stopped_run_is_not_served_as_an_answer(engine):
    asked = config(LONG, 4)
    assert engine.store.get(asked.name).status == "stopped"
    assert engine.train(asked).how == "submitted"


def test_runs_wait_their_turn_and_a_waiting_one_can_be_stopped(engine):
    first, second, third = (config(LONG, seed) for seed in (10, 11, 12))
    for asked in (first, second, third):
        engine.train(asked, "one session")
    wait(lambda: engine.store.epochs(first.name))
    assert [engine.place(asked.name) for asked in (first, second, third)] == [0, 1, 2]
    engine.stop(second.name)
    assert engine.store.get(second.name).status == "stopped"
    assert engine.store.get(second.name).epochs == 0
    assert engine.place(third.name) == 1
    engine.stop(first.name)
    wait(lambda: engine.store.epochs(third.name))


def test_sessions_take_turns_in_the_queue(engine):
    blocking = config(LONG, 20)
    engine.train(blocking, "greedy")
    greedy = [config(SHORT, seed) for seed in (21, 22, 23)]
    for asked in greedy:
        engine.train(asked, "greedy")
    modest = config(SHORT, 24)
    engine.train(modest, "modest")
    wait(lambda: engine.store.epochs(blocking.name))
    assert engine.place(modest.name) == 1
    assert [engine.place(asked.name) for asked in greedy] == [2, 3, 4]


def test_a_killed_worker_fails_its_run_with_a_reason_and_the_next_run_works(engine):
    asked, after = config(LONG, 30), config(SHORT, 31)
    engine.train(asked)
    engine.train(after)
    wait(lambda: engine.store.epochs(asked.name))
    workers = worker_processes()
    assert workers
    for worker in workers:
        worker.kill()
    wait(ended(engine, asked.name))
    run = engine.store.get(asked.name)
    assert run.status == "failed"
    assert "killed" in run.message and "memory" in run.message
    wait(ended(engine, after.name))
    assert engine.store.get(after.name).status == "finished"


def test_a_killed_cluster_fails_its_run_and_the_next_run_works(engine):
    asked, after = config(LONG, 32), config(SHORT, 33)
    engine.train(asked)
    engine.train(after)
    wait(lambda: engine.store.epochs(asked.name))
    (process,) = cluster_processes()
    process.kill()
    wait(ended(engine, asked.name))
    assert engine.store.get(asked.name).status == "failed"
    wait(ended(engine, after.name))
    assert engine.store.get(after.name).status == "finished"


def test_a_failed_run_is_trained_anew_when_asked_again(engine, monkeypatch):
    asked = config(SHORT, 34)
    with monkeypatch.context() as patch:
        patch.setattr("playground.worker.tasks.TRAIN", "playground.nowhere:train")
        engine.train(asked)
        wait(ended(engine, asked.name))
    assert engine.store.get(asked.name).status == "failed"
    assert engine.train(asked).how == "submitted"
    wait(ended(engine, asked.name))
    assert engine.store.get(asked.name).status == "finished"


def test_a_run_that_cannot_begin_fails_with_its_sentence(engine):
    missing = "cuda" if sys.platform == "darwin" else "mps"
    asked, _ = with_settings(SHORT | {"run.device": missing, "run.seed": "40"})
    engine.train(asked)
    wait(ended(engine, asked.name))
    run = engine.store.get(asked.name)
    assert run.status == "failed"
    assert run.message.startswith(f"There is no {missing} device here")


def test_a_diverged_run_is_kept_with_where_it_ended(engine):
    asked, problems = with_settings(
        LONG
        | {"optimizer.name": "sgd", "optimizer.learning_rate": "100", "data.scaling": "raw"}
        | {"architecture.activation": "none"}
    )
    assert not problems
    engine.train(asked)
    wait(ended(engine, asked.name))
    run = engine.store.get(asked.name)
    assert run.status == "diverged"
    assert run.message == (
        "The loss or its gradient stopped being finite in epoch 1, so the run ended."
    )
    assert engine.train(asked).how == "cached"


def test_missing_data_is_told_before_anything_is_queued(engine):
    from playground.data.datasets import DataError

    asked, _ = with_settings({"data.name": "cifar10"})
    with pytest.raises(DataError, match="fetch cifar10"):
        engine.train(asked)
    assert engine.store.get(asked.name) is None


def test_a_download_reports_how_far_it_is_and_leaves_its_file(engine, monkeypatch):
    monkeypatch.setattr("playground.worker.tasks.FETCH", "tests.downloads:works")
    engine.fetch("cifar10")
    wait(lambda: engine.download("cifar10").done)
    assert engine.download("cifar10").total == 200
    wait(lambda: not engine.download("cifar10").active)
    assert engine.download("cifar10").message == ""
    assert (engine.data / "fetched").exists()


def test_two_downloads_go_one_by_one(engine, monkeypatch):
    monkeypatch.setattr("playground.worker.tasks.FETCH", "tests.downloads:works")
    kinds = ("one", "other")
    for kind in kinds:
        engine.fetch(kind)
    assert all(engine.download(kind).active for kind in kinds)
    wait(lambda: not any(engine.download(kind).active for kind in kinds))
    noted = (engine.data / "fetched").read_text().split("\n")[-5:-1]
    assert noted == ["began one", "ended one", "began other", "ended other"]


def test_a_download_that_fails_ends_with_its_sentence(engine, monkeypatch):
    monkeypatch.setattr("playground.worker.tasks.FETCH", "tests.downloads:fails")
    engine.fetch("cifar10")
    wait(lambda: not engine.download("cifar10").active)
    assert engine.download("cifar10").message.startswith("CIFAR10 could not be downloaded")


def test_a_run_asked_for_while_it_is_being_stopped_is_trained_again(engine):
    asked = config(LONG, 50)
    engine.train(asked)
    wait(lambda: engine.store.epochs(asked.name))
    engine.stop(asked.name)
    assert engine.train(asked).how == "joined"
    wait(
        lambda: engine.store.get(asked.name).status == "running" and not engine.stopping(asked.name)
    )
    wait(lambda: engine.store.epochs(asked.name))


def test_a_run_whose_end_cannot_be_written_is_kept_as_soon_as_it_can_be(engine, monkeypatch):
    asked = config(SHORT, 51)

    def full(*_args):
        raise StoreError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(engine.store, "finish", full)
        assert engine.train(asked).how == "submitted"
        wait(lambda: engine.storage_problem)
        assert engine.train(asked).how == "joined", "what was trained waits to be kept"
    wait(lambda: not engine.has_run(asked.name))
    assert engine.store.get(asked.name).status == "finished"
    assert engine.storage_problem == ""


def test_a_process_that_cannot_be_started_is_told_without_folders(tmp_path, monkeypatch):
    def nothing() -> None:
        raise FileNotFoundError(2, f"No usable temporary directory found in ['{tmp_path}']")

    monkeypatch.setattr("playground.service.dispatcher.OwnCluster", nothing)
    engine = Engine(RunStore(tmp_path / "runs"), tmp_path / "data")
    engine.start()
    try:
        wait(lambda: engine.problem)
        assert "no process could be started" in engine.problem
        assert str(tmp_path.parent) not in engine.problem
    finally:
        engine.close()


def test_a_worker_that_cannot_be_made_ready_is_told_and_leaves_no_process(tmp_path, monkeypatch):
    monkeypatch.setattr("playground.worker.tasks.WARM_UP", "playground.nowhere:nothing")
    before = len(psutil.Process().children(recursive=True))
    engine = Engine(RunStore(tmp_path / "runs"), tmp_path)
    engine.start()
    wait(lambda: engine.problem)
    assert "could not be reached or made ready" in engine.problem
    engine.close()
    wait(lambda: len(psutil.Process().children(recursive=True)) == before)


def test_a_scheduler_that_is_not_there_is_told(tmp_path):
    engine = Engine(RunStore(tmp_path / "runs"), tmp_path, "tcp://127.0.0.1:9")
    engine.start()
    wait(lambda: engine.problem, 30)
    assert "tcp://127.0.0.1:9" in engine.problem
    engine.close()
