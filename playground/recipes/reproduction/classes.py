"""How the accuracy of each class moved from one network to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean

from playground.recipes import Reported

ClassAccuracies = dict[str, tuple[float, ...]]
"""By class, the accuracies (0 to 1) of one run or of several seeds."""


@dataclass(frozen=True)
class ClassChange:
    """A class, by how much its mean accuracy moved, and whether the seeds' ranges lie apart."""

    name: str
    by: float
    apart: bool


def reported_by_class(reported: Sequence[Reported]) -> ClassAccuracies:
    """Give the accuracies by class that an article reports of one network."""
    return {
        one.of_class: (one.value,) for one in reported if one.of_class and one.value is not None
    }


def measured_by_class(
    figures: Mapping[str, Mapping[int, float | None]], classes: Sequence[str]
) -> ClassAccuracies:
    """Give the accuracies by class among a recipe's figures, without classes that have none."""
    found = {}
    for name in classes:
        key = replace(Reported(0.0), of_class=name).key
        known = figures.get(key, {}).values()
        if values := tuple(value for value in known if value is not None):
            found[name] = values
    return found


def class_changes(before: ClassAccuracies, after: ClassAccuracies) -> list[ClassChange]:
    """Count how far each class that both have moved, from the one that rose most to the one that
    fell most."""
    found = [
        ClassChange(
            name,
            mean(after[name]) - mean(values),
            max(values) < min(after[name]) or max(after[name]) < min(values),
        )
        for name, values in before.items()
        if name in after
    ]
    return sorted(found, key=lambda move: -move.by)
