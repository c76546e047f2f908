"""Whether what was measured bears out what a series is to show."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import mean

from playground.recipes import RECIPES, Finding, Scale, Series
from playground.recipes.reproduction.measured import Measured


@dataclass(frozen=True)
class Judged:
    """A finding beside our figures at a scale."""

    finding: Finding
    scale: Scale
    holds: bool | None
    """None if one of the figures it needs was not measured."""
    seeds: int
    """Of the figure that has the fewest, of those that were looked at."""


def judge(
    series: Series, scale: Scale, measured: Mapping[tuple[str, str], Measured]
) -> Iterator[Judged]:
    """Judge each finding of a series; recipes that have no quick form are taken in full."""
    for finding in series.findings:
        yield _judged(finding, scale, measured)


def _judged(finding: Finding, scale: Scale, measured: Mapping[tuple[str, str], Measured]) -> Judged:
    seeds: list[int] = []

    def of(
        recipe: str, key: str, where: Callable[[tuple[str, ...]], bool] = lambda values: True
    ) -> float:
        known = RECIPES[recipe].scales()
        found = measured.get((recipe, scale if scale in known else "full"))
        asked = RECIPES[recipe].sweep(scale if scale in known else "full").members()
        cells = [cell for cell in found.cells if where(cell.values)] if found else []
        if len(cells) < sum(where(member.values) for member in asked):
            raise LookupError  # a part of a grid does not stand for it
        values = [cell.known(key) for cell in cells]
        if not values or not all(values):
            raise LookupError
        seeds.append(min(map(len, values)))
        return mean(map(mean, values))

    try:
        holds = finding.holds(of)
    except LookupError:
        return Judged(finding, scale, None, 0)
    return Judged(finding, scale, holds, min(seeds, default=0))
