"""A figure by epoch, as lines: what is known of a recipe's training."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.spec import AXES, COLORS, MOST_POINTS, finished

if TYPE_CHECKING:
    import pandas as pd


def training_data(lines: Mapping[str, Sequence[float]], first: int = 1) -> "pd.DataFrame":
    """Rows (line, epoch, value), thinned to about MOST_POINTS a line; the last is kept.

    The first value of each line is that of epoch ``first``.
    """
    import pandas as pd

    rows = []
    for name, values in lines.items():
        step = -(-len(values) // MOST_POINTS) or 1
        last = len(values) - 1
        rows += [
            (name, first + place, value)
            for place, value in enumerate(values)
            if place % step == 0 or place == last
        ]
    return pd.DataFrame(rows, columns=["line", "epoch", "value"])


@lru_cache(maxsize=32)
def training_spec(
    quantity: str,
    lines: tuple[str, ...],
    epochs: int,
    span: tuple[float, float] | None = None,
    mark: int | None = None,
) -> dict[str, Any]:
    """The spec of ``loss`` or ``accuracy`` by epoch for the rows of training_data.

    ``span`` holds several charts to one scale; a dashed line stands at epoch ``mark``.
    """
    import altair as alt

    x = alt.X(
        "epoch:Q",
        title="Epoch",
        scale=alt.Scale(domain=[min(1, epochs - 1), epochs], nice=False),
        axis=alt.Axis(tickMinStep=1, format=",d", grid=False, tickCount=6),
    )
    limits: dict[str, Any] = {"domain": list(span)} if span else {}
    y = alt.Y(
        "value:Q",
        title=AXES[quantity],
        scale=alt.Scale(zero=False, nice=True, **limits),
        axis=alt.Axis(format="~%" if quantity == "accuracy" else "~g"),
    )
    shared = alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=2, labelLimit=220)
    color = alt.Color(
        "line:N",
        title=None,
        scale=alt.Scale(domain=list(lines), range=list(COLORS[: len(lines)])),
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
                    format=".1%" if quantity == "accuracy" else ".3f",
                ),
            ],
        )
    )
    layers = [drawn]
    if mark is not None:
        # Aggregated to one row: else each row would draw the same rule again.
        rule = alt.Chart().mark_rule(strokeDash=[2, 3], color="#888888", strokeWidth=1.5)
        layers.insert(0, rule.encode(x=alt.XDatum(mark)).transform_aggregate(n="count()"))
    return finished(alt.layer(*layers), height=280)
