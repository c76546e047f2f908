"""Small pictures with the number of each pixel, and how pictures shrink from layer to layer."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.charts.colors import COLORS, GREY, ink
from playground.charts.ideas_stack import SIGNED
from playground.charts.spec import finished

if TYPE_CHECKING:
    import pandas as pd


def pixel_data(picture: np.ndarray, rim: int = 0) -> "pd.DataFrame":
    """Return rows (row, column, value, rim), counted from 1, of a picture (h, w).

    ``rim``: so many rows and columns on each side are marked.
    """
    import pandas as pd

    height, width = picture.shape
    marked = np.ones(picture.shape, bool)
    marked[rim : height - rim, rim : width - rim] = False
    return pd.DataFrame(
        {
            "row": np.repeat(np.arange(1, height + 1), width),
            "column": np.tile(np.arange(1, width + 1), height),
            "value": picture.ravel(),
            "rim": marked.ravel(),
        }
    )


@lru_cache(maxsize=16)
def pixel_spec(rows: int, top: float) -> dict[str, Any]:
    """Return the spec of a picture of so many rows, for the rows of pixel_data: each pixel with its
    number, the marked ones with a dashed border. Colours end at -``top`` and ``top``."""
    import altair as alt

    def axis(field: str) -> dict[str, Any]:
        return {
            "shorthand": f"{field}:O",
            "title": field.capitalize(),
            "axis": alt.Axis(labelAngle=0, labels=False, ticks=False, domain=False),
        }

    base = alt.Chart().encode(x=alt.X(**axis("column")), y=alt.Y(**axis("row")))
    cells = base.mark_rect(stroke=GREY).encode(
        fill=alt.Fill(
            "value:Q",
            scale=alt.Scale(
                domain=[-top, -1e-9, 1e-9, top], range=SIGNED, interpolate="rgb", clamp=True
            ),
            legend=None,
        ),
        strokeDash=alt.condition("datum.rim", alt.value([3, 2]), alt.value([1, 0])),
        strokeOpacity=alt.condition("datum.rim", alt.value(1), alt.value(0.25)),
        tooltip=[
            alt.Tooltip("row:O", title="Row"),
            alt.Tooltip("column:O", title="Column"),
            alt.Tooltip("value:Q", title="Value", format="d"),
        ],
    )
    numbers = base.mark_text(
        aria=False, fontSize=alt.expr("clamp(bandwidth('x') / 2.2, 8, 14)")
    ).encode(
        text=alt.Text("value:Q", format="d"),
        color=alt.condition(f"abs(datum.value) > {0.6 * top}", alt.value("white"), ink()),
    )
    chart = alt.layer(cells, numbers)
    return finished(chart, height=30 * rows)


def side_data(sides: Mapping[str, Sequence[int]], stages: Sequence[str]) -> "pd.DataFrame":
    """Return rows (network, stage, side): the side of the picture at first and after each stage.

    A network may have fewer than all ``stages``.
    """
    import pandas as pd

    return pd.DataFrame(
        [
            (network, stage, side)
            for network, found in sides.items()
            for stage, side in zip(stages, found, strict=False)
        ],
        columns=["network", "stage", "side"],
    )


@lru_cache(maxsize=1)
def side_spec(networks: tuple[str, ...], stages: tuple[str, ...]) -> dict[str, Any]:
    """Return the spec of the picture's side by stage, for the rows of side_data."""
    import altair as alt

    color = alt.Color(
        "network:N",
        title=None,
        scale=alt.Scale(domain=list(networks), range=list(COLORS[: len(networks)])),
        legend=alt.Legend(orient="bottom", columns=2, symbolType="stroke", symbolStrokeWidth=3),
    )
    lines = (
        alt.Chart()
        .mark_line(strokeWidth=2.5, point={"filled": True, "size": 60})
        .encode(
            x=alt.X("stage:O", title="After", sort=list(stages), axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("side:Q", title="Side of the picture (pixels)", scale=alt.Scale(zero=True)),
            color=color,
            tooltip=[
                alt.Tooltip("network:N", title="Network"),
                alt.Tooltip("stage:O", title="After"),
                alt.Tooltip("side:Q", title="Side in pixels"),
            ],
        )
    )
    return finished(lines, height=300)
