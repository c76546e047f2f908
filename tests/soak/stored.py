"""What the store has of a run, compared with what it had, and with what a page said of it."""

import hashlib
import sqlite3
from pathlib import Path

from playground import formats
from playground.store import RunStore
from tests.soak.session import Reported


def digest(store: RunStore, name: str) -> str:
    """All that is kept of a run, as one hash: its row, its epochs and its files."""
    found = hashlib.sha256()
    for table, key in (("runs", "name"), ("epochs", "run")):
        rows = store.database.query(f"SELECT * FROM {table} WHERE {key} = ?", name)
        found.update(repr([tuple(row) for row in rows]).encode())
    for path in sorted((store.folder / name).glob("*")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def is_complete(store: RunStore, name: str) -> bool:
    """Whether a finished run has all its epochs, its predictions and its weights."""
    run = store.get(name)
    arrays = store.arrays(name)
    return (
        run is not None
        and run.is_measured
        and len(store.epochs(name)) == run.epochs
        and {"probabilities_test", "labels_test"} <= set(arrays)
        and (scores := run.scores["test"]) is not None
        and len(arrays["probabilities_test"]) == scores.images
        and store.weights(name) is not None
    )


def agrees(store: RunStore, reported: Reported) -> bool:
    """Whether the store has a run with the figures that a page showed."""
    run = store.by_prefix(reported.run)
    if run is None or run.status != "finished":
        return False
    table = tuple(
        (split.capitalize(), formats.share(s.accuracy), formats.loss(s.loss), f"{s.images:,}")
        for split in ("train", "validation", "test")
        if (s := run.scores[split])
    )
    return table == reported.table


def integrity(folder: Path) -> str:
    """What SQLite says of the whole file: ``ok``, or what is wrong."""
    with sqlite3.connect(folder / "runs.sqlite") as db:
        (found,) = db.execute("PRAGMA integrity_check").fetchone()
    db.close()
    return found
