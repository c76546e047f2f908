"""What a change did: a run beside the one before it, in words that a class can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from playground import formats
from playground.analysis import comparison, evaluation, headline, labels
from playground.analysis.comparison import SeedGroup
from playground.analysis.conclusions import MIN_SEEDS, SIGNIFICANCE
from playground.config import RunConfig
from playground.store import Run

SEEDS = tuple(range(MIN_SEEDS))
"""The seeds that tell whether a change is more than chance."""
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
    """Whether some of SEEDS would tell that have not been trained."""


def same_images(before: Run, after: Run) -> bool:
    """Tell whether the figures that stand for two runs are of the same images."""
    split = comparison.basis_of([before, after], None).split
    return split == headline.split_of(before.config) == headline.split_of(after.config)


def difference(
    before: Run, after: Run, families: tuple[Sequence[Run], Sequence[Run]]
) -> Difference | None:
    """Compare two runs that finished; ``families`` are all stored runs that differ from each by the
    seed only. None of other runs, and if their figures are of different images."""
    one, other = headline.of_run(before), headline.of_run(after)
    finished = before.status == after.status == "finished"
    if one is None or other is None or not finished or not same_images(before, after):
        return None
    groups = [
        SeedGroup((), run, list(of)) for run, of in zip((before, after), families, strict=True)
    ]
    diverged = sum(group.diverged for group in groups)
    sides = [group.spread(one.split) for group in groups]
    values, over_seeds = (one.accuracy, other.accuracy), False
    if before.family == after.family:
        judged = "only the seed changed, so this is chance alone"
    elif min(side.n for side in sides) >= MIN_SEEDS:
        over_seeds = True
        is_more = evaluation.welch(*sides) < SIGNIFICANCE
        seeds = " and ".join(str(n) for n in sorted({side.n for side in sides}))
        judged = f"{'more' if is_more else 'no more'} than seeds differ (means of {seeds} seeds"
        judged += f"; {diverged} diverged)" if diverged else ")"
        values = (sides[0].mean, sides[1].mean)
    else:
        judged = "one run each, so other seeds tell whether the change did it"
        if diverged:
            judged = f"with {formats.counted(diverged, 'seed')} diverged there is no telling"
    was, now = (formats.share(value) for value in values)
    config = before.config.with_seed(after.config.run.seed) if over_seeds else before.config
    return Difference(
        _differences(config, after.config),
        100 * (values[1] - values[0]),
        f"{one.split} {was} → {now}",
        judged,
        not over_seeds and before.family != after.family and any(map(_lacks_seeds, families)),
    )


def _lacks_seeds(family: Sequence[Run]) -> bool:
    """Tell whether some of SEEDS did not come to their end."""
    ended = {run.config.run.seed for run in family if not run.is_active and run.status != "stopped"}
    return not ended.issuperset(SEEDS)


# A page that shows two runs asks at each run of its script, and the words take 0.2 ms.
@lru_cache(maxsize=256)
def _differences(before: RunConfig, after: RunConfig) -> str:
    changes = labels.of_differences(before, after)
    more = f"; and {len(changes) - NAMED} more" if len(changes) > NAMED else ""
    return "; ".join(changes[:NAMED]) + more
