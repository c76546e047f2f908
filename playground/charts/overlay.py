"""Several runs in one chart: their curves, and what changed from one to another by class."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.analysis.evaluation import ClassFigures
from playground.charts.colors import COLORS, GREY, RIGHT, WRONG
from playground.charts.spec import (
    AXES,
    LOSS,
    class_axis,
    count_axis,
    finished,
    legend,
    number_axis,
    share_axis,
    thinned,
)
from playground.results import EpochMetrics

if TYPE_CHECKING:
    import pandas as pd

HEIGHT = 300
"""Pixels of a plot."""

_DASHES = {"Training": [1, 0], "Validation": [5, 3]}


def overlay_data(runs: Mapping[str, Sequence[EpochMetrics]]) -> "pd.DataFrame":
    """Return epochs as rows (run, split, epoch, loss, accuracy), thinned to MAX_POINTS a line.

    ``runs`` are by their label; the splits are "Training" and, if it was watched, "Validation".
    """
    import pandas as pd

    rows: list[tuple[str, str, int, float | None, float | None]] = []
    for run, epochs in runs.items():
        for e in thinned(epochs):
            rows.append((run, "Training", e.epoch, e.train_loss, e.train_accuracy))
            if e.validation_loss is not None:
                rows.append((run, "Validation", e.epoch, e.validation_loss, e.validation_accuracy))
    return pd.DataFrame(rows, columns=["run", "split", "epoch", "loss", "accuracy"])


@lru_cache(maxsize=64)
def overlay_spec(
    quantity: str, runs: tuple[str, ...], splits: tuple[str, ...], log: bool = False
) -> dict[str, Any]:
    """Return the spec of ``loss`` or ``accuracy`` by epoch of up to eight runs, for overlay_data's
    rows.

    ``splits`` are those to be drawn, of "Training" and "Validation".
    """
    import altair as alt

    x = alt.X("epoch:Q", title="Epoch", axis=count_axis(), scale=alt.Scale(zero=False, nice=False))
    y = alt.Y(
        f"{quantity}:Q",
        title=AXES[quantity],
        scale=alt.Scale(type="log", nice=True) if log else alt.Scale(zero=False, nice=True),
        axis=share_axis() if quantity == "accuracy" else number_axis(),
    )
    color = alt.Color(
        "run:N",
        title=None,
        scale=alt.Scale(domain=list(runs), range=list(COLORS[: len(runs)])),
        legend=legend(symbolType="stroke", symbolStrokeWidth=3),
    )
    dash = alt.StrokeDash(
        "split:N",
        title=None,
        scale=alt.Scale(domain=list(splits), range=[_DASHES[split] for split in splits]),
        legend=alt.Legend(orient="bottom", symbolType="stroke", symbolStrokeWidth=2),
    )
    hover = alt.selection_point(
        name="hover",
        fields=["run", "split", "epoch"],
        nearest=True,
        on="pointerover",
        clear="pointerout",
        empty=False,
    )
    base = alt.Chart().encode(x=x, y=y, color=color)
    lines = base.mark_line(strokeWidth=2).encode(strokeDash=dash)
    targets = (
        base.mark_point(opacity=0)
        .encode(
            tooltip=[
                alt.Tooltip("run:N", title="Run"),
                alt.Tooltip("split:N", title="Images"),
                alt.Tooltip("epoch:Q", title="Epoch", format=",d"),
                alt.Tooltip("loss:Q", title="Loss", format=LOSS),
                alt.Tooltip("accuracy:Q", title="Accuracy", format=".1%"),
            ],
        )
        .add_params(hover)
    )
    # Without its point a run of one epoch would not be seen.
    single = base.mark_point(filled=True, size=45, opacity=1, aria=False).transform_filter(
        "datum.length == 1"
    )
    # The hovered point is placed by hand: as an encoding it would be part of the scales' domains,
    # and each move of the mouse would draw everything again (0.3 s for eight runs).
    hovered = (
        alt.Chart()
        .mark_point(
            filled=True,
            size=60,
            opacity=1,
            aria=False,
            x=alt.expr("scale('x', datum.epoch)"),
            y=alt.expr(f"scale('y', datum.{quantity})"),
        )
        .encode(color=color)
        .transform_filter(hover)
    )
    chart = (
        alt.layer(lines, single, hovered, targets)
        .transform_filter(alt.FieldOneOfPredicate("split", list(splits)))
        .transform_joinaggregate(length="count()", groupby=["run", "split"])
    )
    return finished(chart, height=HEIGHT)


def difference_data(
    before: ClassFigures, after: ClassFigures, classes: Sequence[str]
) -> "pd.DataFrame":
    """Return a row a class (class, before, after, difference, images); difference in percentage
    points.

    ``before`` and ``after`` are accuracies of the class (its recall), from 0 to 1.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "class": list(classes),
            "before": before.recall,
            "after": after.recall,
            "difference": 100 * (after.recall - before.recall),
            "images": before.images,
        }
    )


@lru_cache(maxsize=64)
def difference_spec(before: str, after: str) -> dict[str, Any]:
    """Return the spec of the change by class for the rows of difference_data; the names are the
    runs'."""
    import altair as alt

    bars = (
        alt.Chart()
        .mark_bar()
        .encode(
            y=alt.Y("class:N", title="Class", sort=None, axis=class_axis()),
            x=alt.X(
                "length:Q",
                title=["Change in accuracy of the class", "(percentage points)"],
                axis=alt.Axis(
                    tickCount=7, labelExpr="datum.value ? format(datum.value, '+~g') : '0'"
                ),
            ),
            color=alt.condition("datum.difference > 0", alt.value(RIGHT), alt.value(WRONG)),
            tooltip=[
                alt.Tooltip("class:N", title="Class"),
                alt.Tooltip("before:Q", title=before, format=".1%"),
                alt.Tooltip("after:Q", title=after, format=".1%"),
                alt.Tooltip("shown:N", title="Change (points)"),
                alt.Tooltip("images:Q", title="Images", format=","),
            ],
        )
    )
    zero = alt.Chart().mark_rule(color=GREY).encode(x=alt.XDatum(0))
    chart = (
        alt.layer(bars, zero)
        .transform_calculate(length="isValid(datum.difference) ? datum.difference : 0")
        .transform_calculate(
            shown="isValid(datum.difference) ? format(datum.difference, '+.1f') : 'not defined'"
        )
    )
    return finished(chart, height=alt.Step(22))
