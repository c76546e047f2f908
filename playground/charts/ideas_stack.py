"""A linear map as a picture, and how well a map says what a stack of layers does."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.charts.colors import ACCENT, GREY
from playground.charts.spec import finished

if TYPE_CHECKING:
    import pandas as pd

SIGNED = [f"rgba({rgb},{alpha})" for rgb, alpha in (("213,94,0", 1), ("213,94,0", 0.04))] + [
    f"rgba({rgb},{alpha})" for rgb, alpha in (("0,114,178", 0.04), ("0,114,178", 1))
]
"""Orange below zero, blue above it, and transparent near it, on a light and a dark page."""


def weight_data(weights: np.ndarray, biases: np.ndarray, names: Sequence[str]) -> "pd.DataFrame":
    """Return rows (output, input, weight) of a map: weights (outputs, inputs), biases (outputs,).

    Outputs are counted from 1; ``names`` are those of the inputs, then that of the biases.
    """
    import pandas as pd

    table = np.column_stack([weights, biases])
    return pd.DataFrame(
        {
            "output": np.repeat(np.arange(1, len(table) + 1), len(names)),
            "input": np.tile(np.array(names, object), len(table)),
            "weight": table.ravel(),
        }
    )


@lru_cache(maxsize=8)
def weight_spec(names: tuple[str, ...], top: float) -> dict[str, Any]:
    """Return the spec of a map as a table of inputs by outputs, for the rows of weight_data.

    Colours end at -``top`` and ``top``.
    """
    import altair as alt

    cells = (
        alt.Chart()
        .mark_rect()
        .encode(
            x=alt.X(
                "output:O",
                title="Comes out as channel",
                axis=alt.Axis(labelAngle=0, labelOverlap="parity"),
            ),
            y=alt.Y("input:N", title="Goes in", sort=list(names)),
            fill=alt.Fill(
                "weight:Q",
                title="Weight",
                scale=alt.Scale(
                    domain=[-top, -1e-9, 1e-9, top], range=SIGNED, interpolate="rgb", clamp=True
                ),
                legend=alt.Legend(
                    orient="top", gradientLength=220, gradientThickness=10, values=[-top, 0, top]
                ),
            ),
            tooltip=[
                alt.Tooltip("output:O", title="Comes out as channel"),
                alt.Tooltip("input:N", title="Goes in"),
                alt.Tooltip("weight:Q", title="Weight", format=".4f"),
            ],
        )
    )
    return finished(cells, height=190)


def agreement_data(outputs: np.ndarray, given: np.ndarray) -> "pd.DataFrame":
    """Return rows (layers, map): what the layers and what a map make of each pixel, both (n,)."""
    import pandas as pd

    return pd.DataFrame({"layers": outputs, "map": given})


@lru_cache(maxsize=16)
def agreement_spec(low: float, high: float) -> dict[str, Any]:
    """Return the spec of a point for each pixel, for the rows of agreement_data; both axes go from
    ``low`` to ``high``. Where layers and map agree, a point is on the line."""
    import altair as alt

    scale = alt.Scale(domain=[low, high], nice=False)
    line = (
        alt.Chart()
        .mark_line(strokeDash=[5, 4], color=GREY)
        # Aggregated to one row, which becomes the line's two ends.
        .transform_aggregate(n="count()")
        .transform_calculate(ends=f"[{low}, {high}]")
        .transform_flatten(["ends"])
        .encode(x=alt.X("ends:Q", scale=scale), y=alt.Y("ends:Q", scale=scale))
    )
    points = (
        alt.Chart()
        .mark_circle(size=26, opacity=0.7, color=ACCENT, clip=True)
        .encode(
            x=alt.X("layers:Q", title="What the layers make of a pixel", scale=scale),
            y=alt.Y("map:Q", title="What one map makes of it", scale=scale),
            tooltip=[
                alt.Tooltip("layers:Q", title="Layers", format=".4f"),
                alt.Tooltip("map:Q", title="One map", format=".4f"),
            ],
        )
    )
    return finished(alt.layer(line, points), height=280)
