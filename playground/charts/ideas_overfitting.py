"""A small network that overfits: its losses by epoch, and the curves it drew through its points."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.charts.colors import COLORS, GREY, SPLITS, ink
from playground.charts.spec import LOSS, MAX_POINTS, count_axis, finished, number_axis

if TYPE_CHECKING:
    import pandas as pd

_LINES = ("Training", "Validation")
_CURVES = ("Truth", "Best epoch", "Last epoch")


def overfit_data(train: np.ndarray, validation: np.ndarray, best: int, stop: int) -> "pd.DataFrame":
    """Return rows (epoch, images, loss, mark) of losses by epoch, from 1, thinned to MAX_POINTS a
    line.

    ``mark`` is "best" or "stops" at these epochs of the validation, else empty.
    """
    import pandas as pd

    count = len(train)
    # Every epoch at first, where most happens, then fewer and fewer.
    kept = np.unique(np.geomspace(1, count, MAX_POINTS).round().astype(int))
    kept = np.union1d(kept, [best, stop])
    rows = pd.DataFrame(
        {
            "epoch": np.tile(kept, 2),
            "points": np.repeat(np.array(_LINES, object), len(kept)),
            "loss": np.concatenate([train[kept - 1], validation[kept - 1]]),
            "mark": "",
        }
    )
    of_validation = rows.points == _LINES[1]
    rows.loc[of_validation & (rows.epoch == stop), "mark"] = "stops"
    rows.loc[of_validation & (rows.epoch == best), "mark"] = "best"
    return rows


@lru_cache(maxsize=4)
def overfit_spec(epochs: int) -> dict[str, Any]:
    """Return the spec of both losses with the best epoch and the stop marked, for overfit_data's
    rows."""
    import altair as alt

    x = alt.X(
        "epoch:Q",
        title="Epoch",
        scale=alt.Scale(domain=[0, epochs], nice=False),
        axis=count_axis(),
    )
    y = alt.Y(
        "loss:Q",
        title="Loss (mean squared error)",
        scale=alt.Scale(type="log", nice=True),
        axis=number_axis(values=[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]),
    )
    legend = alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=2)
    names = list(_LINES)
    lines = (
        alt.Chart()
        .mark_line(strokeWidth=2)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "points:N",
                title=None,
                scale=alt.Scale(domain=names, range=[SPLITS[name] for name in names]),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "points:N",
                title=None,
                scale=alt.Scale(domain=names, range=[[1, 0], [5, 3]]),
                legend=legend,
            ),
            tooltip=[
                alt.Tooltip("points:N", title="Points"),
                alt.Tooltip("epoch:Q", title="Epoch", format=",d"),
                alt.Tooltip("loss:Q", title="Loss", format=LOSS),
            ],
        )
    )
    rules = (
        alt.Chart()
        .mark_rule(strokeDash=[2, 3], color=GREY, strokeWidth=1.5)
        .encode(x=x)
        .transform_filter("datum.mark")
    )
    words = [
        alt.Chart()
        .mark_text(align="left", dx=5, fontSize=13, fontWeight="bold")
        .encode(x=x, y=alt.value(height), text="description:N", fill=ink())
        .transform_filter(alt.FieldEqualPredicate(field="mark", equal=mark))
        for mark, height in (("best", 10), ("stops", 28))
    ]
    chart = alt.layer(rules, lines, *words).transform_calculate(
        description="datum.mark + ': epoch ' + format(datum.epoch, ',d')"
    )
    return finished(chart, height=320)


def fit_data(
    points: np.ndarray, x: np.ndarray, truth: np.ndarray, best: np.ndarray, last: np.ndarray
) -> "pd.DataFrame":
    """Return rows (curve, x, y): the curves at ``x``, and the points (n, 2), whose curve is
    "Points"."""
    import pandas as pd

    names = np.array([*_CURVES, "Points"], object)
    return pd.DataFrame(
        {
            "curve": np.repeat(names, [len(x)] * len(_CURVES) + [len(points)]),
            "x": np.concatenate([np.tile(x, len(_CURVES)), points[:, 0]]),
            "y": np.concatenate([truth, best, last, points[:, 1]]),
        }
    )


@lru_cache(maxsize=1)
def fit_spec() -> dict[str, Any]:
    """Return the spec of the curves and the points they were fitted to, for the rows of
    fit_data."""
    import altair as alt

    legend = alt.Legend(orient="top", columns=3, symbolType="stroke", symbolStrokeWidth=2)
    names = list(_CURVES)
    base = alt.Chart().encode(
        x=alt.X("x:Q", title="x, what goes in", scale=alt.Scale(nice=False)),
        y=alt.Y("y:Q", title="y, what should come out", scale=alt.Scale(zero=False)),
    )
    curves = (
        base.mark_line(strokeWidth=2.5)
        .encode(
            color=alt.Color(
                "curve:N",
                title=None,
                scale=alt.Scale(domain=names, range=[GREY, COLORS[2], COLORS[3]]),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "curve:N",
                title=None,
                scale=alt.Scale(domain=names, range=[[2, 3], [1, 0], [6, 3]]),
                legend=legend,
            ),
        )
        .transform_filter("datum.curve !== 'Points'")
    )
    points = (
        base.mark_circle(size=60, color=COLORS[0], opacity=1)
        .encode(
            tooltip=[
                alt.Tooltip("x:Q", title="x", format=".3f"),
                alt.Tooltip("y:Q", title="y", format=".3f"),
            ]
        )
        .transform_filter("datum.curve === 'Points'")
    )
    return finished(alt.layer(curves, points), height=320)
