"""The colours of the charts, in a light and in a dark theme."""

from typing import Any

COLORS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#B03030",
    "#8A3FFC",
)
"""Okabe and Ito's, told apart by colour-blind people. Their yellow is lost on white and their black
on a dark page: the last two stand for them, no closer to the others than those are to each other.
"""
GREY = "#888888"
"""For rules, frames and what stands behind. It is seen on white and on a dark page."""


def ink() -> dict[str, Any]:
    """Return a channel's colour that stands out from the page in a light and in a dark theme.

    It is the far end of the theme's own ramp: a spec cannot ask for the colour of text. The chart
    needs the field: ``transform_calculate(ink="1")``.
    """
    import altair as alt

    scale = alt.Scale(domain=[0, 1], range="ramp")
    return {"field": "ink", "type": "quantitative", "scale": scale, "legend": None}
