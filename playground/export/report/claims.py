"""What a report of several runs may claim (verdict.py), by the seeds among these very runs."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from playground import evaluation, formats, verdict
from playground.export.subject import Subject
from playground.formats import NOTHING

Chosen = dict[str, Subject]
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
        return verdict.p_value(self.change.p_value).removeprefix("= ")

    @property
    def points(self) -> str:
        """The change of accuracy in percentage points."""
        return formats.points(
            (len(self.change.fixed) - len(self.change.broken)) / self.images * 100
        )


@dataclass(frozen=True)
class Family:
    """The chosen runs that differ by the seed only."""

    letters: str
    seeds: str
    """Of those that finished."""
    finished: list[Subject]

    def spread(self, split: str) -> evaluation.Spread:
        """Mean and deviation of the accuracy over those that finished."""
        scores = [subject.run.scores[split] for subject in self.finished]
        found = [one for one in scores if one]
        return evaluation.spread(
            (s.accuracy for s in found), min((s.images for s in found), default=0)
        )

    def share(self, split: str) -> str:
        """That as text, with n."""
        spread = self.spread(split)
        return verdict.share(spread) if spread.n else NOTHING


def same_test(a: Subject, b: Subject) -> bool:
    """Whether two runs were tested on the same images, so that their figures can be compared."""
    same_data = a.dataset.fingerprint == b.dataset.fingerprint
    return same_data and np.array_equal(a.split.test, b.split.test)


def pairs(runs: Chosen) -> list[Pair]:
    """Every two runs that can be compared image by image."""
    found = []
    for (before, a), (after, b) in combinations(runs.items(), 2):
        was, now = a.predictions("test"), b.predictions("test")
        if was and now and same_test(a, b):
            change = evaluation.change(was.labels, was.predicted, now.predicted)
            found.append(Pair(before, after, len(was.labels), change))
    return found


def families(runs: Chosen) -> list[Family]:
    """The chosen runs by their settings whatever the seed, in the order of their letters."""
    members: dict[tuple[str, str], Chosen] = {}
    for letter, one in runs.items():
        key = (one.config.family, one.dataset.fingerprint)
        members.setdefault(key, {})[letter] = one
    found = []
    for of in members.values():
        finished = [one for one in of.values() if one.run.status == "finished"]
        seeds = ", ".join(str(one.config.run.seed) for one in finished)
        found.append(Family(" ".join(of), seeds, finished))
    return found


def lines_of(runs: Chosen, found: list[Family], comparable: bool) -> list[str]:
    """What may be said of all this, a paragraph each."""
    lines, points = [], None
    spreads = [family.spread("test") for family in found]
    settled = comparable and len(spreads) == 2 and min(spread.n for spread in spreads) > 1
    if len(runs) == 2:
        a, b = runs.values()
        scores = [one.run.scores["test"] for one in (a, b) if one.run.status == "finished"]
        if comparable and len(scores) == 2 and all(scores):
            points = (scores[1].accuracy - scores[0].accuracy) * 100
        told = None if settled else points
        lines.append(verdict.of_settings(a.config, b.config, told, verdict.TEXT))
    if len({one.dataset.fingerprint for one in runs.values()}) > 1:
        lines.append(verdict.OTHER_DATA)
    elif not comparable:
        lines.append(verdict.OTHER_IMAGES)
    for letter, one in runs.items():
        if word := verdict.ENDINGS.get(one.run.status):
            lines.append(f"{letter} {word}")
        if one.run.is_stacked:
            lines.append(verdict.STACKED.format(f"{letter} was"))
    if settled:
        first, second = (family.letters for family in found)
        lines.append(verdict.of_spreads(*spreads, verdict.TEXT, (first, second)))
    elif comparable and any(family.finished for family in found) and len(found) > 1:
        lines.append(verdict.ONE_SAMPLE)
    if settled or points is not None:
        lines.append(verdict.CHOOSING)
    return lines
