"""RunStore: how runs are kept and found again."""

import json
import os
import shutil
import time
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from types import MappingProxyType

import numpy as np

from playground.config import RunConfig
from playground.results import EpochMetrics, Result, Status
from playground.store import epochs, files, run_query
from playground.store.database import Database
from playground.store.disk_quota import asker_of, fit_result
from playground.store.errors import StoreError
from playground.store.lesson_store import LessonStore
from playground.store.owners import lives, owner_of
from playground.store.run import SPLITS, Run, execution_json, run_of
from playground.store.run_query import SORTS
from playground.store.schema import config_columns
from playground.store.studies import Studies
from playground.visible import visible

_NOW = "MAX(?, COALESCE(started, submitted))"
"""The time of an end, in SQL: the clock may have been set back since the run began."""


class RunStore:
    """The runs in one folder. Safe to use from several threads, and from several processes."""

    def __init__(self, folder: Path) -> None:
        """Open the store, or make it. Raises StoreError if the folder cannot be used."""
        self.folder = folder
        self.database = Database(folder)
        self.studies = Studies(self.database)
        self.lessons = LessonStore(self.database)
        self._owner = owner_of(os.getpid())
        files.remove_leftovers(folder)

    def close(self) -> None:
        """Close the store."""
        self.database.close()

    # --- reading ---

    def get(self, name: str) -> Run | None:
        """Read the run of that name, or None."""
        rows = self.database.query("SELECT * FROM runs WHERE name = ?", name)
        return run_of(rows[0]) if rows else None

    def get_many(self, names: Iterable[str]) -> dict[str, Run]:
        """Read the stored runs among these names, by name."""
        listed = json.dumps(list(names))
        rows = self.database.query(
            "SELECT * FROM runs WHERE name IN (SELECT value FROM json_each(?))", listed
        )
        return {row["name"]: run_of(row) for row in rows}

    def by_prefix(self, start: str) -> Run | None:
        """Find the only run whose name begins so (8 digits at least), or None."""
        if len(start) < 8 or not set(start) <= set("0123456789abcdef"):
            return None
        rows = self.database.query("SELECT * FROM runs WHERE name GLOB ? LIMIT 2", start + "*")
        return run_of(rows[0]) if len(rows) == 1 else None

    def all(self, status: Status | None = None) -> list[Run]:
        """List all runs, the newest first."""
        where, values = (" WHERE status = ?", (status,)) if status else ("", ())
        sql = f"SELECT * FROM runs{where} ORDER BY {SORTS['submitted']} DESC"
        return [run_of(row) for row in self.database.query(sql, *values)]

    def find(
        self,
        words: str = "",
        sort: str = "submitted",
        descending: bool = True,
        starred: bool = False,
        measured: bool = False,
        limit: int = 100,
        skip: int = 0,
        titles: Mapping[str, str] = MappingProxyType({}),
    ) -> tuple[list[Run], int]:
        """List ``limit`` runs of those that match, after the first ``skip``, and how many match in
        all.

        Every one of ``words`` must occur in a run's title, settings, status or device, or in what
        ``titles`` calls it, or begin its name; ``sort`` is one of SORTS; ``measured`` leaves out
        the runs that came to no figures.
        """
        where, values = run_query.conditions(words, titles, starred, measured)
        order = run_query.order(sort, descending)
        sql = f"SELECT * FROM runs WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
        count = self.database.query(f"SELECT COUNT(*) FROM runs WHERE {where}", *values)[0][0]
        return [run_of(row) for row in self.database.query(sql, *values, limit, skip)], count

    def family(self, name: str, fingerprint: str) -> list[Run]:
        """List the runs on the same data that differ by the seed only (RunConfig.family), by
        seed."""
        if not name:
            return []
        rows = self.database.query(
            "SELECT * FROM runs WHERE family = ? AND fingerprint = ?", name, fingerprint
        )
        return sorted(map(run_of, rows), key=lambda one: one.config.run.seed)

    def epochs(self, name: str, after: int = 0, every: int = 1) -> list[EpochMetrics]:
        """Read the run's epochs so far, in order; those ``after`` an epoch only, or every so
        many."""
        return epochs.read(self.database, name, after, every)

    def later_epochs(self, after: Mapping[str, int]) -> dict[str, list[EpochMetrics]]:
        """Read several runs' epochs, in order, each ``after`` the epoch that stands by its name."""
        return epochs.read_later(self.database, after)

    def answer(
        self,
        config: RunConfig,
        fingerprint: str,
        limit: float | None = None,
        stacked: bool = False,
    ) -> Run | None:
        """Find the stored run that answers this config on this data, or None.

        Only a run that came to its own end answers, or one that was stopped after at least
        ``limit`` seconds if no more are allowed: one that was stopped else, failed or was
        trained on other data does not, nor one that was trained in a stack, unless that may be.
        """
        run = self.get(config.name)
        if run is None or run.fingerprint != fingerprint or not run.is_complete:
            return None
        if run.is_stacked and not stacked:
            return None
        short = run.limit is not None and (limit is None or limit > run.limit)
        return None if short else run

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """Read what the run left in probabilities.npz; empty if it left nothing. Raises StoreError.

        ``probabilities_SPLIT`` (n, classes) and ``labels_SPLIT`` (n,) for validation and test,
        ``matrices`` (epochs, classes, classes) of the validation, ``units`` as Result has them.
        """
        try:
            return files.arrays(self.folder / name)
        except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
            raise StoreError(
                "What this run left on the disk cannot be read: delete the run, and train it again."
            ) from None

    def snapshot_epochs(self, name: str) -> list[int]:
        """List the epochs of which the run keeps its network."""
        return files.snapshot_epochs(self.folder / name)

    def weights(self, name: str) -> Path | None:
        """Find the run's weights.safetensors, or None."""
        return files.weights(self.folder / name)

    # --- writing ---

    def handover_folder(self) -> Path | None:
        """Return where a worker of this machine may leave large weights (Result.weights_at) for
        ``finish``; None if the run folder takes none."""
        try:
            return files.handover_folder(self.folder, self._owner)
        except OSError:  # they come as bytes then
            return None

    def clear_handover(self, key: str) -> None:
        """Remove what the worker left of a run that it knew by this key."""
        if handover_folder := self.handover_folder():
            for left in handover_folder.glob(f"{key}*"):
                with suppress(OSError):  # all of it goes once this process has
                    left.unlink()

    def queue(self, config: RunConfig, fingerprint: str, visitor: str = "") -> bool:
        """Enter a run that waits, and which visitor asked first. What an earlier run of the same
        config left is dropped.

        False if another process that lives has this run waiting or training: then nothing is
        changed. What this process has on is the engine's to know.
        """
        return bool(self.queue_all([(config, fingerprint)], visitor))

    def queue_all(self, asked: Iterable[tuple[RunConfig, str]], visitor: str = "") -> set[str]:
        """Do ``queue`` for each with its fingerprint, all or none; gives the names of those
        entered. Raises StoreError."""
        asker = asker_of(visitor)
        with self.database.transaction():
            entered = {config.name for config, data in asked if self._enter(config, data, asker)}
        for name in entered:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        return entered

    def _enter(self, config: RunConfig, fingerprint: str, asker: str) -> bool:
        """Do ``queue``, within a transaction."""
        name = config.name
        known = self.database.query(
            "SELECT status, owner, title, starred FROM runs WHERE name = ?", name
        )
        on = known and known[0]["status"] in ("queued", "running")
        if on and known[0]["owner"] != self._owner and lives(known[0]["owner"]):
            return False
        self.database.connection.execute("DELETE FROM epochs WHERE run = ?", (name,))
        row = {
            "name": name,
            "config": config.canonical(),
            "status": "queued",
            "message": "",
            "owner": self._owner,
            "fingerprint": fingerprint,
            "asker": asker,
            "submitted": time.time(),
            "title": known[0]["title"] if known else "",
            "starred": known[0]["starred"] if known else 0,
            **config_columns(config),
        }
        self.database.insert("runs", row)
        return True

    def start(self, name: str) -> None:
        """Record that the run has begun, perhaps anew: what an attempt left whose worker died is
        dropped."""
        with self.database.transaction():
            self.database.connection.execute(
                "UPDATE runs SET status = 'running', started = MAX(?, submitted) "
                "WHERE name = ? AND status IN ('queued', 'running')",
                (time.time(), name),
            )
            self.database.connection.execute("DELETE FROM epochs WHERE run = ?", (name,))

    def add_epochs(self, name: str, new: Iterable[EpochMetrics]) -> None:
        """Keep epochs as they come; one that is there already is replaced."""
        with self.database.transaction():
            epochs.add(self.database, name, new)

    def finish(self, name: str, result: Result, most: int | None = None) -> None:
        """Keep what a run became: files first, then the row. If the store may take at ``most``
        so many bytes, room is made before. Raises StoreError on a full disk."""
        result, without = fit_result(self, most, name, result) if most is not None else (result, ())
        try:
            size = files.save(self.folder, name, result, self._owner)
        except OSError as error:
            raise StoreError(
                f"The run could not be kept in the run folder ({error.strerror}): make room on its "
                "disk."
            ) from None
        measured = {split: result.scores.get(split) for split in SPLITS}
        scores = {
            f"{of}_{field}": value
            for of, found in (measured | {"mirrored": result.mirrored}).items()
            for field, value in zip(
                ("loss", "accuracy", "images"),
                astuple(found) if found else (None,) * 3,
                strict=True,
            )
        }
        row = {
            "status": result.status,
            "message": result.message,
            "epochs": result.epochs,
            "best_epoch": result.best_epoch,
            "parameters": result.parameters,
            "seconds": result.seconds,
            "device": result.device,
            "execution": execution_json(result.execution),
            "versions": json.dumps(result.versions),
            "fingerprint": result.fingerprint,
            "bytes": size,
            "time_limit": result.limit,
            "removed": _names_of_files(without),
            **scores,
        }
        columns = ", ".join(f"{column} = ?" for column in row)
        values = (*row.values(), time.time(), name)
        try:
            with self.database.transaction():
                epochs.add(self.database, name, result.history)
                self.database.connection.execute(
                    f"UPDATE runs SET {columns}, ended = {_NOW} WHERE name = ?", values
                )
        except StoreError:  # no row tells of the files, and they may fill the disk
            shutil.rmtree(self.folder / name, ignore_errors=True)
            raise

    def end(self, name: str, status: Status, message: str) -> None:
        """Close a run that left no result."""
        self.end_all([name], status, message)

    def end_all(self, names: Iterable[str], status: Status, message: str) -> None:
        """Do ``end`` for each, all or none. Raises StoreError."""
        self.database.write(
            f"UPDATE runs SET status = ?, message = ?, ended = {_NOW} WHERE name IN "
            "(SELECT value FROM json_each(?)) AND status IN ('queued', 'running')",
            status,
            message,
            time.time(),
            json.dumps(list(names)),
        )

    def rename(self, name: str, title: str) -> None:
        """Call a run something; an empty title takes its name away. 80 characters are kept."""
        self.database.write(
            "UPDATE runs SET title = ? WHERE name = ?", " ".join(visible(title).split())[:80], name
        )

    def star(self, name: str, starred: bool) -> None:
        """Mark a run as one to keep in sight, or no longer."""
        self.database.write("UPDATE runs SET starred = ? WHERE name = ?", int(starred), name)

    def delete(self, name: str) -> bool:
        """Remove a run and its files; False if it is on, or not there."""
        with self.database.transaction():
            gone = self.database.connection.execute(
                "DELETE FROM runs WHERE name = ? AND status NOT IN ('queued', 'running')", (name,)
            ).rowcount
            if gone:
                self.database.connection.execute("DELETE FROM epochs WHERE run = ?", (name,))
                self.database.connection.execute("DELETE FROM tries WHERE run = ?", (name,))
        if gone:
            shutil.rmtree(self.folder / name, ignore_errors=True)
        return bool(gone)

    def remove_file(self, name: str, file: str) -> int:
        """Remove a large file of a run that has ended, to make room; gives its bytes. Its figures
        stay, and its row says what is gone."""
        if not (size := files.size_of(self.folder / name, file)):
            return 0
        with self.database.transaction():
            rows = self.database.query("SELECT removed FROM runs WHERE name = ?", name)
            if not rows:
                return 0
            known = [
                one for one, word in files.LARGE.items() if word and word in rows[0]["removed"]
            ]
            self.database.connection.execute(
                "UPDATE runs SET removed = ?, bytes = MAX(bytes - ?, 0) WHERE name = ?",
                (_names_of_files([*known, file]), size, name),
            )
        files.remove(self.folder / name, file)
        return size

    def mark_interrupted(self) -> int:
        """Mark the runs whose process is gone; returns how many there were."""
        rows = self.database.query(
            "SELECT name, owner FROM runs WHERE status IN ('queued', 'running')"
        )
        # With its owner: another process may have it on again by the time that it is marked.
        return sum(
            self.database.write(
                f"UPDATE runs SET status = 'interrupted', message = ?, ended = {_NOW} "
                "WHERE name = ? AND owner = ? AND status IN ('queued', 'running')",
                "The playground was closed before this run ended.",
                time.time(),
                *row,
            )
            for row in rows
            if not lives(row["owner"])
        )


def _names_of_files(removed: Iterable[str]) -> str:
    return " and ".join(filter(None, (files.LARGE[file] for file in removed)))
