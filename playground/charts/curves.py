"""Loss and accuracy by epoch of one run."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from playground.charts.colors import GREY, SPLITS, ink
from playground.charts.spec import (
    AXES,
    LOSS,
    count_axis,
    finished,
    number_axis,
    share_axis,
    thinned,
)
from playground.results import EpochMetrics

if TYPE_CHECKING:
    import pyarrow as pa

HEIGHT = 260
"""Pixels of a plot: two that stand side by side are wider than high on a desktop."""


def curve_data(
    epochs: Sequence[EpochMetrics],
    watched: str = "Validation",
    marks: Mapping[int, str] = MappingProxyType({}),
    before: Sequence[EpochMetrics] = (),
) -> "pa.Table":
    """Return epochs as rows (epoch, split, loss, accuracy, mark, before), thinned to MAX_POINTS a
    line.

    ``watched`` names the second line, ``marks`` has the epochs that are marked and what stands
    there; ``before`` are the epochs of the run that was there before, to be drawn behind.
    A table of Arrow's, which is what Streamlit sends: from a DataFrame each chart would make it
    anew (2.3 ms in place of 0.2, two charts of 400 rows).
    """
    import pyarrow as pa

    now, earlier = _lines(epochs, watched, marks), _lines(before, watched, {})
    rows = [(*row, False) for row in now] + [(*row, True) for row in earlier]
    epoch, split, loss, accuracy, mark, was = zip(*rows, strict=True) if rows else [()] * 6
    columns = {
        "epoch": pa.array(epoch, pa.int64()),
        "split": pa.array(split, pa.string()),
        # from_pandas: what is not a number is a gap
        "loss": pa.array(loss, pa.float64(), from_pandas=True),
        "accuracy": pa.array(accuracy, pa.float64(), from_pandas=True),
        "mark": pa.array(mark, pa.string()),
        "before": pa.array(was, pa.bool_()),
    }
    return pa.table(columns)


def _lines(
    epochs: Sequence[EpochMetrics], watched: str, marks: Mapping[int, str]
) -> list[tuple[int, str, float, float, str | None]]:
    """Return the rows of the training line, then those of the watched one."""
    chosen = thinned(epochs, marks)
    return [
        (e.epoch, "Training", e.train_loss, e.train_accuracy, marks.get(e.epoch)) for e in chosen
    ] + [
        (e.epoch, watched, e.validation_loss, e.validation_accuracy, None)
        for e in chosen
        if watched and e.validation_loss is not None and e.validation_accuracy is not None
    ]


@lru_cache(maxsize=64)
def curve_spec(
    quantity: str, epochs: int, watched: str | None, log: bool = False
) -> dict[str, Any]:
    """Return the Vega-Lite spec of ``loss`` or ``accuracy`` by epoch, for the rows of curve_data.

    ``epochs`` is the length of the whole run, so that the axis stands still while the curve grows.
    ``watched`` is the name of the second line, None if there is only one.
    """
    import altair as alt

    splits = ["Training", watched] if watched else ["Training"]
    x = alt.X("epoch:Q", title="Epoch", axis=count_axis())
    x = x.scale(domain=[min(1, epochs - 1), epochs], nice=False)
    scale = alt.Scale(type="log" if log else "linear", zero=False, nice=True)
    y = alt.Y(
        f"{quantity}:Q",
        title=AXES[quantity],
        scale=scale,
        axis=share_axis() if quantity == "accuracy" else number_axis(),
    )
    color = alt.Color(
        "split:N",
        title=None,
        scale=alt.Scale(domain=splits, range=[SPLITS[split] for split in splits]),
        # Else as faint as the run before.
        legend=(
            legend := alt.Legend(
                orient="top", symbolType="stroke", symbolStrokeWidth=2, symbolOpacity=1
            )
        ),
    )
    pattern = alt.Scale(domain=splits, range=[[1, 0], [5, 3]][: len(splits)])
    dash = alt.StrokeDash("split:N", title=None, scale=pattern, legend=legend)
    hover = alt.selection_point(
        name="hover",
        fields=["epoch"],
        nearest=True,
        on="pointerover",
        clear="pointerout",
        empty=False,
    )
    base = alt.Chart().encode(x=x, y=y, color=color)
    now, then = base.transform_filter("!datum.before"), base.transform_filter("datum.before")
    behind = then.mark_line(strokeWidth=1.5, opacity=0.35).encode(strokeDash=dash)
    lines = now.mark_line(strokeWidth=2, interpolate="linear").encode(strokeDash=dash)
    # A single epoch is a point: without it the first value of a run would not be seen.
    points = now.mark_point(filled=True, size=45).encode(
        opacity=alt.condition(hover, alt.value(1), alt.value(1 if epochs <= 12 else 0)),
        tooltip=[
            alt.Tooltip("split:N", title="Images"),
            alt.Tooltip("epoch:Q", title="Epoch", format=",d"),
            alt.Tooltip("loss:Q", title="Loss", format=LOSS),
            alt.Tooltip("accuracy:Q", title="Accuracy", format=".1%"),
        ],
    )
    rule = (
        alt.Chart()
        .mark_rule(strokeDash=[2, 3], color=GREY, strokeWidth=1.5)
        .encode(x=x, tooltip=[alt.Tooltip("epoch:Q", title="Epoch", format=",d"), "mark:N"])
        .transform_filter("datum.mark")
    )
    # Above the plot, where no line is; on the side on which there is room.
    late = f"datum.epoch > {epochs / 2:g}"
    marks = (
        alt.Chart()
        .mark_text(baseline="bottom", dy=-4, align=alt.expr(f"{late} ? 'right' : 'left'"))
        .encode(x=x, y=alt.value(0), text="mark:N", color=ink())
        .transform_filter("datum.mark")
    )
    chart = alt.layer(rule, behind, lines, points.add_params(hover), marks)
    return finished(chart, height=HEIGHT)
