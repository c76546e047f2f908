"""Validation accuracy trial by trial, and the best so far."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.search.point import COMPLETE, PRUNED, TrialPoint, tooltip
from playground.charts.spec import COLORS, finished

if TYPE_CHECKING:
    import pandas as pd

_ACCURACY = "Validation accuracy (% of images)"
_BEST = "Best so far"


def history_data(points: Sequence[TrialPoint]) -> "pd.DataFrame":
    """A row a trial (trial, state, accuracy, best, told); ``best`` is of the complete so far."""
    import pandas as pd

    rows, best = [], float("nan")
    for point in points:
        if not point.pruned:
            best = point.accuracy if math.isnan(best) else max(best, point.accuracy)
        rows.append((point.number, point.state, point.accuracy, best, point.told))
    return pd.DataFrame(rows, columns=["trial", "state", "accuracy", "best", "told"])


@lru_cache(maxsize=64)
def history_spec(trials: int, span: tuple[float, float]) -> dict[str, Any]:
    """The spec of validation accuracy by trial for history_data's rows, within accuracy_span.

    ``trials`` are asked for, so that the axis stands still while it fills.
    """
    import altair as alt

    axis = alt.Axis(tickMinStep=1, format="d", grid=False)
    x = alt.X(
        "trial:Q", title="Trial", axis=axis, scale=alt.Scale(domain=[0.5, trials + 0.5], nice=False)
    )
    axes = {
        "title": _ACCURACY,
        "scale": alt.Scale(domain=list(span), clamp=True, nice=False),
        "axis": alt.Axis(format="~%"),
    }
    names = [COMPLETE, PRUNED, _BEST]
    shapes = alt.Scale(domain=names, range=["circle", "triangle-down", "stroke"])
    colors = alt.Scale(domain=names, range=list(COLORS[:3]))
    legend = alt.Legend(orient="top", symbolOpacity=1, symbolStrokeWidth=2)
    line = (
        alt.Chart()
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(x=x, y=alt.Y("best:Q", **axes), color=alt.ColorDatum(_BEST))
        .transform_filter("isValid(datum.best)")
    )
    points = (
        alt.Chart()
        .mark_point(filled=True, size=70, opacity=0.9)
        .encode(
            x=x,
            y=alt.Y("accuracy:Q", **axes),
            color=alt.Color("state:N", title=None, scale=colors, legend=legend),
            shape=alt.Shape("state:N", title=None, scale=shapes, legend=legend),
            tooltip=tooltip(),
        )
    )
    return finished(alt.layer(line, points), height=300)
