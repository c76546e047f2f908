"""The accuracy of each class in two networks, joined by a line."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.spec import COLORS, class_axis, finished

if TYPE_CHECKING:
    import pandas as pd

Values = Mapping[str, Sequence[float]]
"""By class, the accuracies (0 to 1) of one run or of several seeds."""


def change_data(before: Values, after: Values, networks: tuple[str, str]) -> "pd.DataFrame":
    """Rows (class, network, mean, low, high, other) for each class that both have, in order.

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
    """The spec of two dots a class for the rows of change_data; thin lines are the seeds' range."""
    import altair as alt

    y = alt.Y("class:N", title=None, sort=None, axis=class_axis())
    title = "Accuracy of the class (% of its test images)"
    x = alt.X(
        "mean:Q",
        title=title,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="~%", values=[0, 0.2, 0.4, 0.6, 0.8, 1]),
    )
    color = alt.Color(
        "network:N",
        title=None,
        scale=alt.Scale(domain=list(networks), range=list(COLORS[:2])),
        legend=alt.Legend(orient="top", columns=1, symbolType="circle", symbolOpacity=1),
    )
    base = alt.Chart().encode(y=y)
    joined = (
        base.mark_rule(strokeWidth=2, opacity=0.5, color="#888888")
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
