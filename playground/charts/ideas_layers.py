"""What penalties do to weights, and what dropout and batch norm do to the values of a layer."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.charts.colors import COLORS, GREY
from playground.charts.spec import MAX_POINTS, count_axis, finished

if TYPE_CHECKING:
    import pandas as pd


def shrinking_data(weights: np.ndarray) -> "pd.DataFrame":
    """Return rows (start, step, weight) of weights by step (steps + 1, weights), thinned to
    MAX_POINTS a line."""
    import pandas as pd

    last = len(weights) - 1
    steps = np.unique(np.linspace(0, last, min(last + 1, MAX_POINTS)).round().astype(int))
    return pd.DataFrame(
        {
            "start": np.repeat(weights[0], len(steps)),
            "step": np.tile(steps, weights.shape[1]),
            "weight": weights[steps].T.ravel(),
        }
    )


@lru_cache(maxsize=8)
def shrinking_spec(starts: tuple[float, ...], steps: int) -> dict[str, Any]:
    """Return the spec of each weight by step, for the rows of shrinking_data."""
    import altair as alt

    x = alt.X(
        "step:Q",
        title="Step",
        scale=alt.Scale(domain=[0, steps], nice=False),
        axis=count_axis(tickCount=5),
    )
    y = alt.Y("weight:Q", title="Weight", scale=alt.Scale(domain=[-1, 1.1], nice=False))
    color = alt.Color(
        "start:N",
        scale=alt.Scale(domain=list(starts), range=list(COLORS[: len(starts)])),
        legend=None,
    )
    # Aggregated to one row: else each row would draw the same rule again.
    zero = (
        alt.Chart()
        .mark_rule(strokeDash=[4, 4], color=GREY)
        .encode(y=alt.YDatum(0))
        .transform_aggregate(n="count()")
    )
    lines = (
        alt.Chart()
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            x=x,
            y=y,
            color=color,
            tooltip=[
                alt.Tooltip("start:Q", title="Began at", format=".2~f"),
                alt.Tooltip("step:Q", title="Step", format=",d"),
                alt.Tooltip("weight:Q", title="Weight", format=".4f"),
            ],
        )
    )
    return finished(alt.layer(zero, lines), height=240)


def mask_data(kept: np.ndarray) -> "pd.DataFrame":
    """Return rows (image, unit, kept), counted from 1, of a mask bool (images, units)."""
    import pandas as pd

    images, units = kept.shape
    return pd.DataFrame(
        {
            "image": np.repeat(np.arange(1, images + 1), units),
            "unit": np.tile(np.arange(1, units + 1), images),
            "kept": np.where(kept.ravel(), "kept", "set to zero"),
        }
    )


@lru_cache(maxsize=1)
def mask_spec() -> dict[str, Any]:
    """Return the spec of a mask as a table of images by units, for the rows of mask_data."""
    import altair as alt

    gaps = alt.Scale(paddingInner=0.12, paddingOuter=0)
    cells = (
        alt.Chart()
        .mark_rect()
        .encode(
            x=alt.X(
                "unit:O",
                title="Unit of the layer",
                scale=gaps,
                axis=alt.Axis(labelAngle=0, labelOverlap="parity"),
            ),
            y=alt.Y("image:O", title="Image of the batch", scale=gaps),
            fill=alt.Fill(
                "kept:N",
                title=None,
                scale=alt.Scale(
                    domain=["kept", "set to zero"], range=[COLORS[0], "rgba(128,128,128,0.2)"]
                ),
                legend=alt.Legend(orient="bottom", symbolType="square"),
            ),
            tooltip=[
                alt.Tooltip("image:O", title="Image"),
                alt.Tooltip("unit:O", title="Unit"),
                alt.Tooltip("kept:N", title="Value"),
            ],
        )
    )
    return finished(cells, height=200)


def normalizing_data(values: np.ndarray, names: Sequence[str], bins: int = 24) -> "pd.DataFrame":
    """Return rows (unit, low, high, middle, images): how many images have a value in each of the
    bins.

    ``values`` are (images, units), the bins the same for all units; if all values are the same,
    about them.
    """
    import pandas as pd

    low, high = values.min(), values.max()
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, bins + 1)
    counts = [np.histogram(column, edges)[0] for column in values.T]
    return pd.DataFrame(
        {
            "unit": np.repeat(np.array(names, object), bins),
            "low": np.tile(edges[:-1], len(names)),
            "high": np.tile(edges[1:], len(names)),
            "middle": np.tile((edges[:-1] + edges[1:]) / 2, len(names)),
            "images": np.concatenate(counts),
        }
    )


@lru_cache(maxsize=8)
def normalizing_spec(
    title: str, names: tuple[str, ...], limits: tuple[int, int] | None = None
) -> dict[str, Any]:
    """Return the spec of the units' histograms over each other, for the rows of normalizing_data.

    ``limits`` are the ends of the axis of values, if they are fixed.
    """
    import altair as alt

    scale = alt.Scale(nice=False, domain=list(limits)) if limits else alt.Scale(nice=False)
    legend = alt.Legend(orient="bottom", columns=4, symbolType="stroke", symbolStrokeWidth=3)
    areas = (
        alt.Chart()
        .mark_area(interpolate="step", fillOpacity=0.2, line={"strokeWidth": 2})
        .encode(
            x=alt.X("middle:Q", title=title, scale=scale),
            y=alt.Y("images:Q", title="Images", stack=None, axis=alt.Axis(format=",d")),
            color=alt.Color(
                "unit:N",
                title=None,
                scale=alt.Scale(domain=list(names), range=list(COLORS[: len(names)])),
                legend=legend,
            ),
            tooltip=[
                alt.Tooltip("unit:N", title="Unit"),
                alt.Tooltip("low:Q", title="From", format=".2f"),
                alt.Tooltip("high:Q", title="To", format=".2f"),
                alt.Tooltip("images:Q", title="Images"),
            ],
        )
    )
    return finished(areas, height=290)
