"""Steps of optimizers on a loss of two weights: seen from above, and the loss by step."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.charts.colors import COLORS, GREY, ink
from playground.charts.spec import LOSS, count_axis, finished, legend, number_axis

if TYPE_CHECKING:
    import pandas as pd

MIN_LOSS = 1e-6
"""The lowest end of the loss axis: what is below it is drawn there."""


def descent_data(
    contours: Sequence[tuple[float, np.ndarray]],
    paths: Mapping[str, tuple[np.ndarray, np.ndarray]],
    lowest: tuple[float, float],
) -> "pd.DataFrame":
    """Return rows (what, name, step, w1, w2, loss): the contours, the paths, the two marked points.

    ``contours`` are (level, points (n, 2)); ``paths`` by their label (weights (n, 2), losses (n,)).
    ``what`` is "contour", "path" or "mark"; ``name`` the contour's number, the path's label, or
    the word at the mark.
    """
    import pandas as pd

    columns = ["what", "name", "step", "w1", "w2", "loss"]
    parts = [
        pd.DataFrame(
            {"what": "contour", "name": str(number), "step": range(len(points)), "loss": level}
            | {"w1": points[:, 0], "w2": points[:, 1]}
        )
        for number, (level, points) in enumerate(contours)
    ]
    for label, (weights, losses) in paths.items():
        parts.append(
            pd.DataFrame(
                {"what": "path", "name": label, "step": range(len(weights)), "loss": losses}
                | {"w1": weights[:, 0], "w2": weights[:, 1]}
            )
        )
    start = next(iter(paths.values()))[0][0]
    marks = [("mark", "start", 0, *start, None), ("mark", "lowest", 0, *lowest, None)]
    parts.append(pd.DataFrame(marks, columns=columns).astype({"loss": float}))
    return pd.concat(parts, ignore_index=True)[columns]


def _colors(labels: tuple[str, ...]) -> Any:
    import altair as alt

    return alt.Color(
        "name:N",
        title=None,
        scale=alt.Scale(domain=list(labels), range=list(COLORS[: len(labels)])),
        legend=legend(symbolType="stroke", symbolStrokeWidth=3),
    )


def _tooltip() -> list[Any]:
    import altair as alt

    return [
        alt.Tooltip("name:N", title="Optimizer"),
        alt.Tooltip("step:Q", title="Step", format="d"),
        alt.Tooltip("w1:Q", title="Weight 1", format=",.4~r"),
        alt.Tooltip("w2:Q", title="Weight 2", format=",.4~r"),
        alt.Tooltip("loss:Q", title="Loss above the lowest", format=LOSS),
    ]


@lru_cache(maxsize=64)
def surface_spec(
    labels: tuple[str, ...], limits: tuple[tuple[float, float], tuple[float, float]]
) -> dict[str, Any]:
    """Return the spec of the surface from above with the paths on it, for the rows of descent_data.

    What lies outside the ``limits`` (lowest and highest weight 1, then weight 2) is cut off.
    """
    import altair as alt

    x = alt.X("w1:Q", title="Weight 1", scale=alt.Scale(domain=list(limits[0]), nice=False))
    y = alt.Y("w2:Q", title="Weight 2", scale=alt.Scale(domain=list(limits[1]), nice=False))
    order = alt.Order("step:Q")
    base = alt.Chart().encode(x=x, y=y)
    # One over the other, the fills grow darker towards the bottom.
    contours = (
        base.mark_line(clip=True, stroke=GREY, strokeWidth=0.8, fill=GREY, fillOpacity=0.1)
        .encode(detail="name:N", order=order)
        .transform_filter("datum.what === 'contour'")
    )
    lines = (
        base.mark_line(clip=True, strokeWidth=2)
        .encode(color=_colors(labels), order=order)
        .transform_filter("datum.what === 'path'")
    )
    steps = (
        base.mark_circle(clip=True, size=26, opacity=1)
        .encode(color=_colors(labels), tooltip=_tooltip())
        .transform_filter("datum.what === 'path'")
    )
    marks = base.transform_filter("datum.what === 'mark'")
    points = marks.mark_point(size=110, strokeWidth=2.5, opacity=1).encode(
        stroke=ink(),
        shape=alt.Shape(
            "mark:N",
            scale=alt.Scale(domain=["start", "lowest"], range=["circle", "cross"]),
            legend=None,
        ),
    )
    # The start's word stands above it, the lowest point's below: paths come from above.
    height = alt.expr("datum.name === 'start' ? -15 : 17")
    words = marks.mark_text(dy=height, fontSize=13, fontWeight="bold").encode(
        text="name:N", fill=ink()
    )
    chart = alt.layer(contours, lines, steps, points, words).transform_calculate(mark="datum.name")
    return finished(chart, height=380)


@lru_cache(maxsize=64)
def descent_spec(labels: tuple[str, ...], steps: int) -> dict[str, Any]:
    """Return the spec of the loss by step on a logarithmic axis, for the rows of descent_data."""
    import altair as alt

    x = alt.X(
        "step:Q",
        title="Step",
        scale=alt.Scale(domain=[0, steps], nice=False),
        axis=count_axis(),
    )
    y = alt.Y(
        "shown:Q",
        title="Loss above the lowest point",
        scale=alt.Scale(type="log"),
        axis=number_axis(values=[10.0**power for power in range(-6, 5)]),
    )
    base = alt.Chart().encode(x=x, y=y, color=_colors(labels))
    lines = base.mark_line(strokeWidth=2)
    points = base.mark_circle(size=30, opacity=1).encode(tooltip=_tooltip())
    chart = (
        alt.layer(lines, points)
        .transform_filter("datum.what === 'path' && isValid(datum.loss)")
        .transform_calculate(shown=f"max(datum.loss, {MIN_LOSS})")
    )
    return finished(chart, height=380)
