"""What a comparison may claim, in plain words: for the page Runs and for reports.

A change of accuracy is given for two runs that finished and were tested on the same images;
McNemar's test speaks of two networks, so only if each side is one run; several seeds lead with
their means and Welch's t-test.
"""

from collections.abc import Callable
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
OTHER_IMAGES = "They were tested on different images, so their figures do not compare."
ONE_SAMPLE = "One run is one sample: other seeds show how much of this is chance."
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


def of_settings(
    a: RunConfig, b: RunConfig, points: float | None, write: TextStyle = MARKDOWN
) -> str:
    """Describe what changed from A to B and what it did; ``points`` is the change of test accuracy
    in percentage points, None if it says nothing."""
    changed = labels.changes(a, b)
    did = "" if points is None else f": test accuracy {write.strong(formats.points(points))}"
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


def of_images(change: Change, images: int, settled: bool) -> str:
    """Describe what B set right and got wrong. Markdown.

    Whether chance explains it is said if each side is one run (``settled`` is False); if
    there are more seeds, they say more.
    """
    fixed, broken = len(change.fixed), len(change.broken)
    text = (
        f"B has {fixed:,} of {images:,} test images right that A had wrong, and {broken:,} wrong "
        f"that A had right: **{formats.points((fixed - broken) / images * 100)}**."
    )
    if not fixed + broken:
        return f"{text} They agree on every image."
    if settled:
        return text
    judged = (
        "These two networks differ by more than chance; whether their settings do, more seeds tell."
        if change.p_value < SIGNIFICANCE
        else "That may well be chance."
    )
    return (
        f"{text} If both networks were equally good, so uneven a change would come up "
        f"{_often(change.p_value)} (McNemar's exact test, p {formats.p_value(change.p_value)}). "
        f"{judged}"
    )


def of_means(
    a: Spread, b: Spread, write: TextStyle = MARKDOWN, names: tuple[str, str] = ("A", "B")
) -> str:
    """Describe whether the difference of two means is more than what seeds alone make, if there
    are enough of them to tell."""
    one, other = names
    points = write.strong(formats.points((b.mean - a.mean) * 100))
    means = (
        f"Mean test accuracy: {one} {format_mean(a)}, {other} {format_mean(b)}, "
        f"a difference of {points}."
    )
    if min(a.n, b.n) < MIN_SEEDS:
        return f"{means} There are too few seeds to judge it: train {MIN_SEEDS} of each at least."
    p = evaluation.welch(a, b)
    judged = (
        "So chance is an unlikely explanation."
        if p < SIGNIFICANCE
        else "So the difference does not exceed what chance may do."
    )
    return (
        f"{means} If the settings made no difference, seeds alone would give one so large "
        f"{_often(p)} (Welch's t-test, p {formats.p_value(p)}; each side is taken to vary at least "
        f"as much as one draw of {a.images:,} test images does). {judged}"
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
