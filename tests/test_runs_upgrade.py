"""Stores that earlier versions wrote, kept as they were, become stores of this version.

``stores/version_8.sqlite`` was written by the app of that version from runs of two epochs on the
digits, each with another seed; the GPU's name and the run of which nothing is known were entered.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from playground.config import MLP, RunConfig
from playground.results import Execution, Scores
from playground.store import RunStore
from playground.store.schema import VERSION

STORES = Path(__file__).with_name("stores")
WAYS = {
    1: Execution(1, fused=True),
    2: Execution(1, fused=True, stacked=3),
    3: Execution(1, fused=True, stacked=3),
    4: Execution(1, fused=True, stacked=3),
    5: Execution(2, "bfloat16", channels_last=True, fused=True, piece=45),
    6: Execution(1, onednn=False, fused=True),
    7: Execution(1, fused=True, most=100_000),
    8: Execution(0, "bfloat16", channels_last=True, fused=True, recorded=True),
    9: None,
    10: None,
}
"""By seed: how the runs of version 8 were computed."""


@pytest.fixture
def folder(tmp_path):
    shutil.copy(STORES / "version_8.sqlite", tmp_path / "runs.sqlite")
    return tmp_path


def earlier(
    folder: Path, version: int, dropped: dict[str, tuple[str, ...]], also: str = ""
) -> None:
    """Take away from the store of version 8 what came after an earlier one: columns by table."""
    with closing(sqlite3.connect(folder / "runs.sqlite")) as db:
        db.executescript(also)
        for table, columns in dropped.items():
            for column in columns:
                db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        db.execute(f"PRAGMA user_version = {version}")
        db.commit()


def rows(folder: Path, columns: str) -> list[tuple]:
    with closing(sqlite3.connect(folder / "runs.sqlite")) as db:
        return db.execute(f"SELECT {columns} FROM runs ORDER BY name").fetchall()


def test_how_the_runs_of_version_8_were_computed_is_data_that_tells_what_the_prose_told(folder):
    told = dict(rows(folder, "name, path"))
    with closing(RunStore(folder)) as store:
        runs = store.all()
        assert {run.config.run.seed: run.execution for run in runs} == WAYS
        assert {run.name: run.execution_text for run in runs} == told
    with closing(RunStore(folder)) as store:  # and opens again
        assert store.all() == runs
    with closing(sqlite3.connect(folder / "runs.sqlite")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_nothing_else_of_the_runs_of_version_8_changes(folder):
    columns = "name, config, family, status, device, seconds, test_loss, train_accuracy, bytes"
    before = rows(folder, columns)
    with closing(RunStore(folder)) as store:
        assert all(run.name == run.config.name and run.is_readable for run in store.all())
        finished = [run for run in store.all() if run.status == "finished"]
        assert len(finished) == 9
        assert all(len(store.epochs(run.name)) == 2 for run in finished)
    assert rows(folder, columns) == before


PENALTIES = ("last_batch_loss", "last_batch_accuracy", "train_penalty", "penalty")


def test_a_store_of_version_7_gets_the_columns_of_epochs_that_came_after_it(folder):
    earlier(folder, 7, {"epochs": PENALTIES})
    with closing(RunStore(folder)) as store:
        assert {run.config.run.seed: run.execution for run in store.all()} == WAYS
        kept = store.epochs(store.all()[-1].name)
        assert len(kept) == 2 and kept[0].train_loss > 0
        assert all(one.penalty is one.last_batch_loss is None for one in kept)


def test_a_store_of_version_5_is_brought_up_to_date(folder):
    later = {"runs": ("asker", "removed"), "lessons": ("closed",), "seats": ("joined",)}
    earlier(folder, 5, later | {"epochs": PENALTIES}, "DROP INDEX runs_by_size")
    with closing(RunStore(folder)) as store:
        assert {run.config.run.seed: run.execution for run in store.all()} == WAYS
        assert all(run.removed == "" for run in store.all())
        assert store.lessons.names("0" * 64) == {}


def test_a_store_of_version_3_keeps_its_runs_and_takes_new_ones(folder):
    later = (
        "path", "mirrored_loss", "mirrored_accuracy", "mirrored_images", "bytes", "time_limit",
        "asker", "removed",
    )  # fmt: skip
    tables = ("lessons", "seats", "removed_names", "tries")
    drops = ";".join(["DROP INDEX runs_by_size", *(f"DROP TABLE {table}" for table in tables)])
    earlier(folder, 3, {"runs": later, "epochs": PENALTIES}, drops)
    with closing(RunStore(folder)) as store:
        runs = store.all()
        assert len(runs) == len(WAYS) and all(run.execution is run.mirrored is None for run in runs)
        store.queue(RunConfig(), "data")
        store.database.write(
            "UPDATE runs SET mirrored_loss = 1, mirrored_accuracy = 0.5, mirrored_images = 4 "
            "WHERE name = ?",
            RunConfig().name,
        )
        assert store.get(RunConfig().name).mirrored == Scores(1, 0.5, 4)


def test_a_store_of_the_first_version_is_brought_up_to_date_with_all_its_runs(tmp_path):
    db = sqlite3.connect(tmp_path / "runs.sqlite")
    config, foreign = RunConfig(architecture=MLP(dropout=0.5)), '{"from": "another version"}'
    splits = ("train", "validation", "test")
    scores = ", ".join(f"{s}_loss REAL, {s}_accuracy REAL, {s}_images INTEGER" for s in splits)
    db.executescript(
        "CREATE TABLE runs (name TEXT PRIMARY KEY, config TEXT NOT NULL, status TEXT NOT NULL, "
        "message TEXT NOT NULL, owner TEXT NOT NULL, fingerprint TEXT NOT NULL, submitted REAL NOT "
        "NULL, started REAL, ended REAL, epochs INTEGER NOT NULL DEFAULT 0, best_epoch INTEGER, "
        "parameters INTEGER, seconds REAL, device TEXT, versions TEXT NOT NULL DEFAULT '{}', "
        f"{scores}); CREATE TABLE epochs (run TEXT NOT NULL, epoch, train_loss, train_accuracy, "
        "validation_loss, validation_accuracy, learning_rate, gradient_norm, seconds, "
        "images_per_second, PRIMARY KEY (run, epoch)) WITHOUT ROWID; PRAGMA user_version = 1"
    )
    for name, text in ((config.name, config.canonical()), ("f" * 64, foreign)):
        db.execute(
            "INSERT INTO runs (name, config, status, message, owner, fingerprint, submitted, "
            "test_loss, test_accuracy, test_images) VALUES (?, ?, 'finished', '', '1:1', 'data', "
            "5, 0.25, 0.75, 4)",
            (name, text),
        )
    db.commit()
    db.close()

    store = RunStore(tmp_path)
    run = store.get(config.name)
    assert run.config == config and run.scores["test"] == Scores(0.25, 0.75, 4)
    assert run.family == config.family and run.is_readable
    assert (run.execution, run.mirrored) == (None, None)
    assert [one.name for one in store.find("dropout")[0]] == [config.name]
    assert store.get("f" * 64).family == "" and not store.get("f" * 64).is_readable
    foreign_run = store.get("f" * 64)
    assert store.family(foreign_run.family, foreign_run.fingerprint) == []
    store.close()
    RunStore(tmp_path).close()  # and opens again
    (version,) = sqlite3.connect(tmp_path / "runs.sqlite").execute("PRAGMA user_version").fetchone()
    assert version == VERSION


ODD = {
    "bytes": b"\xff\x00",
    "a number": 5,
    "no digit": ", images at a time",
    "a long number": f"1 thread, together with {'9' * 5000} others",
}


@pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))
@pytest.mark.parametrize("column", ["path", "device"])
def test_one_odd_row_of_version_8_keeps_no_store_from_being_opened(folder, column, odd):
    with closing(sqlite3.connect(folder / "runs.sqlite")) as db:
        (name,) = db.execute("SELECT name FROM runs WHERE path != '' ORDER BY name").fetchone()
        db.execute(f"UPDATE runs SET {column} = ? WHERE name = ?", (odd, name))
        db.commit()
    with closing(RunStore(folder)) as store:
        others = {run.config.run.seed: run.execution for run in store.all() if run.name != name}
        assert others == {seed: WAYS[seed] for seed in others} and len(others) == len(WAYS) - 1


UNREADABLE = ["{", "[1]", "null", "{}", '{"threads": 1, "stacked": "x"}', b"\xff"]


@pytest.mark.parametrize("text", UNREADABLE)
def test_an_execution_that_cannot_be_read_hides_no_run(folder, text):
    with closing(RunStore(folder)) as store:
        name = store.all()[0].name
        store.database.write("UPDATE runs SET execution = ? WHERE name = ?", text, name)
        run = store.get(name)
        assert (run.execution, run.execution_text, run.is_stacked) == (None, "", False)
        assert len(store.all()) == len(WAYS)


def test_an_execution_keeps_what_is_known_here_beside_what_a_later_version_added(folder):
    with closing(RunStore(folder)) as store:
        name, text = store.all()[0].name, '{"threads": 2, "stacked": 3, "later": true}'
        store.database.write("UPDATE runs SET execution = ? WHERE name = ?", text, name)
        assert store.get(name).execution == Execution(2, stacked=3)


def test_a_store_that_cannot_be_brought_up_to_date_is_not_held(folder, monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError("a fault of ours")

    with monkeypatch.context() as patch, pytest.raises(ValueError, match="ours") as kept:
        patch.setattr("playground.store.schema._write_executions", fail)
        RunStore(folder)
    assert kept.tb is not None  # which keeps what was open then
    with closing(RunStore(folder)) as store:
        assert {run.config.run.seed: run.execution for run in store.all()} == WAYS


def test_an_older_app_that_has_the_store_open_goes_on_beside_a_newer_one(folder):
    with closing(sqlite3.connect(folder / "runs.sqlite")) as old:
        name = rows(folder, "name")[0][0]
        with closing(RunStore(folder)) as store:
            old.execute("UPDATE runs SET path = 'what it says', epochs = 2 WHERE name = ?", (name,))
            old.commit()
            assert old.execute("SELECT path FROM runs WHERE name = ?", (name,)).fetchone()
            assert len(store.all()) == len(WAYS)
