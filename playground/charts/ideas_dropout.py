"""Means of networks with units left out, against the whole network."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.charts.colors import ACCENT, GREY, ink
from playground.charts.spec import finished

if TYPE_CHECKING:
    import pandas as pd


def ensemble_data(sizes: Sequence[int], values: np.ndarray, unit: str) -> "pd.DataFrame":
    """Return rows (networks, value, description) for the mean of so many networks; values (sizes,)
    in
    ``unit``, which is written behind a value."""
    import pandas as pd

    description = [f"{value:.2f}{unit}" for value in values]
    return pd.DataFrame({"networks": list(sizes), "value": values, "description": description})


@lru_cache(maxsize=64)
def ensemble_spec(
    title: str, sizes: tuple[int, ...], whole: float | None, top: float | None = None
) -> dict[str, Any]:
    """Return the spec of a value by the number of networks, for the rows of ensemble_data.

    ``whole`` is the value of the whole network, a dashed line; ``top`` the end of the axis, which
    then begins at zero.
    """
    import altair as alt

    scale = alt.Scale(zero=False) if top is None else alt.Scale(domain=[0, top])
    base = alt.Chart().encode(
        x=alt.X(
            "networks:Q",
            title="Masked networks whose probabilities are averaged",
            scale=alt.Scale(type="log", domain=[sizes[0], sizes[-1]], nice=False),
            axis=alt.Axis(values=list(sizes), format="d", grid=False),
        ),
        y=alt.Y("value:Q", title=title, scale=scale),
    )
    line = base.mark_line(color=ACCENT, strokeWidth=2.5)
    points = base.mark_circle(color=ACCENT, size=80, opacity=1).encode(
        tooltip=[
            alt.Tooltip("networks:Q", title="Networks averaged", format="d"),
            alt.Tooltip("description:N", title=title),
        ]
    )
    layers: list[Any] = [line, points]
    if whole is not None:
        # Aggregated to one row: else each row would draw the same rule and word again.
        one = alt.Chart().transform_aggregate(n="count()").encode(y=alt.YDatum(whole))
        layers.append(one.mark_rule(strokeDash=[5, 4], color=GREY, strokeWidth=2))
        layers.append(
            one.mark_text(align="right", baseline="bottom", dy=-4, fontSize=13).encode(
                x=alt.value(alt.expr("width")), text=alt.value("the whole network"), color=ink()
            )
        )
    return finished(alt.layer(*layers), height=240)
