"""How a figure is written down."""

import statistics
from collections.abc import Sequence
from typing import NotRequired, TypedDict


class Row(TypedDict):
    """One figure: the value in its unit, and from how many measurements (``n``) it is."""

    what: str
    value: float
    unit: str
    n: int
    low: NotRequired[float]
    """The least of the measurements, if there are several."""
    high: NotRequired[float]
    """The greatest of them."""
    target: NotRequired[float]
    at_most: NotRequired[bool]
    """Whether the target is an upper limit; without it, it is a lower one."""


def rows_of(
    what: str,
    values: Sequence[float],
    unit: str,
    *,
    target: float | None = None,
    p95_target: float | None = None,
    at_most: bool = True,
) -> list[Row]:
    """Return the median of some values and, of twenty or more, the value that 95 % are within.

    ``target`` is the median's, ``p95_target`` the other's; both are upper limits, unless
    ``at_most`` is false.
    """
    found = [row_of(what, statistics.median(values), unit, len(values), target, at_most)]
    if len(values) > 1:
        ranged(found[0], values)
    if len(values) >= 20:
        within = statistics.quantiles(values, n=20)[-1]
        found.append(row_of(f"{what}, p95", within, unit, len(values), p95_target, at_most))
    return found


def row_of(
    what: str,
    value: float,
    unit: str,
    n: int = 1,
    target: float | None = None,
    at_most: bool = True,
) -> Row:
    """Return one figure, with its target if it has one."""
    row = Row(what=what, value=value, unit=unit, n=n)
    return row if target is None else aimed(row, target, at_most)


def ranged(row: Row, values: Sequence[float]) -> Row:
    """Enter the least and the greatest of the measurements, and return the row."""
    row["low"], row["high"] = min(values), max(values)
    return row


def aimed(row: Row, target: float, at_most: bool) -> Row:
    """Enter a target, and return the row."""
    row["target"], row["at_most"] = target, at_most
    return row


def holds(row: Row) -> bool | None:
    """Return whether a figure reaches its target; None if it has none."""
    if "target" not in row:
        return None
    if row.get("at_most"):
        return row["value"] <= row["target"]
    return row["value"] >= row["target"]
