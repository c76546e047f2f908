"""What a comparison comes to, in plain words."""

import math

from playground.config import RunConfig
from playground.evaluation import Change, Spread
from playground.ui import words

CHANCE = 0.05
"""Under this p-value a difference is called more than chance, as is usual."""
MOST_TOLD = 4
"""Changed settings that a sentence names."""


def of_settings(a: RunConfig, b: RunConfig, points: float | None) -> str:
    """What changed from A to B and what it did; ``points`` is the change of test accuracy in
    percentage points, None where one of them was not measured. Markdown."""
    changed = words.changes(a, b)
    told = [_phrase(*change) for change in changed]
    did = "" if points is None else f": test accuracy **{signed(points)}**"
    if not changed:  # they differ in what only one of them has
        return f"Their settings differ in parts that only one of them has{did}."
    if len(changed) == 1:
        label, before, after = changed[0]
        if label == "Seed":
            return f"Only the seed changed, {before} → {after}{did}. That is chance alone."
        values = f", {words.plain(before)} → {words.plain(after)}" if before else ""
        return f"Only **{words.plain(label)}** changed{values}{did}."
    listed = "; ".join(told[:MOST_TOLD])
    more = f"; and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
    return (
        f"{len(changed)} settings changed at once ({listed}{more}){did}. Which of them did it "
        "cannot be told: change one at a time."
    )


def _phrase(label: str, before: str, after: str) -> str:
    return words.plain(f"{label} {before} → {after}" if before else label)


def of_images(change: Change, images: int) -> str:
    """What B set right and got wrong, and whether chance explains it. Markdown."""
    fixed, broken = len(change.fixed), len(change.broken)
    points = (fixed - broken) / images * 100
    text = (
        f"B has {fixed:,} of {images:,} test images right that A had wrong, and {broken:,} wrong "
        f"that A had right: **{signed(points)}**. "
    )
    if not fixed + broken:
        return text + "They agree on every image."
    p = change.p_value
    likely = "less than one time in a thousand" if p < 0.001 else _times(p)
    judged = (
        "More than chance, as far as these two runs can tell."
        if p < CHANCE
        else "That may well be chance."
    )
    return (
        f"{text}If both were equally good, so uneven a change would come up {likely} "
        f"(McNemar's exact test, p = {p:.2g}). {judged}"
    )


def _times(p: float) -> str:
    if p > 0.95:
        return "nearly every time"
    return (
        f"{p * 100:.0f} times in a hundred" if p >= 0.015 else f"{p * 1000:.0f} times in a thousand"
    )


def of_spreads(a: Spread, b: Spread) -> str:
    """Whether the difference of two means is more than what seeds alone make. Markdown.

    The measure is the deviation of a difference between two single runs, the root of the sum of
    both squared deviations.
    """
    points, noise = (b.mean - a.mean) * 100, math.hypot(a.deviation, b.deviation) * 100
    judged = (
        "The difference is larger than that."
        if exceeds(a, b)
        else "The difference is not larger than that: it may be chance."
    )
    return (
        f"B's mean test accuracy is **{signed(points)}** from A's "
        f"(A {share(a)}, B {share(b)}). Between two single runs, other seeds alone make a "
        f"difference of about {noise:.1f} points. {judged}"
    )


def exceeds(a: Spread, b: Spread) -> bool:
    """Whether two means are further apart than two single runs by chance of their seeds."""
    return abs(b.mean - a.mean) > math.hypot(a.deviation, b.deviation)


def signed(points: float) -> str:
    """Percentage points with their sign, such as ``+3.4 points``."""
    return f"{points:+.1f} points".replace("-", "−")


def share(spread: Spread) -> str:
    """A mean accuracy with its deviation and n, such as ``95.1% ± 0.4 (n = 5)``."""
    if spread.n < 2:
        return f"{spread.mean * 100:.1f}% (n = {spread.n})"
    return f"{spread.mean * 100:.1f}% ± {spread.deviation * 100:.1f} (n = {spread.n})"
