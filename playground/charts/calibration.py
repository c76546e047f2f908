"""The reliability diagram: how often a network is right, by how sure it is."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.analysis.evaluation import Calibration
from playground.charts.colors import ACCENT, GREY
from playground.charts.spec import as_wide, share_axis

if TYPE_CHECKING:
    import pandas as pd


def calibration_data(figures: Calibration) -> "pd.DataFrame":
    """Return a row a bin (low, high, confidence, accuracy, images), all but images from 0 to 1."""
    import pandas as pd

    names = ["low", "high", "confidence", "accuracy", "images"]
    return pd.DataFrame({name: getattr(figures, name) for name in names})


@lru_cache(maxsize=1)
def calibration_spec() -> dict[str, Any]:
    """Return the spec for the rows of calibration_data: a point a bin, and its distance from the
    line of a network that is right as often as it is sure."""
    import altair as alt

    unit = alt.Scale(domain=[0, 1], nice=False)
    percent = share_axis(grid=True, values=[0, 0.2, 0.4, 0.6, 0.8, 1])
    x = alt.X("confidence:Q", title="Confidence (%)", scale=unit, axis=percent)
    y = alt.Y("accuracy:Q", title="Accuracy (%)", scale=unit, axis=percent)
    ideal = (
        alt.Chart()
        .mark_rule(strokeDash=[4, 4], color=GREY, strokeWidth=1.5)
        .encode(
            x=alt.XDatum(0, scale=unit, title="Confidence (%)", axis=percent),
            y=alt.YDatum(0, scale=unit, title="Accuracy (%)", axis=percent),
            x2=alt.datum(1),
            y2=alt.datum(1),
        )
    )
    gaps = alt.Chart().mark_rule(color=GREY, strokeWidth=2.5).encode(x=x, y=y, y2="confidence")
    points = (
        alt.Chart()
        .mark_circle(color=ACCENT, opacity=1)
        .encode(
            x=x,
            y=y,
            size=alt.Size(
                "images:Q",
                title="Images",
                scale=alt.Scale(range=[40, 600], zero=False),
                legend=alt.Legend(orient="top", tickCount=3),
            ),
            tooltip=[
                alt.Tooltip("range:N", title="Confidence from–to"),
                alt.Tooltip("confidence:Q", title="Mean confidence", format=".1%"),
                alt.Tooltip("accuracy:Q", title="Accuracy", format=".1%"),
                alt.Tooltip("images:Q", title="Images", format=","),
            ],
        )
    )
    chart = alt.layer(ideal, gaps, points).transform_calculate(
        range="format(datum.low, '.0%') + '–' + format(datum.high, '.0%')"
    )
    return as_wide(chart, 440)
