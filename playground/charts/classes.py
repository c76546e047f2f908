"""A figure of each class as bars, of one run or of two."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.analysis.evaluation import ClassFigures
from playground.charts.colors import ACCENT, COLORS, ink
from playground.charts.spec import class_axis, finished, legend, share_axis

if TYPE_CHECKING:
    import pandas as pd


_TITLES = {  # in two lines, for a telephone
    "recall": ["Right of this class", "(recall, % of its images)"],
    "precision": ["Precision", "(% of the images predicted as the class)"],
    "f1": ["F1", "(%, harmonic mean of precision and recall)"],
}


def class_data(
    figures: Mapping[str, ClassFigures], classes: Sequence[str], figure: str
) -> "pd.DataFrame":
    """Return a row a class and run (class, run, value, images); NaN if the figure is not
    defined.

    ``figures`` are by the run's label, ``figure`` is "recall", "precision" or "f1".
    """
    import pandas as pd

    rows = [
        (name, run, value, images)
        for run, of_run in figures.items()
        for name, value, images in zip(classes, getattr(of_run, figure), of_run.images, strict=True)
    ]
    return pd.DataFrame(rows, columns=["class", "run", "value", "images"])


@lru_cache(maxsize=64)
def class_spec(runs: tuple[str, ...], figure: str) -> dict[str, Any]:
    """Return the spec of bars by class for the rows of class_data, classes in the order of the
    rows."""
    import altair as alt

    y = alt.Y("class:N", title="Class", sort=None, axis=class_axis())
    x = alt.X(
        "length:Q",
        title=_TITLES[figure],
        scale=alt.Scale(domain=[0, 1.2]),  # room for the number beside a full bar
        axis=share_axis(values=[0, 0.2, 0.4, 0.6, 0.8, 1]),
    )
    base = alt.Chart().encode(
        y=y,
        tooltip=[
            alt.Tooltip("class:N", title="Class"),
            alt.Tooltip("run:N", title="Run"),
            alt.Tooltip("shown:N", title=figure.capitalize()),
            alt.Tooltip("images:Q", title="Images", format=","),
        ],
    )
    color = alt.Color(
        "run:N",
        title=None,
        scale=alt.Scale(domain=list(runs), range=list(COLORS[: len(runs)])),
        legend=legend(symbolType="square") if len(runs) > 1 else None,
    )
    bars = base.mark_bar().encode(x=x, color=color)
    numbers = base.mark_text(align="left", dx=4, fontSize=11).encode(
        x=x, text="shown:N", fill=ink()
    )
    chart = (
        alt.layer(bars, numbers)
        .transform_calculate(length="isValid(datum.value) ? datum.value : 0")
        .transform_calculate(
            shown="isValid(datum.value) ? format(datum.value, '.1%') : 'not defined'"
        )
    )
    if len(runs) > 1:
        chart = chart.encode(yOffset=alt.YOffset("run:N", scale=alt.Scale(domain=list(runs))))
    return finished(chart, height={"step": 32 if len(runs) > 1 else 22, "for": "position"})


_SHORT = 3
"""Characters of a class's name that stand upright below its bar."""


def count_data(counts: Sequence[int], classes: Sequence[str]) -> "pd.DataFrame":
    """Return images by class, as rows (class, images)."""
    import pandas as pd

    return pd.DataFrame({"class": list(classes), "images": list(counts)})


@lru_cache(maxsize=8)
def count_spec(classes: tuple[str, ...]) -> dict[str, Any]:
    """Return the spec of images by class, for the rows of count_data."""
    import altair as alt

    angle = 0 if max(map(len, classes)) <= _SHORT else -40
    bars = (
        alt.Chart()
        .mark_bar(color=ACCENT)
        .encode(
            x=alt.X("class:N", title="Class", sort=None, axis=alt.Axis(labelAngle=angle)),
            y=alt.Y("images:Q", title="Images", axis=alt.Axis(format=",d")),
            tooltip=[
                alt.Tooltip("class:N", title="Class"),
                alt.Tooltip("images:Q", title="Images", format=","),
            ],
        )
    )
    return finished(bars, height=190)
