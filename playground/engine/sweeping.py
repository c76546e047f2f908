"""Sweeps: each asks the queue for its runs under its own name, so it takes turns with visitors.

Nothing of a sweep is kept but what was asked for: which runs are done is the store's to know, so a
sweep that was stopped, or whose app was closed, goes on by being asked for again.
"""

from collections import Counter
from typing import TYPE_CHECKING

from playground.runs import Study
from playground.sweeps import Sweep, from_json

if TYPE_CHECKING:
    from playground.engine import Engine


class Sweeps:
    """The sweeps of one engine. Any thread may call its methods."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def start(self, sweep: Sweep) -> Counter[str]:
        """Ask for every run of a sweep; gives how many were ``cached``, ``joined``, ``submitted``.

        Raises SweepError, datasets.DataError or StoreError.
        """
        members = sweep.members()
        self._engine.store.studies.keep(sweep.name, "sweep", sweep.canonical())
        who = _who(sweep.name)
        return Counter(self._engine.train(member.config, who).how for member in members)

    def stop(self, name: str) -> None:
        """Stop the runs of a sweep that wait or train; those that others asked for go on."""
        self._engine.stop_all(_who(name))

    def is_on(self, name: str) -> bool:
        """Whether any run waits or trains for this sweep."""
        return self._engine.asks(_who(name))

    def find(self, start: str) -> Sweep | None:
        """The stored sweep whose name begins so, or None. Raises SweepError."""
        study = self._engine.store.studies.find(start)
        return from_json(study.definition) if study and study.kind == "sweep" else None

    def all(self) -> list[Study]:
        """What was asked for, the newest first."""
        return self._engine.store.studies.all("sweep")


def _who(name: str) -> str:
    return f"sweep {name}"
