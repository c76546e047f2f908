"""What a comparison may claim: what the page Compare claims (``ui/compare/verdict.py``), no more.

A change of accuracy is told of two runs that finished and were tested on the same images;
McNemar's test speaks of two networks, so only where each side is one run; several seeds lead with
their means and Welch's t-test.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from playground import evaluation, words
from playground.export import telling
from playground.export.subject import Subject

Chosen = dict[str, Subject]
"""The runs by letter, A first."""

CHANCE = 0.05
"""Under this p-value a difference is called more than chance, as is usual."""

_UNFINISHED = {
    "stopped": "was stopped before its end, so what it reached is not what its settings do.",
    "diverged": "diverged: its loss stopped being a number, and there is nothing to compare.",
    "failed": "failed, so there is nothing to compare.",
    "interrupted": "was interrupted, so there is nothing to compare.",
}
_MOST_TOLD = 4
"""Changed settings that a sentence names."""


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
        return _equals(self.change.p_value).removeprefix("= ")

    @property
    def points(self) -> str:
        """The change of accuracy in percentage points."""
        return signed((len(self.change.fixed) - len(self.change.broken)) / self.images * 100)


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
        return evaluation.spread(one.accuracy for one in scores if one)

    def share(self, split: str) -> str:
        """That as text, with n."""
        return _share(self.spread(split))


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


def verdict(runs: Chosen, found: list[Family], comparable: bool) -> list[str]:
    """What may be said of all this, a paragraph each."""
    lines = []
    points, spreads = None, []
    if len(runs) == 2:
        a, b = runs.values()
        scores = [one.run.scores["test"] for one in (a, b) if one.run.status == "finished"]
        if comparable and len(scores) == 2 and all(scores):
            points = (scores[1].accuracy - scores[0].accuracy) * 100
        lines.append(_changed(a, b, points))
    if len({one.dataset.fingerprint for one in runs.values()}) > 1:
        lines.append("The data itself is not the same, so what they reached does not compare.")
    elif not comparable:
        lines.append("They were tested on different images, so their figures do not compare.")
    for letter, one in runs.items():
        if word := _UNFINISHED.get(one.run.status):
            lines.append(f"{letter} {word}")
    spreads = [family.spread("test") for family in found]
    if comparable and len(spreads) == 2 and min(spread.n for spread in spreads) > 1:
        lines.append(_means(found, spreads))
    elif comparable and any(family.finished for family in found) and len(found) > 1:
        lines.append("One run is one sample: other seeds show how much of this is chance.")
    return lines


def _changed(a: Subject, b: Subject, points: float | None) -> str:
    changed = words.changes(a.config, b.config)
    did = "" if points is None else f": test accuracy {signed(points)}"
    if len(changed) == 1:
        label, before, after = changed[0]
        alone = " That is chance alone." if label == "Seed" else ""
        return f"From A to B only {label} changed, {before} → {after}{did}.{alone}"
    told = [f"{label} {before} → {after}" for label, before, after in changed]
    more = f"; and {len(told) - _MOST_TOLD} more" if len(told) > _MOST_TOLD else ""
    return (
        f"From A to B {len(told)} settings changed at once ({'; '.join(told[:_MOST_TOLD])}{more})"
        f"{did}. Which of them did it cannot be told: change one at a time."
    )


def _means(found: list[Family], spreads: list[evaluation.Spread]) -> str:
    p = evaluation.welch(*spreads)
    judged = (
        "So chance is an unlikely explanation."
        if p < CHANCE
        else "So the difference does not exceed what chance may do."
    )
    means = " and ".join(
        f"{family.letters} {_share(spread)}" for family, spread in zip(found, spreads, strict=True)
    )
    return (
        f"Mean test accuracy over the seeds: {means}, a difference of "
        f"{signed((spreads[1].mean - spreads[0].mean) * 100)} (Welch's t-test, p {_equals(p)}). "
        f"{judged}"
    )


def _share(spread: evaluation.Spread) -> str:
    if not spread.n:
        return telling.NOTHING
    deviation = f" ± {spread.deviation * 100:.1f}" if spread.n > 1 else ""
    return f"{spread.mean * 100:.1f}%{deviation} (n = {spread.n})"


def signed(points: float) -> str:
    """Percentage points with their sign, such as ``+3.4 points``."""
    rounded = round(points, 1) or 0.0  # not −0.0
    return f"{rounded:+.1f} points".replace("-", "−") if rounded else "0.0 points"


def _equals(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.2g}"
