"""A search and what the store has of it."""

from dataclasses import dataclass
from functools import cached_property

from playground.config.sweeps import Search
from playground.store import Run, Trial


@dataclass(frozen=True)
class SearchResults:
    """A search, its trials in order, and their runs that are stored, by name."""

    search: Search
    trials: list[Trial]
    runs: dict[str, Run]
    on: bool

    @cached_property
    def ended(self) -> list[Trial]:
        """The trials that need no more training."""
        return [trial for trial in self.trials if trial.state != "running"]

    @cached_property
    def complete(self) -> list[Trial]:
        """The trials that were trained to their end."""
        return [trial for trial in self.trials if trial.state == "complete"]

    @cached_property
    def best(self) -> Trial | None:
        """The complete trial with the highest validation accuracy, the first of several."""
        return max(self.complete, key=lambda trial: trial.value or 0.0, default=None)

    @cached_property
    def base(self) -> Trial | None:
        """The complete trial of the settings that the search began from."""
        first = self.search.first()
        return next((trial for trial in self.complete if trial.values == first), None)

    @cached_property
    def comparable(self) -> list[Trial]:
        """The complete trials whose runs are still stored, the best first."""
        there = [trial for trial in self.complete if trial.run in self.runs]
        return sorted(there, key=lambda trial: -(trial.value or 0.0))

    @cached_property
    def ranked(self) -> list[Trial]:
        """These, each different run once: two trials may have chosen the same values."""
        return list({trial.run: trial for trial in reversed(self.comparable)}.values())[::-1]

    def count(self, state: str) -> int:
        """Count the trials that are in that state."""
        return sum(trial.state == state for trial in self.trials)
