"""What a comparison comes to, in plain words."""

from playground import evaluation, words
from playground.config import RunConfig
from playground.evaluation import Change, Spread

CHANCE = 0.05
"""Under this p-value a difference is called more than chance, as is usual."""
MOST_TOLD = 4
"""Changed settings that a sentence names."""


def of_settings(a: RunConfig, b: RunConfig, points: float | None) -> str:
    """What changed from A to B and what it did; ``points`` is the change of test accuracy in
    percentage points, None where it says nothing. Markdown."""
    changed = words.changes(a, b)
    did = "" if points is None else f": test accuracy **{signed(points)}**"
    if len(changed) == 1:
        label, before, after = map(words.plain, changed[0])
        if label == "Seed":
            return f"Only the seed changed, {before} → {after}{did}. That is chance alone."
        return f"Only **{label}** changed, {before} → {after}{did}."
    told = [words.plain(f"{label} {before} → {after}") for label, before, after in changed]
    listed = "; ".join(told[:MOST_TOLD])
    more = f"; and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
    return (
        f"{len(changed)} settings changed at once ({listed}{more}){did}. Which of them did it "
        "cannot be told: change one at a time."
    )


def of_images(change: Change, images: int, settled: bool) -> str:
    """What B set right and got wrong. Markdown.

    Whether chance explains it is said where each side is one run (``settled`` is False); where
    there are more seeds, they say more.
    """
    fixed, broken = len(change.fixed), len(change.broken)
    text = (
        f"B has {fixed:,} of {images:,} test images right that A had wrong, and {broken:,} wrong "
        f"that A had right: **{signed((fixed - broken) / images * 100)}**."
    )
    if not fixed + broken:
        return f"{text} They agree on every image."
    if settled:
        return text
    judged = (
        "These two networks differ by more than chance; whether their settings do, more seeds tell."
        if change.p_value < CHANCE
        else "That may well be chance."
    )
    return (
        f"{text} If both networks were equally good, so uneven a change would come up "
        f"{_often(change.p_value)} (McNemar's exact test, p = {change.p_value:.2g}). {judged}"
    )


def of_spreads(a: Spread, b: Spread) -> str:
    """Whether the difference of two means is more than what seeds alone make. Markdown."""
    p = evaluation.welch(a, b)
    judged = (
        "So chance is an unlikely explanation."
        if p < CHANCE
        else "So the difference does not exceed what chance may do."
    )
    return (
        f"Mean test accuracy: A {share(a)}, B {share(b)}, a difference of "
        f"**{signed((b.mean - a.mean) * 100)}**. If the settings made no difference, seeds alone "
        f"would give one so large {_often(p)} (Welch's t-test, p = {p:.2g}). {judged}"
    )


def _often(p: float) -> str:
    if p < 0.001:
        return "less than once in 1,000"
    if p > 0.95:
        return "nearly every time"
    count, of = (p * 100, 100) if p >= 0.015 else (p * 1000, 1000)
    return f"about {_times(round(count))} in {of:,}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def signed(points: float) -> str:
    """Percentage points with their sign, such as ``+3.4 points``."""
    rounded = round(points, 1) or 0.0  # not −0.0
    return f"{rounded:+.1f} points".replace("-", "−") if rounded else "0.0 points"


def share(spread: Spread) -> str:
    """A mean accuracy with its deviation and n, such as ``95.1% ± 0.4 (n = 5)``."""
    if spread.n < 2:
        return f"{spread.mean * 100:.1f}% (n = {spread.n})"
    return f"{spread.mean * 100:.1f}% ± {spread.deviation * 100:.1f} (n = {spread.n})"
