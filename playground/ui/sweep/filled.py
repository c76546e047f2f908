"""A sweep and what the store has of it."""

from dataclasses import dataclass

from playground.runs import Run
from playground.sweeps import Member, Sweep
from playground.ui import words

Values = tuple[str, ...]
"""A value on each axis, as the axis writes it."""


@dataclass(frozen=True)
class Board:
    """A sweep and what the store has of it."""

    sweep: Sweep
    members: tuple[Member, ...]
    runs: dict[str, Run]

    @property
    def cells(self) -> dict[Values, list[Run | None]]:
        """The runs of each combination, a seed after the other; None where there is none yet."""
        found: dict[Values, list[Run | None]] = {}
        for member in self.members:
            found.setdefault(member.values, []).append(self.runs.get(member.config.name))
        return found

    @property
    def done(self) -> list[Run]:
        """The runs that came to their own end."""
        return [run for run in self.runs.values() if run.status in ("finished", "diverged")]

    def figures(self, name: str) -> dict[Values, list[float]]:
        """A figure such as ``validation accuracy`` of the finished runs, by combination."""
        split, _, quantity = name.partition(" ")
        return {
            values: [
                getattr(scores, quantity)
                for run in runs
                if run and run.status == "finished" and (scores := run.scores[split])
            ]
            for values, runs in self.cells.items()
        }

    def labels(self) -> tuple[str, ...]:
        """What the axes are called."""
        return tuple(words.of_path(self.sweep.base, axis.path) for axis in self.sweep.axes)

    def first(self, values: Values) -> Member:
        """The first member of a combination."""
        return next(member for member in self.members if member.values == values)

    def told(self, values: Values) -> str:
        """A combination in words."""
        pairs = zip(self.labels(), self.sweep.axes, values, strict=True)
        return ", ".join(f"{label} {self.value(a.path, value)}" for label, a, value in pairs)

    def value(self, path: str, value: str) -> str:
        """A setting's value in words."""
        setting = words.of_setting(self.sweep.base, path)
        choice = setting is None or setting.kind == "choice"
        return words.of_value(value) if choice else value
