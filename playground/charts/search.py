"""A search: its trials as they came, what mattered, and every trial across its settings."""

import json
import math
import statistics
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground import formats
from playground.charts.colors import ACCENT, GREY, VALIDATION, ink
from playground.charts.spec import count_axis, finished, share_axis

if TYPE_CHECKING:
    import pandas as pd


COMPLETE, PRUNED = "Complete", "Pruned"


@dataclass(frozen=True)
class TrialPoint:
    """A trial that came to an accuracy."""

    number: int
    """Counted from 1."""
    pruned: bool
    accuracy: float
    """On the validation images, 0 to 1."""
    values: tuple[float | str, ...]
    """What it chose, an axis after the other: a number, or one of the axis' choices."""
    description: str
    """The same in words."""

    @property
    def state(self) -> str:
        """What became of it, in a word."""
        return PRUNED if self.pruned else COMPLETE


def accuracy_span(points: Sequence[TrialPoint]) -> tuple[float, float]:
    """Return the span in which accuracies are drawn, in whole percents, with room for the better
    half.

    A trial may come to little more than chance; were it drawn to scale, those that matter could not
    be told apart. What is worse than the lower end stands at it.
    """
    complete = sorted(point.accuracy for point in points if not point.pruned)
    every = [point.accuracy for point in points] or [0.0, 1.0]
    low, high = min(every), max(every)
    if complete:
        low = max(low, high - max(4 * (high - statistics.median(complete)), 0.02))
    low, high = math.floor(100 * low) / 100, math.ceil(100 * high) / 100
    return min(low, high - 0.01), high


def trial_tooltip() -> list[Any]:
    """Return what is shown of the trial under the pointer."""
    import altair as alt

    return [
        alt.Tooltip("trial:Q", title="Trial", format="d"),
        alt.Tooltip("state:N", title="State"),
        alt.Tooltip("accuracy:Q", title="Validation accuracy", format=".1%"),
        alt.Tooltip("description:N", title="Settings"),
    ]


_ACCURACY = "Validation accuracy (% of images)"
_BEST = "Best so far"


def history_data(points: Sequence[TrialPoint]) -> "pd.DataFrame":
    """Return a row a trial (trial, state, accuracy, best, description); ``best`` is of the complete
    so
    far."""
    import pandas as pd

    rows, best = [], float("nan")
    for point in points:
        if not point.pruned:
            best = point.accuracy if math.isnan(best) else max(best, point.accuracy)
        rows.append((point.number, point.state, point.accuracy, best, point.description))
    return pd.DataFrame(rows, columns=["trial", "state", "accuracy", "best", "description"])


@lru_cache(maxsize=64)
def history_spec(trials: int, span: tuple[float, float]) -> dict[str, Any]:
    """Return the spec of validation accuracy by trial for history_data's rows, within
    accuracy_span.

    ``trials`` are asked for, so that the axis stands still while it fills.
    """
    import altair as alt

    scale = alt.Scale(domain=[0.5, trials + 0.5], nice=False)
    x = alt.X("trial:Q", title="Trial", axis=count_axis(), scale=scale)
    axes = {
        "title": _ACCURACY,
        "scale": alt.Scale(domain=list(span), clamp=True, nice=False),
        "axis": share_axis(),
    }
    names = [COMPLETE, PRUNED, _BEST]
    shapes = alt.Scale(domain=names, range=["circle", "triangle-down", "stroke"])
    colors = alt.Scale(domain=names, range=[VALIDATION, GREY, VALIDATION])
    legend = alt.Legend(orient="top", symbolOpacity=1, symbolStrokeWidth=2)
    line = (
        alt.Chart()
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(x=x, y=alt.Y("best:Q", **axes), color=alt.ColorDatum(_BEST))
        .transform_filter("isValid(datum.best)")
    )
    points = (
        alt.Chart()
        .mark_point(filled=True, size=70, opacity=0.9)
        .encode(
            x=x,
            y=alt.Y("accuracy:Q", **axes),
            color=alt.Color("state:N", title=None, scale=colors, legend=legend),
            shape=alt.Shape("state:N", title=None, scale=shapes, legend=legend),
            tooltip=trial_tooltip(),
        )
    )
    return finished(alt.layer(line, points), height=240)


def importance_data(shares: Mapping[str, float]) -> "pd.DataFrame":
    """Return a row a setting (setting, share), the most important first; shares are from 0 to 1."""
    import pandas as pd

    rows = sorted(shares.items(), key=lambda item: -item[1])
    return pd.DataFrame(rows, columns=["setting", "share"])


