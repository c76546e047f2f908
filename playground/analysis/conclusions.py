"""What a comparison may claim, in plain words: for the pages that compare and for reports.

A change of accuracy is given for runs that finished and were measured on the same images, those of
the validation where there are any; McNemar's test speaks of two networks, so only if each side is
one run; several seeds lead with their means and Welch's t-test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playground import formats
from playground.analysis import evaluation, labels
from playground.analysis.evaluation import Change, Spread
from playground.config import RunConfig

SIGNIFICANCE = 0.05
"""Under this p-value a difference is called more than chance, as is usual."""
MIN_SEEDS = 3
"""Seeds of each side from which a difference of means is judged: the deviation of two may be thirty
times what it seems (the 95 % interval of a deviation with one degree of freedom)."""
MIN_TRIES = 3
"""Tries from which the best of them is said to flatter."""
MAX_NAMED = 4
"""Changed settings that a sentence names."""
ENDINGS = {
    "stopped": "was stopped before its end, so what it reached is not what its settings do.",
    "diverged": "diverged, so there is nothing to compare.",
    "failed": "failed, so there is nothing to compare.",
    "interrupted": "was interrupted, so there is nothing to compare.",
}
"""What is said after the letter of a run that did not finish, by its status."""
OTHER_DATA = "The data itself is not the same, so what they reached does not compare."
OTHER_IMAGES = (
    "They were validated and tested on different images, so their figures do not compare."
)
TEST_IMAGES = "These are the test images: these runs have no validation images in common."
HIDDEN_TEST = (
    "These runs have no validation images in common, and the teacher has not revealed the test."
)
ONE_SAMPLE = "One run is one sample: other seeds show how much of this is chance."
TOO_FEW = f"There are too few seeds to judge it: train {MIN_SEEDS} of each at least."
STACKED = (
    "{} trained by a sweep in one stack with others: the last digits may differ from those of the "
    "same run alone."
)
"""Said of runs that were (Run.is_stacked), after which they are."""
CHOOSING = (
    "To choose between settings, look at validation: the best of several test figures is partly "
    "luck, and too good."
)
"""Said wherever test accuracies are set against each other."""


@dataclass(frozen=True)
class TextStyle:
    """How a sentence is written: what others wrote in it, and what is stressed."""

    plain: Callable[[str], str]
    strong: Callable[[str], str]


MARKDOWN = TextStyle(labels.plain, "**{}**".format)
TEXT = TextStyle(str, str)


@dataclass(frozen=True)
class Claim:
    """What is said, and what it rests on: the test by its name, and what that takes for granted."""

    told: str
    why: str = ""


def of_settings(
    a: RunConfig,
    b: RunConfig,
    points: float | None,
    measured: str = "validation accuracy",
    write: TextStyle = MARKDOWN,
) -> str:
    """Describe what changed from A to B and what it did; ``points`` is the change of what was
    ``measured`` in percentage points, None if it says nothing."""
    changed = labels.changes(a, b)
    did = "" if points is None else f": {measured} {write.strong(formats.points(points))}"
    if not changed:
        return f"No setting changed{did}."
    if len(changed) == 1:
        label, before, after = map(write.plain, changed[0])
        if label == "Seed":
            return f"Only the seed changed, {before} → {after}{did}. That is chance alone."
        return f"Only {write.strong(label)} changed, {before} → {after}{did}."
    texts = [write.plain(f"{label} {before} → {after}") for label, before, after in changed]
    listed = "; ".join(texts[:MAX_NAMED])
    more = f"; and {len(texts) - MAX_NAMED} more" if len(texts) > MAX_NAMED else ""
    return (
        f"{len(changed)} settings changed at once ({listed}{more}){did}. Which of them did it "
        "cannot be told: change one at a time."
    )


def of_seeds(lowest: float, highest: float, split: str) -> str:
    """Describe how far runs of the same settings reach, from their accuracies (0 to 1)."""
    return (
        f"Only the seed differs: {split} accuracy from {formats.share(lowest)} to "
        f"{formats.share(highest)}. That is chance alone."
    )


def of_images(change: Change, images: int, settled: bool, split: str = "validation") -> Claim:
    """Describe what B set right and got wrong. Markdown.

    Whether chance explains it is said if each side is one run (``settled`` is False); if
    there are more seeds, they say more.
    """
    fixed, broken = len(change.fixed), len(change.broken)
    text = (
        f"B has {fixed:,} of {images:,} {split} images right that A had wrong, and {broken:,} "
        f"wrong that A had right: **{formats.points((fixed - broken) / images * 100)}**."
    )
    if not fixed + broken:
        return Claim(f"{text} They agree on every image.")
    if settled:
        return Claim(text)
    judged = (
        "These two networks differ by more than chance; whether their settings do, more seeds tell."
        if change.p_value < SIGNIFICANCE
        else "That may well be chance."
    )
    return Claim(
        f"{text} {judged}",
        f"If both networks were equally good, so uneven a change would come up "
        f"{_often(change.p_value)} (McNemar's exact test, p {formats.p_value(change.p_value)}).",
    )


def of_means(
    a: Spread, b: Spread, split: str = "validation", names: tuple[str, str] = ("A", "B")
) -> Claim:
    """Describe whether the difference of two means is more than what seeds alone make, if there
    are enough of them to tell."""
    one, other = names
    means = f"Mean {split} accuracy: {one} {format_mean(a)}, {other} {format_mean(b)}."
    if min(a.n, b.n) < MIN_SEEDS:
        return Claim(TOO_FEW, means)
    p = evaluation.welch(a, b)
    seeds = f"{a.n} seeds each" if a.n == b.n else f"{a.n} and {b.n} seeds"
    told = f"With {seeds}, that is " + (
        "more than seeds alone do."
        if p < SIGNIFICANCE
        else "no more than seeds alone may do: the two cannot be told apart."
    )
    return Claim(
        told,
        f"{means} If the settings made no difference, seeds alone would give as large a "
        f"difference {_often(p)} (Welch's t-test, p {formats.p_value(p)}; each side is taken to "
        f"vary at least as much as one draw of {a.images:,} {split} images does).",
    )


def of_several(
    spreads: Mapping[str, Spread], split: str = "validation", write: TextStyle = MARKDOWN
) -> Claim:
    """Describe which of three or more settings is the best, by the letters of its runs, and from
    which others it cannot be told apart.

    Each has one value or more. The best is chosen by these very figures and held against every
    other one: the significance is shared among all pairs there are (Bonferroni).
    """
    (best, top), *others = sorted(spreads.items(), key=lambda item: -item[1].mean)
    told = f"{write.strong(best)} has the highest {split} accuracy, {format_mean(top)}."
    if min(spread.n for spread in spreads.values()) < MIN_SEEDS:
        return Claim(f"{told} {TOO_FEW}")
    tested = {name: evaluation.welch(spread, top) for name, spread in others}
    pairs = len(spreads) * (len(spreads) - 1) // 2
    mark = SIGNIFICANCE / pairs
    ahead = [name for name, p in tested.items() if p < mark]
    tied = [name for name in tested if name not in ahead]
    if ahead:
        told += f" It is ahead of {formats.listed(ahead)} by more than seeds do."
    if tied:
        told += f" It cannot be told apart from {formats.listed(tied)}: seeds alone may do as much."
    values = ", ".join(f"{name} p {formats.p_value(p)}" for name, p in tested.items())
    return Claim(
        told,
        f"Welch's t-test of the best with each of the others ({values}); with {pairs} pairs to "
        f"choose from a p below {formats.number(mark, 2)} is called more than chance.",
    )


def of_runner_up(best: Spread, second: Spread, name: str) -> Claim:
    """Describe how far the best of many tries is ahead of the second best, which is called
    ``name``, on validation."""
    points = (best.mean - second.mean) * 100
    if not points:
        return Claim(f"The second best, {name}, came to the same figure: the two are tied.")
    behind = f"{points:.1f} points" if points >= 0.05 else "less than 0.1 points"
    told = f"The second best, {name}, is {behind} behind"
    fewest = min(best.n, second.n)
    if fewest < MIN_SEEDS:
        seeds = "one seed each does" if fewest == 1 else f"{fewest} seeds each do"
        return Claim(f"{told}; {seeds} not tell whether that is more than chance.")
    claim = of_means(second, best, names=("the second best", "the best"))
    if evaluation.welch(best, second) < SIGNIFICANCE:
        return Claim(f"{told}, more than seeds alone do.", claim.why)
    return Claim(f"{told}, no more than seeds alone may do: the two are tied.", claim.why)


def of_tries(tries: int, images: int | None, split: str = "validation") -> str:
    """Say that the best of so many tries, measured on the same so many images (None if that is not
    known), flatters, and what to do about it; empty if they are too few."""
    if tries < MIN_TRIES:
        return ""
    on = f"on {images:,} {split} images some" if images else "some"
    remedy = (
        "look at the test once, at the end" if split == "validation" else "choose by validation"
    )
    return (
        f"The best of {tries:,} tries looks better than it is: {on} of its lead is luck. To be "
        f"sure, train it again with other seeds, and {remedy}."
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


def format_mean(spread: Spread) -> str:
    """Format a mean accuracy with its standard deviation and n: ``95.1 % ± 0.4 (n = 5)``."""
    deviation = f" ± {spread.deviation * 100:.1f}" if spread.n > 1 else ""
    return f"{formats.share(spread.mean)}{deviation} (n = {spread.n})"
