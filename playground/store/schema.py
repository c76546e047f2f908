"""The store's tables, and how a store of an earlier version becomes one of this."""

import os
import sqlite3
import tempfile
from dataclasses import fields
from functools import lru_cache
from pathlib import Path

from playground.config import ConfigError, RunConfig, from_json
from playground.results import EpochMetrics
from playground.store.errors import StoreError, store_error
from playground.store.files import RUN_NAME
from playground.store.legacy_execution import execution_from
from playground.store.run import SPLITS, execution_json

FILE = "runs.sqlite"
VERSION = 9
PATIENCE = 10.0
"""Seconds that a read or a write waits for another program's."""
EPOCH_COLUMNS = tuple(field.name for field in fields(EpochMetrics))

_SCORES = ", ".join(f"{s}_loss REAL, {s}_accuracy REAL, {s}_images INTEGER" for s in SPLITS)
_TABLES = f"""
CREATE TABLE IF NOT EXISTS runs (
    name TEXT PRIMARY KEY, config TEXT NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL,
    owner TEXT NOT NULL, fingerprint TEXT NOT NULL,
    submitted REAL NOT NULL, started REAL, ended REAL,
    epochs INTEGER NOT NULL DEFAULT 0, best_epoch INTEGER, parameters INTEGER, seconds REAL,
    device TEXT, versions TEXT NOT NULL DEFAULT '{{}}', {_SCORES}
);
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (submitted);
CREATE TABLE IF NOT EXISTS epochs (
    run TEXT NOT NULL, {", ".join(EPOCH_COLUMNS)}, PRIMARY KEY (run, epoch)
) WITHOUT ROWID;
"""
_FOR_COMPARING = """
ALTER TABLE runs ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN family TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN keywords TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_by_family ON runs (family);
"""
_FOR_STUDIES = """
CREATE TABLE studies (
    name TEXT PRIMARY KEY, kind TEXT NOT NULL, definition TEXT NOT NULL, created REAL NOT NULL
);
CREATE TABLE trials (
    study TEXT NOT NULL, number INTEGER NOT NULL, run TEXT NOT NULL, choices TEXT NOT NULL,
    fingerprint TEXT NOT NULL, state TEXT NOT NULL, value REAL, epochs INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (study, number)
) WITHOUT ROWID;
"""
_FOR_SPEED = """
ALTER TABLE runs ADD COLUMN path TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN mirrored_loss REAL;
ALTER TABLE runs ADD COLUMN mirrored_accuracy REAL;
ALTER TABLE runs ADD COLUMN mirrored_images INTEGER;
"""
_FOR_CLASSES = """
ALTER TABLE runs ADD COLUMN bytes INTEGER;
ALTER TABLE runs ADD COLUMN time_limit REAL;
CREATE TABLE lessons (
    name TEXT PRIMARY KEY, definition TEXT NOT NULL, created REAL NOT NULL,
    revealed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE seats (
    lesson TEXT NOT NULL, visitor TEXT NOT NULL, nickname TEXT, folded TEXT, guess TEXT,
    PRIMARY KEY (lesson, visitor)
) WITHOUT ROWID;
CREATE UNIQUE INDEX seats_by_name ON seats (lesson, folded);
CREATE TABLE removed_names (
    lesson TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (lesson, folded)
) WITHOUT ROWID;
CREATE TABLE tries (
    lesson TEXT NOT NULL, visitor TEXT NOT NULL, run TEXT NOT NULL, asked REAL NOT NULL,
    PRIMARY KEY (lesson, visitor, run)
) WITHOUT ROWID;
CREATE INDEX tries_by_run ON tries (run);
"""
_FOR_SHARES = """
ALTER TABLE runs ADD COLUMN asker TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN removed TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_by_size ON runs (bytes, asker);
"""
_FOR_BOARDS = """
ALTER TABLE lessons ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE seats ADD COLUMN joined REAL NOT NULL DEFAULT 0;
"""
_FOR_PENALTIES = ("last_batch_loss", "last_batch_accuracy", "train_penalty", "penalty")
"""Columns of epochs, which a new store has from the start."""


