"""What became of the test images from one run to another, for a report of several."""

from dataclasses import dataclass
from itertools import combinations

from playground import formats
from playground.analysis import comparison, conclusions, evaluation
from playground.export.subject import Subject

SubjectsByLetter = dict[str, Subject]
"""The runs by letter, A first."""


@dataclass(frozen=True)
class Pair:
    """What became of the test images from one run to another."""

    before: str
    after: str
    images: int
    change: evaluation.Change

    @property
    def p(self) -> str:
        """McNemar's p-value."""
        return conclusions.format_p_value(self.change.p_value).removeprefix("= ")

    @property
    def points(self) -> str:
        """The change of accuracy in percentage points."""
        return formats.points(
            (len(self.change.fixed) - len(self.change.broken)) / self.images * 100
        )


def same_test(a: Subject, b: Subject) -> bool:
    """Return whether two runs were tested on the same images, so that their figures can be
    compared."""
    return comparison.same_test(a.run, b.run, a.dataset)


def pairs(runs: SubjectsByLetter) -> list[Pair]:
    """Return every two runs that can be compared image by image."""
    found = []
    for (before, a), (after, b) in combinations(runs.items(), 2):
        was, now = a.predictions("test"), b.predictions("test")
        if was and now and same_test(a, b):
            change = evaluation.change(was.labels, was.predicted, now.predicted)
            found.append(Pair(before, after, len(was.labels), change))
    return found
