"""The confusion matrix at a glance: small, without numbers, beside a run's curves."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.charts.matrix import SIGNED, share_scale
from playground.charts.spec import as_wide, class_axis

if TYPE_CHECKING:
    import pyarrow as pa


def glance_data(matrix: np.ndarray, classes: Sequence[str]) -> "pa.Table":
    """Return every cell as a row (true, predicted, images, share of the true class from 0 to 1).

    ``matrix`` is int (classes, classes), true class by row.
    """
    return _table(matrix.astype(np.int64).tobytes(), tuple(classes))


# Asked for at each run of a page's script: 0.5 ms.
@lru_cache(maxsize=32)
def _table(counts: bytes, classes: tuple[str, ...]) -> "pa.Table":
    import pyarrow as pa

    matrix = np.frombuffer(counts, np.int64).reshape(len(classes), len(classes))
    whole = matrix.sum(axis=1, keepdims=True)
    share = np.divide(matrix, whole, out=np.zeros(matrix.shape), where=whole > 0)
    names = np.array(classes, object)
    return pa.table(
        {
            "true": pa.array(np.repeat(names, len(names)), pa.string()),
            "predicted": pa.array(np.tile(names, len(names)), pa.string()),
            "images": pa.array(matrix.ravel()),
            "share": pa.array(share.ravel()),
        }
    )


@lru_cache(maxsize=64)
def glance_spec(classes: tuple[str, ...]) -> dict[str, Any]:
    """Return the spec for the rows of glance_data, in the colours of the large matrix."""
    import altair as alt

    angle = 0 if max(map(len, classes)) <= 3 else -40
    crowded = len(classes) > 20
    scale = alt.Scale(domain=list(classes))
    chart = (
        alt.Chart()
        .mark_rect()
        .encode(
            x=alt.X(
                "predicted:N", title="Predicted class", scale=scale,
                axis=class_axis(angle, crowded),
            ),
            y=alt.Y("true:N", title="True class", scale=scale, axis=class_axis(crowded=crowded)),
            fill=alt.Fill("signed:Q", legend=None, scale=share_scale()),
            tooltip=[
                alt.Tooltip("true:N", title="True class"),
                alt.Tooltip("predicted:N", title="Predicted class"),
                alt.Tooltip("images:Q", title="Images", format=","),
                alt.Tooltip("share:Q", title="Share of the true class", format=".1%"),
            ],
        )
        .transform_filter("datum.images > 0")
        .transform_calculate(signed=SIGNED)
    )  # fmt: skip
    return as_wide(chart, 300)
