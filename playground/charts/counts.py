"""Images by class."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.spec import COLORS, finished

if TYPE_CHECKING:
    import pandas as pd


def count_data(counts: Sequence[int], classes: Sequence[str]) -> "pd.DataFrame":
    """Images by class, as rows (class, images)."""
    import pandas as pd

    return pd.DataFrame({"class": list(classes), "images": list(counts)})


@lru_cache(maxsize=1)
def count_spec() -> dict[str, Any]:
    """The spec of images by class, for the rows of count_data."""
    import altair as alt

    bars = (
        alt.Chart()
        .mark_bar(color=COLORS[0])
        .encode(
            x=alt.X("class:N", title="Class", sort=None, axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("images:Q", title="Images"),
            tooltip=[
                alt.Tooltip("class:N", title="Class"),
                alt.Tooltip("images:Q", title="Images", format=","),
            ],
        )
    )
    return finished(bars, height=240)
