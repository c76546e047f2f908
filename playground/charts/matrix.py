"""The confusion matrix as a heatmap: true class by row, predicted class by column."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.charts.colors import DARK, RIGHT, WRONG, faded, ink
from playground.charts.spec import as_wide, class_axis

if TYPE_CHECKING:
    import pandas as pd

NUMBERED = 20
"""Classes up to which each cell shows its number."""
MAX_SIDE = 720
"""Pixels of a matrix's height, at most; its width is the page's."""

_SHARES = {
    "counts": "Share of the true class",
    "row": "Share of the true class",
    "column": "Share of the predicted class",
}
_NUMBERS = {  # what a cell shows; a share is a percentage, and the legend has its sign
    "counts": "format(datum.images, datum.images < 10000 ? 'd' : '.2~s')",
    "share": "datum.share < 0.005 ? '<1' : datum.share > 0.995 && datum.share < 1 ? '>99'"
    " : format(100 * datum.share, '.0f')",
}

# Black is read on every cell of a light page, on a dark one on its strong cells: 4.4 to 1 at least.
PALE_ON_DARK = f"{DARK} && datum.signed < 0.65 && datum.signed > -0.4"

SIGNED = "datum.true === datum.predicted ? datum.share : -datum.share"

_DESCRIPTION = (  # what a screen reader says of a cell
    "'True class ' + datum.true + ', predicted ' + datum.predicted + ': '"
    " + format(datum.images, ',') + ' images'"
)


def matrix_data(matrix: np.ndarray, classes: Sequence[str], show: str) -> "pd.DataFrame":
    """Return every cell as a row (true, predicted, images, share), in the order of the matrix.

    ``show`` is "counts", "row" or "column". ``share`` (0 to 1) is of the predicted class for
    "column", else of the true class; NaN if that class has no images.
    """
    import pandas as pd

    count = len(classes)
    whole = matrix.sum(axis=0 if show == "column" else 1, keepdims=True)
    share = np.full(matrix.shape, np.nan)
    np.divide(matrix, whole, out=share, where=whole > 0)
    return pd.DataFrame(
        {
            "true": np.repeat(np.array(classes, object), count),
            "predicted": np.tile(np.array(classes, object), count),
            "images": matrix.ravel().astype(np.int64),
            "share": share.ravel(),
        }
    )


def share_scale() -> Any:
    """Return the colours of a cell by its share, which is negative where it is wrong.

    They grow with the root of it, so that rare mistakes are seen beside a diagonal that is a
    hundred times as large, and fade into a light and into a dark page.
    """
    import altair as alt

    return alt.Scale(
        type="pow",
        exponent=0.5,
        domain=[-0.5, -1e-6, 1e-6, 1],
        clamp=True,
        range=[WRONG, faded(WRONG, 0.06), faded(RIGHT, 0.06), RIGHT],
        interpolate="rgb",
    )


@lru_cache(maxsize=64)
def matrix_spec(classes: tuple[str, ...], show: str, selectable: bool = True) -> dict[str, Any]:
    """Return the spec of a heatmap for the rows of matrix_data, classes in the order given.

    Its selection is called "cell" and has the fields ``true`` and ``predicted``. The colour is
    always a share, so it means the same in every epoch and run.
    """
    import altair as alt

    crowded = len(classes) > NUMBERED
    angle = 0 if max(map(len, classes)) <= 3 else -40 if len(classes) <= 12 else -90
    x = alt.X(
        "predicted:N",
        title="Predicted class",
        scale=alt.Scale(domain=list(classes)),
        axis=class_axis(angle, crowded),
    )
    y = alt.Y(
        "true:N",
        title="True class",
        scale=alt.Scale(domain=list(classes)),
        axis=class_axis(crowded=crowded),
    )
    fill = alt.Fill(
        "signed:Q",
        title=f"Wrong ← {_SHARES[show].replace('Share', '%')} → right",
        scale=share_scale(),
        legend=alt.Legend(
            orient="top",
            gradientLength=220,
            titleLimit=300,
            gradientThickness=10,
            values=[-0.5, -0.1, 0, 0.25, 1],
            labelExpr="(datum.value == -0.5 ? '≥ ' : '') + format(100 * abs(datum.value), 'd')",
        ),
    )
    base = alt.Chart().encode(x=x, y=y)
    held = base.transform_filter("datum.images > 0")
    layers = [held.mark_rect(aria=False).encode(fill=fill)]
    if not crowded:
        layers.append(
            held.transform_calculate(number=_NUMBERS["counts" if show == "counts" else "share"])
            .mark_text(
                aria=False,
                fontSize=alt.expr("clamp(bandwidth('x') / 2.6, 8, 14)"),
                opacity=alt.expr("bandwidth('x') < 18 ? 0 : 1"),  # no room on a telephone
            )
            .encode(
                text="number:N",
                color=alt.condition(PALE_ON_DARK, alt.value("white"), alt.value("black")),
            )
        )
    line = 0 if crowded else 0.15  # finer cells would be hidden by their borders
    cells = base.mark_rect(fillOpacity=0, cursor="pointer" if selectable else "default").encode(
        stroke=ink(),
        strokeOpacity=alt.value(line),
        description="description:N",
        tooltip=[
            alt.Tooltip("true:N", title="True class"),
            alt.Tooltip("predicted:N", title="Predicted class"),
            alt.Tooltip("images:Q", title="Images", format=","),
            alt.Tooltip("share:Q", title=_SHARES[show], format=".1%"),
        ],
    )
    if selectable:
        cell = alt.selection_point(
            name="cell", fields=["true", "predicted"], toggle=False, empty=False
        )
        cells = cells.add_params(cell).encode(
            strokeWidth=alt.condition(cell, alt.value(3), alt.value(1)),
            strokeOpacity=alt.condition(cell, alt.value(1), alt.value(line)),
        )
    layers.append(cells)
    chart = alt.layer(*layers).transform_calculate(
        signed=SIGNED,
        description=_DESCRIPTION,
    )
    return as_wide(chart, min(max(72 * len(classes), 280), MAX_SIDE), canvas=crowded)
