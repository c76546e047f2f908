"""Sweeps: each asks the queue for its runs under its own name, so it takes turns with visitors.

Nothing of a sweep is kept but what was asked for: which runs are done is the store's to know, so a
sweep that was stopped, or whose app was closed, goes on by being asked for again.
"""

from collections import Counter
from typing import TYPE_CHECKING

from playground.config.sweeps import Sweep, from_json
from playground.data import datasets
from playground.data.datasets import DataError
from playground.service import study_eta
from playground.service.study_eta import StudyEta
from playground.store import Run, Study

if TYPE_CHECKING:
    from playground.service import Engine


class Sweeps:
    """The sweeps of one engine. Any thread may call its methods."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    def start(self, sweep: Sweep, visitor: str = "", may_stack: bool = True) -> Counter[str]:
        """Ask for every run of a sweep; gives how many were ``cached``, ``joined``, ``submitted``.

        Runs that ``may_stack`` train together, up to rounding as they do alone.

        Raises SweepError, datasets.DataError, StoreError or LimitError.
        """
        configs = {member.run: member.config for member in sweep.members()}
        for data in {config.data for config in configs.values()}:
            datasets.fingerprint(data, self._engine.data)
        tickets = self._engine.train_all(
            configs.values(), _who(sweep.name), visitor, may_stack=may_stack
        )
        self._engine.store.studies.keep(sweep.name, "sweep", sweep.canonical())
        return Counter(ticket.how for ticket in tickets)

    def stop(self, name: str, visitor: str | None = None) -> bool:
        """Stop the runs of a sweep that wait or train; those that others asked for too go on.

        For one ``visitor``: False if it goes on, since others began it too.
        """
        return self._engine.stop_all(_who(name), visitor)

    def is_active(self, sweep: Sweep) -> bool:
        """Tell whether a run of the sweep waits or trains here, whoever asked for it."""
        return any(self._engine.has_run(member.run) for member in sweep.members())

    def can_stop(self, name: str) -> bool:
        """Tell whether a run waits or trains for this sweep alone."""
        return self._engine.has_runs_of(_who(name))

    def is_of(self, name: str, visitor: str) -> bool:
        """Tell whether this visitor began the sweep."""
        return self._engine.is_of(_who(name), visitor)

    def runs(self, sweep: Sweep) -> dict[str, Run]:
        """List the stored runs of a sweep by name, without those of data that has been replaced."""
        members = sweep.members()
        now = {}
        for data in {member.config.data for member in members}:
            try:
                now[data] = datasets.fingerprint(data, self._engine.data)
            except DataError:  # the data is gone: what was trained on it is still shown
                continue
        found = self._engine.store.get_many({member.run for member in members})
        of_data = {member.run: now.get(member.config.data) for member in members}
        return {
            name: run
            for name, run in found.items()
            if of_data[name] is None or run.fingerprint == of_data[name]
        }

    def eta(self, sweep: Sweep) -> StudyEta:
        """Tell how long what is missing of a sweep takes. Raises SweepError, datasets.DataError,
        network.ImpossibleNetwork or StoreError."""
        return study_eta.of_sweep(self._engine, sweep)

    def by_prefix(self, start: str) -> Sweep | None:
        """Find the stored sweep whose name begins so, or None. Raises SweepError."""
        study = self._engine.store.studies.by_prefix(start)
        return from_json(study.definition) if study and study.kind == "sweep" else None

    def all(self) -> list[Study]:
        """List the stored sweeps, the newest first."""
        return self._engine.store.studies.all("sweep")


def _who(name: str) -> str:
    return f"sweep {name}"
