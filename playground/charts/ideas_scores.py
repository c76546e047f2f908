"""The scores of an image's classes, and which images of a batch are right."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.charts.colors import ACCENT, GREY, RIGHT, WRONG, faded, ink
from playground.charts.spec import finished

if TYPE_CHECKING:
    import pandas as pd

_WAYS = ("right", "wrong")


def score_data(values: np.ndarray, classes: Sequence[str]) -> "pd.DataFrame":
    """Return rows (class, value, highest) of one image's values (classes,)."""
    import pandas as pd

    return pd.DataFrame(
        {
            "class": list(classes),
            "value": values,
            "highest": np.arange(len(values)) == values.argmax(),
        }
    )


@lru_cache(maxsize=4)
def score_spec(title: str, numbers: str, domain: tuple[float, float] | None) -> dict[str, Any]:
    """Return the spec of a bar for each class, the highest one strong, for the rows of score_data.

    ``numbers`` is the format of a value, ``domain`` the ends of its axis, if they are fixed.
    """
    import altair as alt

    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale()
    bars = (
        alt.Chart()
        .mark_bar()
        .encode(
            x=alt.X("class:N", title="Class", sort=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title=title, scale=scale, axis=alt.Axis(format=numbers)),
            color=alt.condition("datum.highest", alt.value(ACCENT), alt.value(GREY)),
            tooltip=[
                alt.Tooltip("class:N", title="Class"),
                alt.Tooltip("value:Q", title=title, format=numbers),
            ],
        )
    )
    return finished(bars, height=190)


def answer_data(
    answers: np.ndarray, labels: np.ndarray, numbers: np.ndarray, columns: int
) -> "pd.DataFrame":
    """Return rows (image, row, column, answer, label, outcome) of a batch in lines of ``columns``.

    ``answers``, ``labels`` and the images' ``numbers`` are each int64 (n,).
    """
    import pandas as pd

    places = np.arange(len(answers))
    return pd.DataFrame(
        {
            "image": numbers,
            "row": places // columns,
            "column": places % columns,
            "answer": answers,
            "label": labels,
            "outcome": np.where(answers == labels, *_WAYS),
        }
    )


@lru_cache(maxsize=8)
def answer_spec(rows: int, columns: int) -> dict[str, Any]:
    """Return the spec of a batch as a table of answers, for the rows of answer_data: green where
    right."""
    import altair as alt

    def axis(title: str) -> dict[str, Any]:
        return {
            "title": title,
            "axis": alt.Axis(labels=False, ticks=False, domain=False),
            "scale": alt.Scale(paddingInner=0.1, paddingOuter=0),
        }

    base = alt.Chart().encode(
        x=alt.X("column:O", **axis("Image of the batch, and the class it is given")),
        y=alt.Y("row:O", **axis("")),
    )
    cells = base.mark_rect().encode(
        fill=alt.Fill(
            "outcome:N",
            title=None,
            scale=alt.Scale(domain=list(_WAYS), range=[faded(RIGHT, 0.3), WRONG]),
            legend=alt.Legend(orient="top", symbolType="square"),
        ),
        tooltip=[
            alt.Tooltip("image:O", title="Image"),
            alt.Tooltip("answer:O", title="Answer"),
            alt.Tooltip("label:O", title="Label"),
        ],
    )
    texts = base.mark_text(aria=False, fontSize=alt.expr("clamp(bandwidth('x') / 1.8, 7, 14)"))
    texts = texts.encode(
        text="answer:O",
        color=alt.condition(f"datum.outcome === '{_WAYS[1]}'", alt.value("black"), ink()),
    )
    chart = alt.layer(cells, texts)
    return finished(chart, height=28 * rows)
