"""The figures of the articles, drawn from our numbers."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

from playground.charts.colors import ACCENT, COLORS, GREY, SPLITS, ink
from playground.charts.spec import (
    AXES,
    LOSS,
    MAX_POINTS,
    class_axis,
    count_axis,
    finished,
    number_axis,
    share_axis,
)

if TYPE_CHECKING:
    import pandas as pd


Values = Mapping[str, Sequence[float]]
"""By class, the accuracies (0 to 1) of one run or of several seeds."""


def change_data(before: Values, after: Values, networks: tuple[str, str]) -> "pd.DataFrame":
    """Return rows (class, network, mean, low, high, other) for each class that both have, in order.

    ``other`` is the mean of the other network, to draw the line between them.
    """
    import pandas as pd

    rows = []
    for name in (name for name in before if before[name] and after.get(name)):
        means = [sum(found[name]) / len(found[name]) for found in (before, after)]
        for place, found in enumerate((before, after)):
            low, high = min(found[name]), max(found[name])
            rows.append((name, networks[place], means[place], low, high, means[1 - place]))
    return pd.DataFrame(rows, columns=["class", "network", "mean", "low", "high", "other"])


@lru_cache(maxsize=8)
def change_spec(networks: tuple[str, str]) -> dict[str, Any]:
    """Return the spec of two dots a class for the rows of change_data; thin lines are the seeds'
    range."""
    import altair as alt

    y = alt.Y("class:N", title=None, sort=None, axis=class_axis())
    title = "Accuracy of the class (% of its test images)"
    x = alt.X(
        "mean:Q",
        title=title,
        scale=alt.Scale(domain=[0, 1]),
        axis=share_axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1]),
    )
    color = alt.Color(
        "network:N",
        title=None,
        scale=alt.Scale(domain=list(networks), range=list(COLORS[:2])),
        legend=alt.Legend(orient="top", columns=1, symbolType="circle", symbolOpacity=1),
    )
    base = alt.Chart().encode(y=y)
    joined = (
        base.mark_rule(strokeWidth=2, opacity=0.5, color=GREY)
        .encode(x=x, x2="other:Q")
        .transform_filter(alt.datum.network == networks[0])
    )
    spans = (
        base.mark_rule(strokeWidth=1.5, opacity=0.6)
        .encode(
            x=alt.X("low:Q", title=title),
            x2="high:Q",
            color=color,
            yOffset=alt.YOffset("network:N", scale=alt.Scale(domain=list(networks))),
        )
        .transform_filter("datum.low < datum.high")
    )
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=x,
        color=color,
        tooltip=[
            alt.Tooltip("class:N", title="Class"),
            alt.Tooltip("network:N", title="Network"),
            alt.Tooltip("mean:Q", title="Accuracy", format=".1%"),
            alt.Tooltip("low:Q", title="Lowest", format=".1%"),
            alt.Tooltip("high:Q", title="Highest", format=".1%"),
        ],
    )
    return finished(alt.layer(joined, spans, dots), height={"step": 26, "for": "position"})


def feature_data(shapes: Mapping[str, tuple[int, ...]]) -> "pd.DataFrame":
    """Return a row for each network (network, features, shown), by the shape before flattening."""
    import pandas as pd

    rows = [
        (name, prod(shape), f"{prod(shape):,} = {'·'.join(map(str, shape))}")
        for name, shape in shapes.items()
    ]
    return pd.DataFrame(rows, columns=["network", "features", "shown"])


@lru_cache(maxsize=8)
def feature_spec(most: int) -> dict[str, Any]:
    """Return the spec of a bar for each row of feature_data; ``most`` features is the longest."""
    import altair as alt

    scale = alt.Scale(domain=[0, 1.6 * most], nice=False)  # room for the number beside the bar
    axis = alt.Axis(tickCount=5, format=",d", labelOverlap=True)
    base = alt.Chart().encode(
        y=alt.Y("network:N", title=None, sort=None, axis=alt.Axis(labelLimit=150)),
        x=alt.X("features:Q", title="Features into the first dense layer", scale=scale, axis=axis),
        tooltip=[
            alt.Tooltip("network:N", title="Network"),
            alt.Tooltip("shown:N", title="Features (channels·height·width)"),
        ],
    )
    bars = base.mark_bar(color=ACCENT)
    numbers = base.mark_text(align="left", dx=5, fontSize=12).encode(text="shown:N", fill=ink())
    return finished(alt.layer(bars, numbers), height={"step": 38})


def rate_data(rates: Sequence[tuple[str, float, str]]) -> "pd.DataFrame":
    """Return rows (optimizer, rate, recipe), one for each mark."""
    import pandas as pd

    return pd.DataFrame(rates, columns=["optimizer", "rate", "recipe"])


@lru_cache(maxsize=8)
def rate_spec(advised: tuple[float, float]) -> dict[str, Any]:
    """Return the spec of a mark for each row of rate_data; ``advised`` is the lowest and the
    highest rate of the span, drawn as a band."""
    import altair as alt

    low, high = advised
    decades = [10.0**power for power in range(-6, 1)]
    x = alt.X(
        "rate:Q",
        title="Learning rate (logarithmic)",
        scale=alt.Scale(type="log", domain=[decades[0], decades[-1]], nice=False),
        axis=number_axis(values=decades, grid=False),
    )
    y = alt.Y("optimizer:N", title=None, sort=None, axis=alt.Axis(labelLimit=110))
    band = (
        alt.Chart()
        .mark_bar(color=ACCENT, opacity=0.5, height=10)
        .encode(
            x=alt.X("low:Q", title="Learning rate (logarithmic)"),
            x2="high:Q",
            y=y,
            tooltip=[alt.Tooltip("description:N", title="Advised")],
        )
        .transform_aggregate(n="count()", groupby=["optimizer"])
        .transform_calculate(low=str(low), high=str(high), description=f"'{low:g} to {high:g}'")
    )
    marks = (
        alt.Chart()
        .mark_point(filled=True, size=110, opacity=1, color=COLORS[3])
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("recipe:N", title="Recipe"),
                alt.Tooltip("optimizer:N", title="Optimizer"),
                alt.Tooltip("rate:Q", title="Learning rate", format="~g"),
            ],
        )
    )
    return finished(alt.layer(band, marks), height={"step": 34})


AxisValues = tuple[str, ...]


def size_data(
    found: Mapping[AxisValues, Sequence[float]], guessing: Collection[AxisValues]
) -> "pd.DataFrame":
    """Return rows (conv, dense, value, runs, learnt) of the networks that have a figure.

    ``found`` has the validation accuracies of the seeds by (channels, units); those in ``guessing``
    learnt nothing: they have no ``value``.
    """
    import pandas as pd

    rows = [
        (
            int(values[0]),
            int(values[1]),
            None if values in guessing else sum(figures) / len(figures),
            len(figures),
            values not in guessing,
        )
        for values, figures in found.items()
        if figures
    ]
    return pd.DataFrame(rows, columns=["conv", "dense", "value", "runs", "learnt"])


@lru_cache(maxsize=8)
def size_spec(conv: tuple[int, int], dense: tuple[int, int]) -> dict[str, Any]:
    """Return the spec for the rows of size_data; ``conv`` and ``dense`` are each the least and the
    most.

    Both axes are linear and the colours Matplotlib's blues, as in the article. Networks that learnt
    nothing are crosses without a colour.
    """
    import altair as alt

    x = alt.X(
        "conv:Q",
        title="Channels of the convolution",
        scale=alt.Scale(domain=list(conv), nice=False, padding=12),
        axis=count_axis(),
    )
    y = alt.Y(
        "dense:Q",
        title="Units of the dense layer",
        scale=alt.Scale(domain=list(dense), nice=False, padding=12),
        axis=count_axis(),
    )
    color = alt.Color(
        "value:Q",
        title="Validation accuracy (% of images)",
        scale=alt.Scale(scheme="blues", zero=False, nice=False),
        legend=alt.Legend(
            orient="top", gradientLength=180, gradientThickness=10, titleLimit=300, format="~%",
            tickCount=4,
        ),
    )  # fmt: skip
    tooltips = [
        alt.Tooltip("conv:Q", title="Channels"),
        alt.Tooltip("dense:Q", title="Units"),
        alt.Tooltip("shown:N", title="Validation accuracy, mean"),
        alt.Tooltip("runs:Q", title="Runs (seeds)"),
    ]
    base = (
        alt.Chart()
        .encode(x=x, y=y, tooltip=tooltips)
        .transform_calculate(
            shown="datum.learnt ? format(datum.value, '.1%') : 'guesses, it learnt nothing'"
        )
    )
    dots = (
        base.mark_point(filled=True, size=130, opacity=1, stroke=GREY, strokeWidth=0.8)
        .encode(color=color)
        .transform_filter("datum.learnt")
    )
    crosses = base.mark_point(
        shape="M-1,-1L1,1M-1,1L1,-1", size=50, opacity=1, filled=False, color=GREY
    ).transform_filter("!datum.learnt")
    # White, as on paper: on a dark page the darkest dots, which are the best, would be lost.
    chart = alt.layer(dots, crosses).properties(view=alt.ViewBackground(fill="white"))
    return finished(chart, height=270)


def training_data(lines: Mapping[str, Sequence[float]], first: int = 1) -> "pd.DataFrame":
    """Return rows (line, epoch, value), thinned to about MAX_POINTS a line; the last is kept.

    The first value of each line is that of epoch ``first``.
    """
    import pandas as pd

    rows = []
    for name, values in lines.items():
        step = -(-len(values) // MAX_POINTS) or 1
        last = len(values) - 1
        rows += [
            (name, first + place, value)
            for place, value in enumerate(values)
            if place % step == 0 or place == last
        ]
    return pd.DataFrame(rows, columns=["line", "epoch", "value"])


def _colors(lines: tuple[str, ...]) -> list[str]:
    """Return the colours of the splits that the lines are called by, else any."""
    splits = [line.partition(",")[0] for line in lines]
    if all(split in SPLITS for split in splits):
        return [SPLITS[split] for split in splits]
    return list(COLORS[: len(lines)])


@lru_cache(maxsize=32)
def training_spec(
    quantity: str,
    lines: tuple[str, ...],
    epochs: int,
    span: tuple[float, float] | None = None,
    mark: int | None = None,
) -> dict[str, Any]:
    """Return the spec of ``loss`` or ``accuracy`` by epoch for the rows of training_data.

    ``span`` holds several charts to one scale; a dashed line stands at epoch ``mark``.
    """
    import altair as alt

    x = alt.X(
        "epoch:Q",
        title="Epoch",
        scale=alt.Scale(domain=[min(1, epochs - 1), epochs], nice=False),
        axis=count_axis(tickCount=6),
    )
    limits: dict[str, Any] = {"domain": list(span)} if span else {}
    y = alt.Y(
        "value:Q",
        title=AXES[quantity],
        scale=alt.Scale(zero=False, nice=True, **limits),
        axis=share_axis() if quantity == "accuracy" else number_axis(),
    )
    shared = alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=2, labelLimit=220)
    color = alt.Color(
        "line:N",
        title=None,
        scale=alt.Scale(domain=list(lines), range=_colors(lines)),
        legend=shared,
    )
    patterns = ([1, 0], [5, 3], [2, 2], [8, 2, 2, 2])
    dash = alt.StrokeDash(
        "line:N",
        title=None,
        scale=alt.Scale(domain=list(lines), range=[*patterns[: len(lines)]]),
        legend=shared,
    )
    drawn = (
        alt.Chart()
        .mark_line(strokeWidth=2, point=False)
        .encode(
            x=x,
            y=y,
            color=color,
            strokeDash=dash,
            tooltip=[
                alt.Tooltip("line:N", title="Line"),
                alt.Tooltip("epoch:Q", title="Epoch", format=",d"),
                alt.Tooltip(
                    "value:Q",
                    title=quantity.capitalize(),
                    format=".1%" if quantity == "accuracy" else LOSS,
                ),
            ],
        )
    )
    layers = [drawn]
    if mark is not None:
        # Aggregated to one row: else each row would draw the same rule again.
        rule = alt.Chart().mark_rule(strokeDash=[2, 3], color=GREY, strokeWidth=1.5)
        layers.insert(0, rule.encode(x=alt.XDatum(mark)).transform_aggregate(n="count()"))
    return finished(alt.layer(*layers), height=220)
