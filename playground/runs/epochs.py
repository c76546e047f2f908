"""The epochs of stored runs."""

from collections.abc import Iterable
from dataclasses import astuple

from playground.records import EpochMetrics
from playground.runs.database import Database
from playground.runs.schema import EPOCH_COLUMNS

_COLUMNS = ", ".join(EPOCH_COLUMNS)
_MARKS = ", ".join("?" * (len(EPOCH_COLUMNS) + 1))


def read(database: Database, run: str, after: int) -> list[EpochMetrics]:
    """A run's epochs after one of them, in order."""
    rows = database.query(
        f"SELECT {_COLUMNS} FROM epochs WHERE run = ? AND epoch > ? ORDER BY epoch", run, after
    )
    return [EpochMetrics(*row) for row in rows]


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
