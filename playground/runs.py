"""Runs and the store that keeps them: SQLite for what is listed, plain files for what is large.

Only the app (or the command line) writes. A run's files are in place before its row says so, and
nothing is unpickled.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import psutil

from playground.config import RunConfig, from_json
from playground.records import EpochMetrics, Result, Scores, Status

SCHEMA_VERSION = 1
SPLITS = ("train", "validation", "test")
_EPOCH_COLUMNS = tuple(field.name for field in fields(EpochMetrics))
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS runs (
    name TEXT PRIMARY KEY, config TEXT NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL,
    owner TEXT NOT NULL, fingerprint TEXT NOT NULL,
    submitted REAL NOT NULL, started REAL, ended REAL,
    epochs INTEGER NOT NULL DEFAULT 0, best_epoch INTEGER, parameters INTEGER, seconds REAL,
    device TEXT, versions TEXT NOT NULL DEFAULT '{{}}',
    {", ".join(f"{s}_loss REAL, {s}_accuracy REAL, {s}_images INTEGER" for s in SPLITS)}
);
CREATE INDEX IF NOT EXISTS runs_by_time ON runs (submitted);
CREATE TABLE IF NOT EXISTS epochs (
    run TEXT NOT NULL, {", ".join(_EPOCH_COLUMNS)}, PRIMARY KEY (run, epoch)
) WITHOUT ROWID;
"""


