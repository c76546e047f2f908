"""Learning rates on one logarithmic line for each optimizer, beside the span that is advised."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.spec import COLORS, finished

if TYPE_CHECKING:
    import pandas as pd


def rate_data(rates: Sequence[tuple[str, float, str]]) -> "pd.DataFrame":
    """Rows (optimizer, rate, recipe), one for each mark."""
    import pandas as pd

    return pd.DataFrame(rates, columns=["optimizer", "rate", "recipe"])


@lru_cache(maxsize=8)
def rate_spec(advised: tuple[float, float]) -> dict[str, Any]:
    """The spec of a mark for each row of rate_data; ``advised`` is the lowest and the highest rate
    of the span, drawn as a band."""
    import altair as alt

    low, high = advised
    decades = [10.0**power for power in range(-6, 1)]
    x = alt.X(
        "rate:Q",
        title="Learning rate (logarithmic)",
        scale=alt.Scale(type="log", domain=[decades[0], decades[-1]], nice=False),
        axis=alt.Axis(values=decades, format="~e", grid=False),
    )
    y = alt.Y("optimizer:N", title=None, sort=None, axis=alt.Axis(labelLimit=110))
    band = (
        alt.Chart()
        .mark_bar(color=COLORS[0], opacity=0.5, height=10)
        .encode(
            x=alt.X("low:Q", title="Learning rate (logarithmic)"),
            x2="high:Q",
            y=y,
            tooltip=[alt.Tooltip("told:N", title="Advised")],
        )
        .transform_aggregate(n="count()", groupby=["optimizer"])
        .transform_calculate(low=str(low), high=str(high), told=f"'{low:g} to {high:g}'")
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
