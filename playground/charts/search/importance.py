"""Which settings had to do with a trial being among the best."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.spec import COLORS, finished, ink

if TYPE_CHECKING:
    import pandas as pd


def importance_data(shares: Mapping[str, float]) -> "pd.DataFrame":
    """A row a setting (setting, share), the most important first; shares are from 0 to 1."""
    import pandas as pd

    rows = sorted(shares.items(), key=lambda item: -item[1])
    return pd.DataFrame(rows, columns=["setting", "share"])


@lru_cache(maxsize=64)
def importance_spec() -> dict[str, Any]:
    """The spec of bars for the rows of importance_data, in their order."""
    import altair as alt

    axis = alt.Axis(labelLimit=150)
    base = alt.Chart().encode(
        y=alt.Y("setting:N", title="Setting", sort=None, axis=axis),
        x=alt.X(
            "share:Q",
            title="Importance (% of the sum)",
            scale=alt.Scale(domain=[0, 1.15]),  # room for the number beside a full bar
            axis=alt.Axis(format="~%", values=[0, 0.25, 0.5, 0.75, 1]),
        ),
        tooltip=[
            alt.Tooltip("setting:N", title="Setting"),
            alt.Tooltip("share:Q", title="Importance", format=".1%"),
        ],
    )
    numbers = base.mark_text(align="left", dx=4, fontSize=11).encode(
        text=alt.Text("share:Q", format=".0%"), fill=alt.Fill(**ink())
    )
    chart = alt.layer(base.mark_bar(color=COLORS[0]), numbers).transform_calculate(ink="1")
    return finished(chart, height={"step": 34, "for": "position"})
