"""A full disk and a read-only folder: nothing half done, nothing lost, and a word on what to do."""

import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from playground.config import RunConfig
from playground.config.run_limits import AppLimits
from playground.service.jobs import Jobs
from playground.service.limit_checker import LimitChecker
from playground.service.result_writer import ResultWriter
from playground.store import RunStore, StoreError, Trial, files
from tests import disks, engines
from tests.command_line import CHEAP, CommandLine
from tests.soak.stored import digest, integrity
from tests.test_runs import epoch, result

CONFIG, OTHER = RunConfig(), RunConfig().with_seed(1)
MAKE_ROOM = "make room on its disk"


class Full:
    """A connection whose disk is full from the n-th writing statement on."""

    def __init__(self, connection: sqlite3.Connection, first: int) -> None:
        self._connection, self._first, self.asked = connection, first, 0

    def __getattr__(self, name: str):
        return getattr(self._connection, name)

    def execute(self, sql: str, *values):
        if sql != "ROLLBACK" and not sql.startswith("SELECT"):
            self._count()
        return self._connection.execute(sql, *values)

    def executemany(self, sql: str, values):
        self._count()
        return self._connection.executemany(sql, values)

    def _count(self) -> None:
        self.asked += 1
        if self.asked >= self._first:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error


WRITES = {
    "queue": lambda store: store.queue(CONFIG, "other data"),
    "start": lambda store: store.start(OTHER.name),
    "epochs": lambda store: store.add_epochs(OTHER.name, [epoch(1), epoch(2)]),
    "finish": lambda store: store.finish(OTHER.name, result()),
    "end": lambda store: store.end(OTHER.name, "failed", "why"),
    "rename": lambda store: store.rename(CONFIG.name, "mine"),
    "star": lambda store: store.star(CONFIG.name, True),
    "delete": lambda store: store.delete(CONFIG.name),
    "study": lambda store: store.studies.keep("a" * 64, "sweep", "{}"),
    "trial": lambda store: store.studies.begin_trial("a" * 64, Trial(0, "", {}, "")),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    """A store with a finished run, and another one that waits."""
    store = RunStore(tmp_path / "runs")
    store.queue(CONFIG, "data")
    store.finish(CONFIG.name, result())
    store.queue(OTHER, "data")
    yield store
    store.close()


def content(store: RunStore) -> list[str]:
    tables = ("runs", "epochs", "studies", "trials")
    rows = [tuple(r) for t in tables for r in store.database.query(f"SELECT * FROM {t}")]
    return [repr(rows), digest(store, CONFIG.name), digest(store, OTHER.name)]


@pytest.mark.parametrize("write", WRITES)
def test_a_disk_that_is_full_at_any_statement_leaves_the_store_as_it_was(store, write):
    before, connection = content(store), store.database.connection
    for first in count(1):
        store.database.connection = full = Full(connection, first)
        try:
            WRITES[write](store)
        except StoreError as error:
            assert MAKE_ROOM in str(error)
        store.database.connection = connection
        if full.asked < first:
            break
        assert content(store) == before
    assert first >= 4, "a beginning, a statement and a commit can fail"
    assert content(store) != before, "with room it is done"
    assert integrity(store.folder) == "ok"


@pytest.mark.parametrize("call", ["mkdtemp", "savez_compressed", "write_bytes", "rename"])
def test_a_disk_that_is_full_at_any_file_leaves_nothing_and_the_run_to_be_kept_later(
    store, monkeypatch, call
):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    owner = {"mkdtemp": files.tempfile, "savez_compressed": np}.get(call, Path)
    before = digest(store, CONFIG.name)
    with monkeypatch.context() as patch:
        patch.setattr(owner, call, full)
        with pytest.raises(StoreError, match="No space left"):
            store.finish(OTHER.name, result())
    assert store.get(OTHER.name).is_active, "who trained it may try again"
    assert [p.name for p in store.folder.iterdir() if p.is_dir()] == [CONFIG.name]
    assert digest(store, CONFIG.name) == before
    store.finish(OTHER.name, result())
    assert store.get(OTHER.name).status == "finished"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 600 KB."""
    with disks.small(tmp_path, "600k") as disk:
        yield disk


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(b"x" * 1024)


def test_what_was_trained_waits_while_a_real_disk_is_full_and_is_kept_when_there_is_room(
    small_disk,
):
    store, jobs = RunStore(small_disk / "runs"), Jobs()
    keeping = ResultWriter(
        store, jobs, LimitChecker(AppLimits(), store, small_disk), lambda job: None
    )
    store.queue(CONFIG, "data")
    store.finish(CONFIG.name, result())
    kept = digest(store, CONFIG.name)
    store.queue(OTHER, "data")
    engines.add(jobs, OTHER, "me")
    store.database.query("PRAGMA wal_checkpoint(TRUNCATE)")
    fill(small_disk)
    (job,) = jobs.submit_next(1)
    keeping.results([job], [result()])
    assert MAKE_ROOM in keeping.problem and "waits until it can be kept" in keeping.problem
    assert jobs.get(OTHER.name) is job and store.get(OTHER.name).is_active
    with pytest.raises(StoreError, match=MAKE_ROOM):
        store.queue(RunConfig().with_seed(2), "data")
    assert digest(store, CONFIG.name) == kept
    keeping.try_again()
    assert keeping.problem, "there is still no room"
    (small_disk / "filler").unlink()
    keeping.try_again()
    assert (keeping.problem, jobs.get(OTHER.name)) == ("", None)
    assert store.get(OTHER.name).status == "finished"
    assert store.epochs(OTHER.name) == [epoch(1), epoch(2)]
    assert set(store.arrays(OTHER.name)) == {"probabilities_test", "labels_test", "matrices"}
    assert digest(store, CONFIG.name) == kept
    assert integrity(store.folder) == "ok"
    store.close()


def test_a_store_cannot_be_made_on_a_full_disk_and_says_what_to_do(small_disk):
    fill(small_disk)
    with pytest.raises(StoreError, match=f"PLAYGROUND_RUNS|{MAKE_ROOM}"):
        RunStore(small_disk / "runs")


def test_a_full_disk_is_one_sentence_on_the_command_line(tmp_path, small_disk, monkeypatch, capsys):
    command = CommandLine(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("PLAYGROUND_RUNS", str(small_disk / "runs"))
    store = RunStore(small_disk / "runs")
    store.queue(CONFIG, "data")
    store.finish(CONFIG.name, result())
    kept = digest(store, CONFIG.name)
    fill(small_disk)
    assert MAKE_ROOM in command.refusal("run", *CHEAP).lower()
    assert digest(store, CONFIG.name) == kept and len(store.all()) == 1
    (small_disk / "filler").unlink()
    assert command("run", *CHEAP).code == 0
    store.close()


def test_a_folder_that_became_read_only_is_told_and_its_runs_are_still_read(small_disk):
    store = RunStore(small_disk / "runs")
    store.queue(CONFIG, "data")
    store.finish(CONFIG.name, result())
    kept = digest(store, CONFIG.name)
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreError, match=r"cannot be written \(Read-only file system\): set PLAY"):
        RunStore(small_disk / "runs")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    again = RunStore(small_disk / "runs")
    assert digest(again, CONFIG.name) == kept
    again.close()


@pytest.mark.parametrize("gone", [False, True])
def test_weights_that_a_worker_left_are_removed_whatever_becomes_of_their_run(store, gone):
    jobs = Jobs()
    engines.add(jobs, CONFIG, "ann")
    store.queue(CONFIG, "data")
    (job,) = jobs.submit_next(1)
    left = store.handover_folder() / f"{job.key}.safetensors"
    left.write_bytes(b"weights")
    if gone:  # another process deleted it
        store.end(CONFIG.name, "failed", "")
        store.delete(CONFIG.name)
    limit_checker = LimitChecker(AppLimits(), store, store.folder)
    keeping = ResultWriter(store, jobs, limit_checker, lambda job: None)
    keeping.results([job], [replace(result(), weights=b"", weights_at=str(left))])
    assert jobs.get(CONFIG.name) is None and not left.exists()
    assert gone or store.weights(CONFIG.name).read_bytes() == b"weights"


def test_where_the_run_folder_takes_no_weights_they_are_not_left_there(store, monkeypatch):
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "handover_folder", full)
    assert store.handover_folder() is None
    store.clear_handover("key")
