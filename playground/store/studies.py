"""Studies: sweeps and searches that were asked for, and the trials of a search.

What a study means is another room's to know: here it is a name, a kind and a text.
"""

import json
import time
from dataclasses import dataclass
from typing import Literal

from playground.store.database import Database

MOST_KEPT = 10_000
"""Studies of a kind: beyond, the oldest go. Their runs stay, so whoever asks again has them."""

StudyKind = Literal["sweep", "search"]
TrialState = Literal["running", "complete", "pruned", "failed"]


@dataclass(frozen=True)
class Study:
    """A sweep or a search; ``created`` is in seconds since the epoch."""

    name: str
    kind: StudyKind
    definition: str
    """What was asked for, as JSON."""
    created: float


@dataclass(frozen=True)
class Trial:
    """One trial of a search, counted from 0."""

    number: int
    run: str
    """The name of the run it trains."""
    values: dict[str, str]
    """What it chose, by dotted path, as text."""
    fingerprint: str
    """That of the data it is trained on."""
    state: TrialState = "running"
    value: float | None = None
    """The validation accuracy it came to, 0 to 1."""
    epochs: int = 0
    """Epochs it was trained for."""


class Studies:
    """The studies in a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, name: str, kind: StudyKind, definition: str) -> None:
        """Keep what was asked for; asked for again, it counts as new."""
        with self._database.transaction():
            self._database.insert(
                "studies",
                {"name": name, "kind": kind, "definition": definition, "created": time.time()},
            )
            gone = self._database.query(
                "SELECT name FROM studies WHERE kind = ?1 ORDER BY rowid "
                "LIMIT MAX(0, (SELECT COUNT(*) FROM studies WHERE kind = ?1) - ?2)",
                *(kind, MOST_KEPT),
            )
            for (old,) in gone:
                self._database.connection.execute("DELETE FROM studies WHERE name = ?", (old,))
                self._database.connection.execute("DELETE FROM trials WHERE study = ?", (old,))

    def by_prefix(self, start: str) -> Study | None:
        """Find the only study whose name begins so (8 digits at least), or None."""
        if len(start) < 8 or not set(start) <= set("0123456789abcdef"):
            return None
        rows = self._database.query("SELECT * FROM studies WHERE name GLOB ? LIMIT 2", start + "*")
        return Study(**dict(rows[0])) if len(rows) == 1 else None

    def all(self, kind: StudyKind, limit: int = 100) -> list[Study]:
        """List the studies of a kind, the newest first."""
        rows = self._database.query(
            "SELECT * FROM studies WHERE kind = ? ORDER BY rowid DESC LIMIT ?", kind, limit
        )
        return [Study(**dict(row)) for row in rows]

    def begin_trial(self, study: str, trial: Trial) -> None:
        """Store a trial that has been chosen and will be trained."""
        row: dict[str, object] = {
            "study": study,
            "number": trial.number,
            "run": trial.run,
            "choices": json.dumps(trial.values),
            "fingerprint": trial.fingerprint,
            "state": trial.state,
        }
        with self._database.transaction():
            self._database.insert("trials", row)

    def end_trial(self, study: str, trial: Trial) -> None:
        """Store what became of a trial."""
        self._database.write(
            "UPDATE trials SET state = ?, value = ?, epochs = ? WHERE study = ? AND number = ?",
            *(trial.state, trial.value, trial.epochs, study, trial.number),
        )

    def trials(self, study: str) -> list[Trial]:
        """List a search's trials, in order."""
        rows = self._database.query("SELECT * FROM trials WHERE study = ? ORDER BY number", study)
        return [
            Trial(
                row["number"], row["run"], json.loads(row["choices"]), row["fingerprint"],
                row["state"], row["value"], row["epochs"],
            )
            for row in rows
        ]  # fmt: skip