def open_store(folder: Path) -> sqlite3.Connection:
    """Open the store in a folder, make it or bring it up to date. Raises StoreError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        _see_that_it_was_not_emptied(folder)
        _keep_from_others(folder)
    except OSError as error:
        raise StoreError(
            f"The run folder cannot be written ({error.strerror}): set PLAYGROUND_RUNS to a folder "
            "that can."
        ) from None
    db = connect(folder)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")  # two programs may open a new store at once
        _bring_up_to_date(db)
        db.execute("COMMIT")
    except sqlite3.Error as error:
        db.close()
        raise store_error(error) from None
    except BaseException:  # open, it would hold the store
        db.close()
        raise
    return db


def connect(folder: Path) -> sqlite3.Connection:
    """Connect to the store in a folder, for several threads. Raises StoreError."""
    try:
        db = sqlite3.connect(
            folder / FILE, check_same_thread=False, isolation_level=None, timeout=PATIENCE
        )
    except sqlite3.Error as error:
        raise store_error(error) from None
    db.row_factory = sqlite3.Row
    return db


def _see_that_it_was_not_emptied(folder: Path) -> None:
    # To SQLite a file of no bytes is a new database, and its runs would be gone without a word.
    file = folder / FILE
    if not file.exists() or file.stat().st_size:
        return
    if any(RUN_NAME.fullmatch(path.name) for path in folder.iterdir()):
        raise StoreError(
            "The store in the run folder is empty, though there are runs beside it: put a copy of "
            "runs.sqlite back in its place, or delete the empty file to begin anew."
        )


def _keep_from_others(folder: Path) -> None:
    """Have only this user read the database, as with the runs' folders (``tempfile.mkdtemp``).

    A folder that was there stays as it is: it may hold other things too.
    """
    (folder / FILE).touch(mode=0o600)
    for end in ("", "-wal", "-shm"):  # SQLite makes these as the first is
        file = folder / f"{FILE}{end}"
        if file.exists() and file.stat().st_uid == os.geteuid():
            file.chmod(0o600)


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise StoreError(
            "The store in the run folder was written by a newer version of the playground: "
            "update the playground, or set PLAYGROUND_RUNS to another folder."
        )
    if version < 1:
        _execute(db, _TABLES)
    if version < 2:
        _execute(db, _FOR_COMPARING)
        _fill_config_columns(db)
    if version < 3:
        _execute(db, _FOR_STUDIES)
    if version < 4:
        _execute(db, _FOR_SPEED)
    if version < 5:
        _execute(db, _FOR_CLASSES)
    if version < 6:
        _execute(db, _FOR_SHARES)
    if version < 7:
        _execute(db, _FOR_BOARDS)
    known = {row["name"] for row in db.execute("PRAGMA table_info(epochs)")}
    for column in _FOR_PENALTIES:
        if column not in known:
            db.execute(f"ALTER TABLE epochs ADD COLUMN {column}")
    if version < 9:
        _write_executions(db)
    db.execute(f"PRAGMA user_version = {VERSION}")


def config_columns(config: RunConfig) -> dict[str, str]:
    """Make the columns by which a config is searched and grouped without reading it."""
    kinds = (config.data.name, config.architecture.kind, config.optimizer.name)
    settings = (f"{path}={value}" for path, value in config.settings().items())
    return {"family": config.family, "keywords": " ".join([*kinds, *settings])}


def _fill_config_columns(db: sqlite3.Connection) -> None:
    for row in db.execute("SELECT name, config FROM runs").fetchall():
        try:
            values = config_columns(from_json(row["config"]))
        except ConfigError:  # from another version: listed by its name only
            continue
        columns = ", ".join(f"{column} = ?" for column in values)
        db.execute(f"UPDATE runs SET {columns} WHERE name = ?", (*values.values(), row["name"]))


def _write_executions(db: sqlite3.Connection) -> None:
    """Write as data how runs were computed, which rows told in prose, empty if unknown."""
    # The old column stays, empty: an older app that has this store open reads and writes it.
    db.execute("ALTER TABLE runs ADD COLUMN execution TEXT NOT NULL DEFAULT ''")
    db.create_function("as_data", 2, _as_data)
    db.execute("UPDATE runs SET execution = as_data(path, device), path = ''")


@lru_cache(maxsize=1024)
def _as_data(words: object, device: object) -> str:
    if not isinstance(words, str) or not words:
        return ""
    return execution_json(execution_from(words, str(device or "")))


def _execute(db: sqlite3.Connection, statements: str) -> None:
    # executescript would commit the transaction first.
    for statement in filter(str.strip, statements.split(";")):
        db.execute(statement)
