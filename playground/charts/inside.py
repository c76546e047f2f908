"""Charts of the page Inside: accuracy against how much is done to a network or its images."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.colors import COLORS
from playground.charts.spec import AXES, NARROW, count_axis, finished, number_axis, share_axis

if TYPE_CHECKING:
    import pandas as pd

Point = tuple[float, float, float, float]
"""The level, the accuracy, and the ends of its interval."""


def broken_data(lines: Mapping[str, Sequence[Point]]) -> "pd.DataFrame":
    """Return rows (run, level, accuracy, low, high) of each run's points; shares from 0 to 1."""
    import pandas as pd

    rows = [(run, *point) for run, points in lines.items() for point in points]
    return pd.DataFrame(rows, columns=["run", "level", "accuracy", "low", "high"])


@lru_cache(maxsize=32)
def broken_spec(
    runs: tuple[str, ...], title: str, levels: tuple[float, ...], falling: bool = False
) -> dict[str, Any]:
    """Return the spec of accuracy by level, with a band for what so few images leave open.

    ``title`` is the axis' with its unit; ``falling`` levels begin with the largest, as bits do.
    """
    import altair as alt

    scale = alt.Scale(domain=[min(levels), max(levels)], nice=False, reverse=falling, zero=False)
    x = alt.X("level:Q", title=title, scale=scale, axis=number_axis())
    y = alt.Y(
        "accuracy:Q", title=AXES["accuracy"], axis=share_axis(), scale=alt.Scale(domain=[0, 1])
    )
    color = alt.Color(
        "run:N",
        title=None,
        scale=alt.Scale(domain=list(runs), range=list(COLORS[: len(runs)])),
        legend=alt.Legend(orient="top") if len(runs) > 1 else None,
    )
    tooltip = [
        alt.Tooltip("run:N", title="Run"),
        alt.Tooltip("level:Q", title=title),
        alt.Tooltip("accuracy:Q", title="Accuracy", format=".1%"),
        alt.Tooltip("low:Q", title="At least", format=".1%"),
        alt.Tooltip("high:Q", title="At most", format=".1%"),
    ]
    base = alt.Chart().encode(x=x, color=color)
    band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q"), y2="high:Q")
    lines = base.mark_line(point=True, strokeWidth=2).encode(y=y, tooltip=tooltip)
    return finished(alt.layer(band, lines), height=280)


def lost_data(units: Sequence[int], lost: Sequence[float]) -> "pd.DataFrame":
    """Return rows (unit, lost, rank) of how many points of accuracy each unit's loss costs, the
    worst first."""
    import pandas as pd

    found = pd.DataFrame({"unit": list(units), "lost": list(lost)})
    found = found.sort_values("lost", ascending=False, kind="stable").reset_index(drop=True)
    return found.assign(rank=found.index + 1)


@lru_cache(maxsize=8)
def lost_spec(word: str) -> dict[str, Any]:
    """Return the spec of the loss without each unit, ranked; ``word`` is what a unit is called."""
    import altair as alt

    chart = (
        alt.Chart()
        .mark_bar(color=COLORS[0])
        .encode(
            x=alt.X("rank:O", title=f"{word.capitalize()}s, the one that is missed most first",
                    axis=alt.Axis(labels=False, ticks=False)),
            y=alt.Y("lost:Q", title="Accuracy lost (percentage points)"),
            tooltip=[
                alt.Tooltip("unit:Q", title=word.capitalize()),
                alt.Tooltip("lost:Q", title="Points lost", format=".1f"),
            ],
        )
    )  # fmt: skip
    return finished(chart, height=240)


def layer_data(
    lines: Mapping[str, Sequence[tuple[float, float]]],
    bands: Mapping[str, Sequence[tuple[float, float]]],
) -> "pd.DataFrame":
    """Return rows (layer, epoch, value, low, high) of each layer's points, with the ends of its
    band if it has one."""
    import pandas as pd

    none = (float("nan"), float("nan"))
    rows = [
        (layer, epoch, value, *(bands[layer][at] if layer in bands else none))
        for layer, points in lines.items()
        for at, (epoch, value) in enumerate(points)
    ]
    return pd.DataFrame(rows, columns=["layer", "epoch", "value", "low", "high"])


@lru_cache(maxsize=32)
def layer_spec(
    layers: tuple[str, ...], title: str, log: bool = False, is_share: bool = False
) -> dict[str, Any]:
    """Return the spec of a value by epoch, a line a layer; ``title`` is the axis' with its unit. A
    share goes from 0 to 100."""
    import altair as alt

    x = alt.X("epoch:Q", title="Epoch", axis=count_axis(), scale=alt.Scale(nice=False, zero=False))
    scale = alt.Scale(type="log" if log else "linear", nice=True, zero=False)
    if is_share:
        scale = alt.Scale(domain=[0, 100])
    color = alt.Color(
        "layer:N",
        title=None,
        sort=list(layers),
        scale=alt.Scale(domain=list(layers), range=(COLORS * len(layers))[: len(layers)]),
        legend=alt.Legend(
            orient="top", columns=alt.expr(f"{NARROW} ? 1 : 2"), labelLimit=320, symbolOpacity=1
        ),
    )
    base = alt.Chart().encode(x=x, color=color)
    band = base.mark_area(opacity=0.12).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q")
    line = base.mark_line(point=True, strokeWidth=2).encode(
        y=alt.Y("value:Q", title=title, scale=scale, axis=number_axis()),
        tooltip=[
            alt.Tooltip("layer:N", title="Layer"),
            alt.Tooltip("epoch:Q", title="Epoch", format=",d"),
            alt.Tooltip("value:Q", title=title, format=",.3~r"),
        ],
    )
    return finished(alt.layer(band, line) if not log else line, height=300)
