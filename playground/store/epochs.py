"""The epochs of stored runs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple

from playground.results import EpochMetrics
from playground.store.database import Database
from playground.store.schema import EPOCH_COLUMNS

_COLUMNS = ", ".join(EPOCH_COLUMNS)
_MARKS = ", ".join("?" * (len(EPOCH_COLUMNS) + 1))


def read(database: Database, run: str, after: int, every: int) -> list[EpochMetrics]:
    """Read a run's epochs after one of them, in order; those whose number ``every`` divides."""
    rows = database.query(
        f"SELECT {_COLUMNS} FROM epochs WHERE run = ? AND epoch > ? AND epoch % ? = 0 "
        "ORDER BY epoch",
        *(run, after, every),
    )
    return [EpochMetrics(*row) for row in rows]


def read_later(database: Database, after: Mapping[str, int]) -> dict[str, list[EpochMetrics]]:
    """Read several runs' epochs, each after the epoch that stands by its name; in order."""
    rows = database.query(
        f"SELECT run, {_COLUMNS} FROM json_each(?) AS asked JOIN epochs ON run = asked.key "
        "WHERE epoch > asked.value ORDER BY run, epoch",
        json.dumps(dict(after)),
    )
    found: dict[str, list[EpochMetrics]] = {}
    for run, *values in rows:
        found.setdefault(run, []).append(EpochMetrics(*values))
    return found


def add(database: Database, run: str, new: Iterable[EpochMetrics]) -> None:
    """Enter epochs of a run; one that is there already is replaced. Within a transaction."""
    database.connection.executemany(
        f"INSERT OR REPLACE INTO epochs (run, {_COLUMNS}) VALUES ({_MARKS})",
        [(run, *astuple(epoch)) for epoch in new],
    )
    database.connection.execute(
        "UPDATE runs SET epochs = (SELECT COUNT(*) FROM epochs WHERE run = ?) WHERE name = ?",
        (run, run),
    )
