"""The store: what is kept, how it is found again, and what it does with bad folders and files."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace

import numpy as np
import psutil
import pytest

from playground.config import Run as RunSettings
from playground.config import RunConfig
from playground.results import EpochMetrics, Execution, Result, Scores
from playground.store import RunStore, StoreError
from playground.store.owners import owner_of
from tests.waiting import wait

CONFIG = RunConfig()


def epoch(number: int) -> EpochMetrics:
    return EpochMetrics(number, 1 / number, 0.5, None, None, 0.01, 2.0, 0.1, 1000.0)


def result(status: str = "finished", fingerprint: str = "data") -> Result:
    return Result(
        status=status,
        message="",
        epochs=2,
        best_epoch=None,
        scores={"train": Scores(0.1, 0.9, 30), "validation": None, "test": Scores(0.2, 0.8, 10)},
        parameters=12,
        seconds=1.5,
        device="cpu",
        versions={"torch": "2"},
        fingerprint=fingerprint,
        history=(epoch(1), epoch(2)),
        probabilities={"test": np.full((10, 2), 0.5, np.float32)},
        labels={"test": np.zeros(10, np.int64)},
        matrices=np.ones((2, 2, 2), np.int32),
        weights=b"weights",
    )


def test_a_run_goes_from_queued_to_finished_and_reads_back_whole(store):
    assert store.queue(CONFIG, "data")
    queued = store.get(CONFIG.name)
    assert (queued.status, queued.name, queued.config) == ("queued", CONFIG.name, CONFIG)
    store.start(CONFIG.name)
    store.add_epochs(CONFIG.name, [epoch(1)])
    running = store.get(CONFIG.name)
    assert (running.status, running.epochs, running.is_active) == ("running", 1, True)
    store.finish(CONFIG.name, result())
    run = store.get(CONFIG.name)
    assert (run.status, run.epochs, run.is_active, run.seconds) == ("finished", 2, False, 1.5)
    assert run.scores == {
        "train": Scores(0.1, 0.9, 30),
        "validation": None,
        "test": Scores(0.2, 0.8, 10),
    }
    assert store.epochs(CONFIG.name) == [epoch(1), epoch(2)]
    assert store.epochs(CONFIG.name, after=1) == store.epochs(CONFIG.name, every=2) == [epoch(2)]
    after = {CONFIG.name: 1, "0" * 64: 0}
    assert store.later_epochs(after) == {CONFIG.name: [epoch(2)]} and store.later_epochs({}) == {}
    assert run.started >= run.submitted and run.ended >= run.started


def test_how_a_run_was_computed_and_its_mirrored_scores_read_back(store):
    store.queue(CONFIG, "data")
    assert (store.get(CONFIG.name).execution_text, store.get(CONFIG.name).mirrored) == ("", None)
    way = Execution(2, "bfloat16", True, False, True, 30, 300, True, 4)
    told = {"execution": way, "mirrored": Scores(0.15, 0.85, 10)}
    store.finish(CONFIG.name, replace(result(), **told))
    run = store.get(CONFIG.name)
    assert (run.execution, run.mirrored) == (way, Scores(0.15, 0.85, 10))
    assert run.scores["test"] == Scores(0.2, 0.8, 10)
    store.queue(CONFIG, "data")
    assert (store.get(CONFIG.name).execution, store.get(CONFIG.name).mirrored) == (None, None)
    store.finish(CONFIG.name, result())
    assert (store.get(CONFIG.name).execution, store.get(CONFIG.name).mirrored) == (None, None)


def test_arrays_and_weights_read_back_as_they_were(store):
    store.queue(CONFIG, "data")
    store.finish(CONFIG.name, result())
    arrays = store.arrays(CONFIG.name)
    assert set(arrays) == {"probabilities_test", "labels_test", "matrices"}
    np.testing.assert_array_equal(arrays["matrices"], np.ones((2, 2, 2)))
    assert store.weights(CONFIG.name).read_bytes() == b"weights"
    assert not list(store.folder.glob(".partial-*"))


def test_a_run_that_left_nothing_has_no_arrays(store):
    store.queue(CONFIG, "data")
    assert store.arrays(CONFIG.name) == {}
    assert store.weights(CONFIG.name) is None


@pytest.mark.parametrize("status", ["finished", "diverged"])
def test_a_whole_run_answers_its_config(store, status):
    store.queue(CONFIG, "data")
    store.finish(CONFIG.name, result(status))
    assert store.answer(CONFIG, "data").status == status


def test_a_stopped_run_never_answers(store):
    store.queue(CONFIG, "data")
    store.finish(CONFIG.name, result("stopped"))
    assert store.get(CONFIG.name).status == "stopped"
    assert store.answer(CONFIG, "data") is None


@pytest.mark.parametrize("status", ["failed", "interrupted"])
def test_a_run_without_a_result_never_answers(store, status):
    store.queue(CONFIG, "data")
    store.end(CONFIG.name, status, "why")
    assert store.get(CONFIG.name).message == "why"
    assert store.answer(CONFIG, "data") is None


def test_a_run_on_other_data_never_answers(store):
    store.queue(CONFIG, "data")
    store.finish(CONFIG.name, result())
    assert store.answer(CONFIG, "other data") is None


def test_asking_again_drops_what_the_earlier_run_left(store):
    store.queue(CONFIG, "data")
    store.finish(CONFIG.name, result("stopped"))
    assert store.queue(CONFIG, "data")
    assert store.epochs(CONFIG.name) == []
    assert store.arrays(CONFIG.name) == {}
    assert store.get(CONFIG.name).scores["test"] is None


def test_a_run_is_found_by_the_first_digits_of_its_name(store):
    store.queue(CONFIG, "data")
    assert store.by_prefix(CONFIG.name[:16]).name == CONFIG.name
    assert store.by_prefix(CONFIG.name[:7]) is None, "too short to be sure"
    for hostile in ("%" * 10, "*" * 10, "'; DROP TABLE runs", "", "[a-z]*****"):
        assert store.by_prefix(hostile) is None


def test_runs_are_listed_newest_first(store):
    configs = [RunConfig(run=RunSettings(seed=seed)) for seed in range(3)]
    for config in configs:
        store.queue(config, "data")
    assert [run.name for run in store.all()] == [config.name for config in reversed(configs)]
    assert len(store.all("finished")) == 0


def test_runs_of_a_process_that_is_gone_are_marked_interrupted(tmp_path, store):
    code = (
        "import sys; from pathlib import Path; from playground.store import RunStore; "
        "from playground.config import RunConfig; s = RunStore(Path(sys.argv[1])); "
        "s.queue(RunConfig(), 'data'); s.start(RunConfig().name)"
    )
    subprocess.run([sys.executable, "-c", code, str(store.folder)], check=True, timeout=60)
    mine = RunConfig(run=RunSettings(seed=5))
    store.queue(mine, "data")
    assert store.mark_interrupted() == 1
    assert store.get(CONFIG.name).status == "interrupted"
    assert store.get(mine.name).status == "queued", "its process still lives"


def test_a_run_that_is_on_is_not_entered_twice(store):
    assert store.queue(CONFIG, "data")
    store.start(CONFIG.name)
    other = RunStore(store.folder)
    other._owner = "another process"
    assert not other.queue(CONFIG, "data")
    assert store.get(CONFIG.name).status == "running"
    other.close()


def test_a_run_whose_process_is_gone_may_be_entered_again(store):
    store.queue(CONFIG, "data")
    store.database.write("UPDATE runs SET owner = '999999:1.0'")
    assert store.queue(CONFIG, "data")


def test_a_store_that_cannot_be_written_any_more_is_told(store):
    store.database.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="cannot be used just now"):
        store.queue(CONFIG, "data")
    store.database.connection.execute("PRAGMA query_only = OFF")
    assert store.queue(CONFIG, "data"), "the transaction was rolled back"


def test_a_second_store_on_the_same_folder_sees_the_first_ones_runs(store):
    store.queue(CONFIG, "data")
    other = RunStore(store.folder)
    assert other.get(CONFIG.name).status == "queued"
    other.finish(CONFIG.name, result())
    assert store.get(CONFIG.name).status == "finished"
    other.close()


def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="PLAYGROUND_RUNS"):
        RunStore(tmp_path / "file" / "runs")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="PLAYGROUND_RUNS"):
        RunStore(tmp_path)


def test_a_spoilt_store_is_told_and_left_as_it_is(tmp_path):
    (tmp_path / "runs.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"move runs\.sqlite elsewhere"):
        RunStore(tmp_path)
    assert (tmp_path / "runs.sqlite").read_bytes().startswith(b"not a database")


def test_a_store_from_a_newer_version_is_told_and_left_as_it_is(tmp_path):
    RunStore(tmp_path).close()
    with sqlite3.connect(tmp_path / "runs.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer version"):
        RunStore(tmp_path)


def test_a_full_disk_is_told_and_leaves_nothing_half_written(store, monkeypatch):
    store.queue(CONFIG, "data")

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(StoreError, match="No space left"):
        store.finish(CONFIG.name, result())
    assert store.get(CONFIG.name).is_active, "who trained it may try again"
    assert {path.name for path in store.folder.iterdir() if path.is_dir()} == set()


def test_a_stored_array_that_is_a_pickle_is_refused(store):
    store.queue(CONFIG, "data")
    store.finish(CONFIG.name, result())
    path = store.folder / CONFIG.name / "probabilities.npz"
    np.savez(path, probabilities_test=np.array([{"a": 1}], dtype=object))
    with pytest.raises(StoreError, match="cannot be read"):
        store.arrays(CONFIG.name)


def test_the_runs_of_a_process_that_ended_and_was_not_waited_for_are_interrupted(store):
    ended = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = owner_of(ended.pid)
    store.queue(CONFIG, "data")
    store.database.write("UPDATE runs SET owner = ?", owner)
    assert store.mark_interrupted() == 0
    ended.kill()
    wait(lambda: psutil.Process(ended.pid).status() == psutil.STATUS_ZOMBIE)
    assert store.mark_interrupted() == 1
    ended.wait()
