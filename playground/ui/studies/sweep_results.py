"""A sweep and what the store has of it."""

from dataclasses import dataclass
from functools import cached_property

from playground.analysis import evaluation, labels
from playground.analysis.evaluation import Spread
from playground.config.sweeps import Member, Sweep
from playground.store import Run

Values = tuple[str, ...]
"""A value on each axis, as the axis writes it."""


@dataclass(frozen=True)
class SweepResults:
    """A sweep and the runs it has in the store, by name."""

    sweep: Sweep
    members: tuple[Member, ...]
    runs: dict[str, Run]

    @cached_property
    def total(self) -> int:
        """How many runs it has; two members may be one."""
        return len({member.run for member in self.members})

    @cached_property
    def combinations(self) -> dict[Values, list[Run | None]]:
        """The runs of each combination, a seed after the other; None if there is none yet."""
        found: dict[Values, list[Run | None]] = {}
        for member in self.members:
            found.setdefault(member.values, []).append(self.runs.get(member.run))
        return found

    @cached_property
    def first(self) -> dict[Values, Member]:
        """The first member of each combination."""
        found: dict[Values, Member] = {}
        for member in self.members:
            found.setdefault(member.values, member)
        return found

    @cached_property
    def done(self) -> list[Run]:
        """The runs that came to their own end."""
        return [run for run in self.runs.values() if run.is_complete]

    def figures(self, name: str) -> dict[Values, list[float]]:
        """Return a figure such as ``validation accuracy`` of the finished runs, by combination."""
        split, _, quantity = name.partition(" ")
        return {
            values: [
                getattr(scores, quantity)
                for run in runs
                if run and run.status == "finished" and (scores := run.scores[split])
            ]
            for values, runs in self.combinations.items()
        }

    @cached_property
    def spreads(self) -> dict[Values, Spread]:
        """Validation accuracy over the seeds, of combinations whose every seed finished, the best
        first; empty if the runs cannot be ranked."""
        if not self.sweep.ranks:
            return {}
        found = {
            values: self.spread(values, "validation")
            for values, runs in self.combinations.items()
            if all(run and run.status == "finished" for run in runs)
        }
        return dict(sorted(found.items(), key=lambda item: -item[1].mean))

    @cached_property
    def ranked(self) -> list[Values]:
        """Those combinations, the best first, each different run once: a value may have no effect
        beside the other."""
        by_run = {self.first[values].run: values for values in reversed(self.spreads)}
        return [values for values in self.spreads if by_run[self.first[values].run] == values]

    @property
    def best(self) -> Values | None:
        """The combination with the highest mean validation accuracy, of those whose every seed
        finished; None if there is none, or the runs cannot be ranked."""
        return next(iter(self.spreads), None)

    @cached_property
    def base(self) -> Values | None:
        """The combination that the sweep began from; None if it is not among them."""
        start = self.sweep.base.with_seed(self.sweep.seeds[0])
        return next((at for at, one in self.first.items() if one.config == start), None)

    def spread(self, values: Values, split: str) -> Spread:
        """Return mean and standard deviation of a split's accuracy over a combination's finished
        seeds."""
        scores = [run.scores[split] for run in self.finished(values)]
        found = [one for one in scores if one]
        images = min((one.images for one in found), default=0)
        return evaluation.spread((one.accuracy for one in found), images)

    @property
    def images(self) -> int | None:
        """How many validation images rank the combinations; None if they cannot be ranked."""
        return self.spreads[self.best].images if self.best else None

    def finished(self, values: Values) -> list[Run]:
        """Return the finished runs of a combination, a seed after the other."""
        return [run for run in self.combinations[values] if run and run.status == "finished"]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What the axes are called."""
        names = labels.of_paths(self.sweep.base, (axis.path for axis in self.sweep.axes))
        return tuple(names.values())

    def describe(self, values: Values) -> str:
        """Describe a combination in words."""
        pairs = zip(self.labels, self.value_labels(values), strict=True)
        return ", ".join(f"{label} {value}" for label, value in pairs)

    def value_labels(self, values: Values) -> Values:
        """Return a combination's values in words."""
        pairs = zip(self.sweep.axes, values, strict=True)
        return tuple(labels.of_value(self.sweep.base, axis.path, value) for axis, value in pairs)