class StoreError(RuntimeError):
    """The store cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Run:
    """A row of the store. Times are seconds since the epoch, ``seconds`` is training time."""

    name: str
    config_json: str
    status: Status
    message: str
    fingerprint: str
    submitted: float
    started: float | None
    ended: float | None
    epochs: int
    best_epoch: int | None
    parameters: int | None
    seconds: float | None
    device: str | None
    versions: dict[str, str]
    scores: dict[str, Scores | None]

    @cached_property
    def config(self) -> RunConfig:
        return from_json(self.config_json)

    @property
    def is_on(self) -> bool:
        """Whether it waits or trains."""
        return self.status in ("queued", "running")


class RunStore:
    """The runs in one folder. Safe to use from several threads, and from several processes."""

    def __init__(self, folder: Path) -> None:
        """Open the store, or make it. Raises StoreError where the folder cannot be used."""
        self.folder = folder
        self._lock = threading.RLock()
        self._owner = _owner(os.getpid())
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
            self._db = sqlite3.connect(
                folder / "runs.sqlite", check_same_thread=False, isolation_level=None, timeout=10
            )
            self._db.row_factory = sqlite3.Row
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            if found > SCHEMA_VERSION:
                self._db.close()
                raise StoreError(
                    f"The run store in {folder} was written by a newer version of the playground: "
                    "update the playground, or set PLAYGROUND_RUNS to another folder."
                )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_SCHEMA)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"The run store in {folder} cannot be read ({error}): move runs.sqlite elsewhere, "
                "or set PLAYGROUND_RUNS to another folder."
            ) from None
        except OSError as error:
            raise StoreError(
                f"The run folder {folder} cannot be written ({error.strerror}): set "
                "PLAYGROUND_RUNS to a folder that can."
            ) from None

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # --- reading ---

    def get(self, name: str) -> Run | None:
        """The run of that name, or None."""
        rows = self._query("SELECT * FROM runs WHERE name = ?", name)
        return _run(rows[0]) if rows else None

    def find(self, start: str) -> Run | None:
        """The only run whose name begins so (8 digits at least), or None."""
        if len(start) < 8 or not set(start) <= set("0123456789abcdef"):
            return None
        rows = self._query("SELECT * FROM runs WHERE name GLOB ? LIMIT 2", start + "*")
        return _run(rows[0]) if len(rows) == 1 else None

    def all(self, status: Status | None = None) -> list[Run]:
        """All runs, the newest first."""
        where, values = (" WHERE status = ?", (status,)) if status else ("", ())
        return [
            _run(r)
            for r in self._query(f"SELECT * FROM runs{where} ORDER BY submitted DESC", *values)
        ]

    def epochs(self, name: str) -> list[EpochMetrics]:
        """The run's epochs so far, in order."""
        columns = ", ".join(_EPOCH_COLUMNS)
        rows = self._query(f"SELECT {columns} FROM epochs WHERE run = ? ORDER BY epoch", name)
        return [EpochMetrics(*row) for row in rows]

    def answer(self, config: RunConfig, fingerprint: str) -> Run | None:
        """The stored run that answers this config on this data, or None.

        Only a run that came to its own end answers: one that was stopped, failed or was trained on
        other data does not.
        """
        run = self.get(config.name)
        whole = run is not None and run.status in ("finished", "diverged")
        return run if whole and run.fingerprint == fingerprint else None

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """What the run left in probabilities.npz; empty where it left nothing.

        ``probabilities_SPLIT`` (n, classes) and ``labels_SPLIT`` (n,) for validation and test,
        ``matrices`` (epochs, classes, classes) of the validation.
        """
        path = self.folder / name / "probabilities.npz"
        if not path.exists():
            return {}
        with np.load(path, allow_pickle=False) as file:
            return dict(file)

    def weights(self, name: str) -> Path | None:
        """The run's weights.safetensors, or None."""
        path = self.folder / name / "weights.safetensors"
        return path if path.exists() else None

    # --- writing ---

    def queue(self, config: RunConfig, fingerprint: str) -> bool:
        """Enter a run that waits. What an earlier run of the same config left is dropped.

        False where another process that lives has this run waiting or training: then nothing is
        changed. What this process has on is the engine's to know.
        """
        name = config.name
        with self._transaction():
            known = self._query("SELECT status, owner FROM runs WHERE name = ?", name)
            on = known and known[0]["status"] in ("queued", "running")
            if on and known[0]["owner"] != self._owner and _lives(known[0]["owner"]):
                return False
            self._db.execute("DELETE FROM epochs WHERE run = ?", (name,))
            self._db.execute(
                "INSERT OR REPLACE INTO runs (name, config, status, message, owner, fingerprint, "
                "submitted) VALUES (?, ?, 'queued', '', ?, ?, ?)",
                (name, config.canonical(), self._owner, fingerprint, time.time()),
            )
        shutil.rmtree(self.folder / name, ignore_errors=True)
        return True

    def start(self, name: str) -> None:
        """The run has begun."""
        self._write(
            "UPDATE runs SET status = 'running', started = ? WHERE name = ? AND status = 'queued'",
            time.time(),
            name,
        )

    def add_epochs(self, name: str, epochs: Iterable[EpochMetrics]) -> None:
        """Keep epochs as they come; one that is there already is replaced."""
        with self._transaction():
            self._add_epochs(name, epochs)

    def finish(self, name: str, result: Result) -> None:
        """Keep what a run became: files first, then the row. Raises StoreError on a full disk."""
        try:
            self._save_files(name, result)
        except OSError as error:
            sentence = f"The run could not be kept in {self.folder} ({error.strerror})."
            self.end(name, "failed", sentence + " Make room there and train again.")
            raise StoreError(sentence) from None
        scores = {
            f"{split}_{field}": value
            for split in SPLITS
            for field, value in zip(
                ("loss", "accuracy", "images"),
                astuple(result.scores[split]) if result.scores.get(split) else (None,) * 3,
                strict=True,
            )
        }
        row = {
            "status": result.status,
            "message": result.message,
            "ended": time.time(),
            "epochs": result.epochs,
            "best_epoch": result.best_epoch,
            "parameters": result.parameters,
            "seconds": result.seconds,
            "device": result.device,
            "versions": json.dumps(result.versions),
            "fingerprint": result.fingerprint,
            **scores,
        }
        with self._transaction():
            self._add_epochs(name, result.history)
            columns = ", ".join(f"{column} = ?" for column in row)
            self._db.execute(f"UPDATE runs SET {columns} WHERE name = ?", (*row.values(), name))

    def end(self, name: str, status: Status, message: str) -> None:
        """Close a run that left no result."""
        self._write(
            "UPDATE runs SET status = ?, message = ?, ended = ? WHERE name = ? "
            "AND status IN ('queued', 'running')",
            status,
            message,
            time.time(),
            name,
        )

    def mark_interrupted(self) -> int:
        """Mark the runs whose process is gone; returns how many there were."""
        rows = self._query("SELECT name, owner FROM runs WHERE status IN ('queued', 'running')")
        gone = [row["name"] for row in rows if not _lives(row["owner"])]
        for name in gone:
            self.end(name, "interrupted", "The playground was closed before this run ended.")
        return len(gone)

    def _add_epochs(self, name: str, epochs: Iterable[EpochMetrics]) -> None:
        marks = ", ".join("?" * (len(_EPOCH_COLUMNS) + 1))
        self._db.executemany(
            f"INSERT OR REPLACE INTO epochs (run, {', '.join(_EPOCH_COLUMNS)}) VALUES ({marks})",
            [(name, *astuple(epoch)) for epoch in epochs],
        )
        self._db.execute(
            "UPDATE runs SET epochs = (SELECT COUNT(*) FROM epochs WHERE run = ?) WHERE name = ?",
            (name, name),
        )

    def _save_files(self, name: str, result: Result) -> None:
        """Write the run's files beside their place and put them there in one move."""
        beside = Path(tempfile.mkdtemp(dir=self.folder, prefix=".partial-"))
        try:
            arrays = {f"probabilities_{k}": v for k, v in result.probabilities.items()}
            arrays |= {f"labels_{k}": v for k, v in result.labels.items()}
            if result.matrices is not None:
                arrays["matrices"] = result.matrices
            np.savez_compressed(beside / "probabilities.npz", **arrays)
            (beside / "weights.safetensors").write_bytes(result.weights)
            shutil.rmtree(self.folder / name, ignore_errors=True)
            beside.rename(self.folder / name)
        finally:
            shutil.rmtree(beside, ignore_errors=True)

    def _query(self, sql: str, *values: object) -> "list[sqlite3.Row]":
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def _write(self, sql: str, *values: object) -> None:
        with self._transaction():
            self._db.execute(sql, values)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._unusable(error) from None
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def _unusable(self, error: sqlite3.Error) -> StoreError:
        return StoreError(
            f"The run store in {self.folder} cannot be used just now ({error}): see that there is "
            "room on the disk and that the folder can be written."
        )


def _run(row: sqlite3.Row) -> Run:
    scores = {
        split: Scores(row[f"{split}_loss"], row[f"{split}_accuracy"], row[f"{split}_images"])
        if row[f"{split}_loss"] is not None
        else None
        for split in SPLITS
    }
    return Run(
        config_json=row["config"],
        versions=json.loads(row["versions"]),
        scores=scores,
        **{
            field.name: row[field.name]
            for field in fields(Run)
            if field.name not in ("config_json", "versions", "scores")
        },
    )


def _owner(pid: int) -> str:
    """A process by number and start, as numbers are used again."""
    return f"{pid}:{psutil.Process(pid).create_time():.1f}"


def _lives(owner: str) -> bool:
    try:
        return _owner(int(owner.partition(":")[0])) == owner
    except (psutil.Error, ValueError):
        return False
