"""Parallel coordinates: a line a trial through its settings to its accuracy."""

import json
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.search.point import PRUNED, TrialPoint, accuracy_span, tooltip
from playground.charts.spec import finished, ink

if TYPE_CHECKING:
    import pandas as pd

_LAST = ["Validation", "accuracy"]
_MOST_TICKS = 7
_TICK: dict[str, Any] = {"align": "left", "dx": 6, "fontSize": 11}


@dataclass(frozen=True)
class ParallelAxis:
    """An axis of numbers from ``low`` to ``high``, or of ``choices`` where there are any."""

    label: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """What the choices are called."""

    def place(self, value: float | str) -> float:
        """Where a value stands, from 0 (bottom) to 1; one beyond the ends at the nearest of them,
        choices at equal distances."""
        if self.choices:
            return self.choices.index(str(value)) / max(len(self.choices) - 1, 1)
        low, high, at = self.low, self.high, float(value)
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(at)
        return min(max((at - low) / (high - low), 0.0), 1.0) if high > low else 0.5

    def ticks(self) -> list[tuple[float, str]]:
        """(place, text) of its marks: both ends, and powers of ten or the middle between them."""
        if self.choices:
            places = [self.place(choice) for choice in self.choices]
            return list(zip(places, self.names or self.choices, strict=True))
        between = [(self.low + self.high) / 2]
        if self.log:
            tens = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
            between = [10.0**ten for ten in tens][:: -(-len(tens) // _MOST_TICKS) or 1]
        inner = [(self.place(number), number) for number in between]
        kept = [(self.place(end), end) for end in (self.low, self.high)]
        kept += [(place, number) for place, number in inner if 0.08 < place < 0.92]
        return [(place, f"{number:.4g}") for place, number in sorted(kept)]


def parallel_data(axes: Sequence[ParallelAxis], points: Sequence[TrialPoint]) -> "pd.DataFrame":
    """The lines' corners and the axes' marks as rows (kind, axis, place, trial, state, accuracy,
    shade, best, told, text).

    ``kind`` is "line" or "tick"; ``axis`` counts the axes from 0, and the last one, after those
    given, is the accuracy; ``place`` is from 0 to 1, and ``shade`` the accuracy's. The best
    trial comes last, to be drawn above.
    """
    import pandas as pd

    low, high = accuracy_span(points)
    last = ParallelAxis(" ".join(_LAST), low, high)
    best = max((p.accuracy for p in points if not p.pruned), default=None)
    rows: list[tuple[Any, ...]] = []
    for point in sorted(points, key=lambda point: (not point.pruned, point.accuracy)):
        first = not point.pruned and point.accuracy == best
        places = [
            axis.place(value)
            for axis, value in zip((*axes, last), (*point.values, point.accuracy), strict=True)
        ]
        told = (point.number, point.state, point.accuracy, places[-1], first, point.told, "")
        rows += [("line", n, place, *told) for n, place in enumerate(places)]
    below = any(point.accuracy < low for point in points)
    for n, axis in enumerate((*axes, last)):
        percent = axis is last
        for place, text in axis.ticks():
            shown = _percent(text, place, below) if percent else text
            rows.append(("tick", n, place, 0, "", None, None, False, "", shown))
    columns = [
        "kind", "axis", "place", "trial", "state", "accuracy", "shade", "best", "told", "text"
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _percent(text: str, place: float, below: bool) -> str:
    """A mark of the accuracy axis; its lowest says where trials stand that are worse."""
    return ("≤ " if below and place == 0 else "") + f"{100 * float(text):.3g}%"


@lru_cache(maxsize=64)
def parallel_spec(labels: tuple[str, ...]) -> dict[str, Any]:
    """The spec of a line a trial across its settings and its accuracy, for parallel_data's rows.

    ``labels`` are those of the axes but the last. Lines are the stronger the better; pruned ones
    are thin.
    """
    import altair as alt

    names = [textwrap.wrap(label, 12) for label in labels] + [_LAST]
    x = alt.X(
        "axis:O",
        title="Setting",
        scale=alt.Scale(type="point", padding=0.25),
        axis=alt.Axis(
            labelExpr=f"{json.dumps(names)}[datum.value]", labelAngle=0, labelOverlap=False,
            labelLimit=alt.expr(f"max(44, width / {len(names)} - 6)"), grid=True, gridOpacity=0.6,
        ),
    )  # fmt: skip
    y = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-0.04, 1.04], nice=False))
    base = alt.Chart().encode(x=x, y=y)
    lines = (
        base.mark_line(strokeCap="round", strokeJoin="round")
        .encode(
            detail="trial:N",
            color=alt.Color(
                "shade:Q",
                legend=None,
                # The theme's own ramp: the better, the further from the page's colour.
                scale=alt.Scale(range="ramp", domain=[0, 1]),
            ),
            strokeWidth=alt.condition("datum.best", alt.value(4), alt.value(1.8)),
            opacity=alt.condition(f"datum.state === '{PRUNED}'", alt.value(0.35), alt.value(0.9)),
            tooltip=tooltip(),
        )
        .transform_filter("datum.kind === 'line'")
    )
    ticks = base.transform_filter("datum.kind === 'tick'").encode(text="text:N")
    # Lines run across the texts: each has a seam of the page's colour.
    seams = ticks.mark_text(
        **_TICK, aria=False, stroke=alt.expr("background"), strokeWidth=4, strokeJoin="round"
    )
    texts = ticks.mark_text(**_TICK).encode(fill=alt.Fill(**ink()))
    chart = alt.layer(lines, seams, texts).transform_calculate(ink="1")
    return finished(chart, height=340)
