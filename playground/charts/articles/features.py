"""How many features of an image reach the first dense layer of several networks, as bars."""

from collections.abc import Mapping
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any

from playground.charts.spec import COLORS, finished, ink

if TYPE_CHECKING:
    import pandas as pd


def feature_data(shapes: Mapping[str, tuple[int, ...]]) -> "pd.DataFrame":
    """A row for each network (network, features, shown), by the shape before flattening."""
    import pandas as pd

    rows = [
        (name, prod(shape), f"{prod(shape):,} = {'·'.join(map(str, shape))}")
        for name, shape in shapes.items()
    ]
    return pd.DataFrame(rows, columns=["network", "features", "shown"])


@lru_cache(maxsize=8)
def feature_spec(most: int) -> dict[str, Any]:
    """The spec of a bar for each row of feature_data; ``most`` features is the longest."""
    import altair as alt

    scale = alt.Scale(domain=[0, 1.6 * most], nice=False)  # room for the number beside the bar
    axis = alt.Axis(tickCount=5, format=",d", labelOverlap=True)
    base = alt.Chart().encode(
        y=alt.Y("network:N", title=None, sort=None, axis=alt.Axis(labelLimit=150)),
        x=alt.X("features:Q", title="Features into the first dense layer", scale=scale, axis=axis),
        tooltip=[
            alt.Tooltip("network:N", title="Network"),
            alt.Tooltip("shown:N", title="Features (channels·height·width)"),
        ],
    )
    bars = base.mark_bar(color=COLORS[0])
    numbers = base.mark_text(align="left", dx=5, fontSize=12).encode(
        text="shown:N", fill=alt.Fill(**ink())
    )
    return finished(alt.layer(bars, numbers).transform_calculate(ink="1"), height={"step": 38})
