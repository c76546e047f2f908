"""What a change did: a run beside the one before it, in words that a class can read."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from playground import formats
from playground.analysis import comparison, evaluation, headline, labels
from playground.analysis.conclusions import MIN_SEEDS, SIGNIFICANCE
from playground.analysis.evaluation import Spread
from playground.analysis.headline import Headline
from playground.config import RunConfig
from playground.config.sweeps import validated_alike
from playground.store import Run

NAMED = 2
"""Changed settings that are named."""


@dataclass(frozen=True)
class Difference:
    """What changed from one run to the next, and what that did to the figure that stands for a
    run."""

    changed: str
    """Such as ``Learning rate 0.001 → 0.01``."""
    points: float
    """The change in percentage points: of the means if there are seeds enough, else of the runs."""
    figures: str
    """Such as ``validation 92.6 % → 95.9 %``."""
    judged: str
    """Whether it is more than seeds differ, as far as that is known, as the end of a sentence."""
    seeds_missing: bool
    """Whether more seeds would tell."""


def same_images(before: Run, after: Run) -> bool:
    """Tell whether the figures of two runs are of the same images."""
    split = headline.split_of(after.config)
    if before.fingerprint != after.fingerprint or headline.split_of(before.config) != split:
        return False
    if split == "validation":
        return validated_alike(before.config, after.config)
    return comparison.same_test(before, after, None)


def difference(
    before: Run, after: Run, families: tuple[Sequence[Run], Sequence[Run]]
) -> Difference | None:
    """Compare two measured runs; ``families`` are all stored runs that differ from each by the
    seed only. None if their figures are of different images."""
    one, other = headline.of_run(before), headline.of_run(after)
    if one is None or other is None or not same_images(before, after):
        return None
    sides = [_spread(family, one.split) for family in families]
    values, missing = (one.accuracy, other.accuracy), False
    if before.family == after.family:
        judged = "only the seed changed, so this is chance alone"
    elif min(side.n for side in sides) >= MIN_SEEDS:
        is_more = evaluation.welch(*sides) < SIGNIFICANCE
        seeds = " and ".join(str(n) for n in sorted({side.n for side in sides}))
        judged = f"{'more' if is_more else 'no more'} than seeds differ (means of {seeds} seeds)"
        values = (sides[0].mean, sides[1].mean)
    else:
        missing = True
        judged = (
            "other seeds may change that much"
            if abs(other.accuracy - one.accuracy) < _noise(one, other)
            else "whether the change did it, other seeds tell"
        )
    was, now = (formats.share(value) for value in values)
    return Difference(
        _changed(before, after, any(side.n >= MIN_SEEDS for side in sides) and not missing),
        100 * (values[1] - values[0]),
        f"{one.split} {was} → {now}",
        judged,
        missing,
    )


def _changed(before: Run, after: Run, over_seeds: bool) -> str:
    """Name what changed; not the seed if means over several stand beside it."""
    config = before.config
    if over_seeds and before.family != after.family:
        config = config.with_seed(after.config.run.seed)
    return _differences(config, after.config)


# A page that shows two runs asks at each run of its script, and the words take 0.2 ms.
@lru_cache(maxsize=256)
def _differences(before: RunConfig, after: RunConfig) -> str:
    changes = labels.of_differences(before, after)
    more = f"; and {len(changes) - NAMED} more" if len(changes) > NAMED else ""
    return "; ".join(changes[:NAMED]) + more


def _spread(family: Sequence[Run], split: str) -> Spread:
    scores = [one for run in family if run.status == "finished" and (one := run.scores[split])]
    images = min((one.images for one in scores), default=0)
    return evaluation.spread((one.accuracy for one in scores), images)


def _noise(one: Headline, other: Headline) -> float:
    """Return by how much two accuracies may differ as their images are so few (95 %)."""
    return math.hypot(one.margin, other.margin)