@lru_cache(maxsize=64)
def importance_spec() -> dict[str, Any]:
    """Return the spec of bars for the rows of importance_data, in their order."""
    import altair as alt

    axis = alt.Axis(labelLimit=150)
    base = alt.Chart().encode(
        y=alt.Y("setting:N", title="Setting", sort=None, axis=axis),
        x=alt.X(
            "share:Q",
            title="Importance (% of the sum)",
            scale=alt.Scale(domain=[0, 1.15]),  # room for the number beside a full bar
            axis=share_axis(values=[0, 0.25, 0.5, 0.75, 1]),
        ),
        tooltip=[
            alt.Tooltip("setting:N", title="Setting"),
            alt.Tooltip("share:Q", title="Importance", format=".1%"),
        ],
    )
    numbers = base.mark_text(align="left", dx=4, fontSize=11).encode(
        text=alt.Text("share:Q", format=".0%"), fill=ink()
    )
    chart = alt.layer(base.mark_bar(color=ACCENT), numbers)
    return finished(chart, height={"step": 34, "for": "position"})


_LAST = ["Validation", "accuracy"]
_MAX_TICKS = 7
_TICK: dict[str, Any] = {"align": "left", "dx": 6, "fontSize": 11}


@dataclass(frozen=True)
class ParallelAxis:
    """An axis of numbers from ``low`` to ``high``, or of ``choices`` if there are any."""

    label: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """What the choices are called."""
    shares: bool = False
    """Whether the numbers are shares, from 0 to 1."""

    def place(self, value: float | str) -> float:
        """Return where a value stands, from 0 (bottom) to 1; one beyond the ends at the nearest of
        them, choices at equal distances."""
        if self.choices:
            return self.choices.index(str(value)) / max(len(self.choices) - 1, 1)
        low, high, at = self.low, self.high, float(value)
        if self.log:
            low, high, at = math.log(low), math.log(high), math.log(at)
        return min(max((at - low) / (high - low), 0.0), 1.0) if high > low else 0.5

    def ticks(self) -> list[tuple[float, str]]:
        """Return (place, text) of its marks: both ends, and powers of ten or the middle between
        them."""
        if self.choices:
            places = [self.place(choice) for choice in self.choices]
            return list(zip(places, self.names or self.choices, strict=True))
        between = [(self.low + self.high) / 2]
        if self.log:
            tens = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
            between = [10.0**ten for ten in tens][:: -(-len(tens) // _MAX_TICKS) or 1]
        inner = [(self.place(number), number) for number in between]
        kept = [(self.place(end), end) for end in (self.low, self.high)]
        kept += [(place, number) for place, number in inner if 0.08 < place < 0.92]
        written = _percent if self.shares else _number
        return [(place, written(number)) for place, number in sorted(kept)]


def parallel_data(axes: Sequence[ParallelAxis], points: Sequence[TrialPoint]) -> "pd.DataFrame":
    """Return the lines' corners and the axes' marks as rows (kind, axis, place, trial, state,
    accuracy, shade, best, description, text).

    ``kind`` is "line" or "tick"; ``axis`` counts the axes from 0, and the last one, after those
    given, is the accuracy; ``place`` is from 0 to 1, and ``shade`` the accuracy's. The best
    trial comes last, to be drawn above.
    """
    import pandas as pd

    low, high = accuracy_span(points)
    last = ParallelAxis(" ".join(_LAST), low, high, shares=True)
    best = max((p.accuracy for p in points if not p.pruned), default=None)
    rows: list[tuple[Any, ...]] = []
    for point in sorted(points, key=lambda point: (not point.pruned, point.accuracy)):
        first = not point.pruned and point.accuracy == best
        places = [
            axis.place(value)
            for axis, value in zip((*axes, last), (*point.values, point.accuracy), strict=True)
        ]
        of_trial = (
            point.number,
            point.state,
            point.accuracy,
            places[-1],
            first,
            point.description,
            "",
        )
        rows += [("line", n, place, *of_trial) for n, place in enumerate(places)]
    below = any(point.accuracy < low for point in points)
    for n, axis in enumerate((*axes, last)):
        for place, text in axis.ticks():
            # The lowest mark says where trials stand that are worse.
            shown = f"≤ {text}" if below and axis is last and place == 0 else text
            rows.append(("tick", n, place, 0, "", None, None, False, "", shown))
    columns = [
        "kind", "axis", "place", "trial", "state", "accuracy", "shade", "best",
        "description", "text",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _number(value: float) -> str:
    return formats.number(value, 4)


def _percent(value: float) -> str:
    return formats.share(value, 0 if round(100 * value, 6).is_integer() else 1)


@lru_cache(maxsize=64)
def parallel_spec(labels: tuple[str, ...]) -> dict[str, Any]:
    """Return the spec of a line a trial across its settings and its accuracy, for parallel_data's
    rows.

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
            tooltip=trial_tooltip(),
        )
        .transform_filter("datum.kind === 'line'")
    )
    ticks = base.transform_filter("datum.kind === 'tick'").encode(text="text:N")
    # Lines run across the texts: each has a seam of the page's colour.
    seams = ticks.mark_text(
        **_TICK, aria=False, stroke=alt.expr("background"), strokeWidth=4, strokeJoin="round"
    )
    texts = ticks.mark_text(**_TICK).encode(fill=ink())
    chart = alt.layer(lines, seams, texts)
    return finished(chart, height=270)
