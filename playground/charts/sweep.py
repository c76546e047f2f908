"""A figure over the values of one setting, or over a grid of two."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.colors import TEST, TRAINING, VALIDATION, ink
from playground.charts.spec import LOSS, finished, number_axis, share_axis, written

if TYPE_CHECKING:
    import pandas as pd

_SPLITS = {"train": TRAINING, "validation": VALIDATION, "test": TEST}
FIGURES = {
    "validation accuracy": "Validation accuracy (% of images)",
    "validation loss": "Validation loss (cross-entropy)",
    "train accuracy": "Training accuracy (% of images)",
    "train loss": "Training loss (cross-entropy)",
    "test accuracy": "Test accuracy (% of images)",
    "test loss": "Test loss (cross-entropy)",
}
"""What can be drawn, and the title of its axis."""
NUMBERED = 120
"""Cells up to which each shows its number."""

Values = tuple[str, ...]


def sweep_data(found: Mapping[Values, Sequence[float]], seeds: int) -> "pd.DataFrame":
    """Return a row for each combination: its value on the axes, its figure, how many runs gave one.

    ``found`` has the figures of the seeds so far by the values on the axes, empty if there are
    none yet. Columns: first, second ("" with one axis), value (their mean, or NaN), low, high,
    runs, seeds.
    """
    import pandas as pd

    rows = []
    for values, figures in found.items():
        first, second = (*values, "")[:2]
        mean = sum(figures) / len(figures) if figures else float("nan")
        span = (min(figures), max(figures)) if figures else (float("nan"),) * 2
        rows.append((first, second, mean, *span, len(figures), seeds))
    return pd.DataFrame(rows, columns=["first", "second", "value", "low", "high", "runs", "seeds"])


def numeric(values: Sequence[str]) -> bool:
    """Tell whether all values of an axis are numbers above zero, so that a scale can hold
    them."""
    try:
        return all(float(value) > 0 for value in values)
    except ValueError:
        return False


@lru_cache(maxsize=64)
def sweep_line_spec(label: str, values: Values, figure: str) -> dict[str, Any]:
    """Return the spec of a figure over the values of one setting: means, with the range of the
    seeds."""
    import altair as alt

    x = alt.X("first:N", title=label, sort=None, scale=alt.Scale(domain=list(values)))
    angle = 0 if max(map(len, values)) <= 8 else -40
    x = x.axis(labelAngle=angle, labelLimit=140, labelFlush=False, **_labels(values))
    axis = share_axis() if "accuracy" in figure else number_axis()
    y = alt.Y("value:Q", title=FIGURES[figure], scale=alt.Scale(zero=False, nice=True), axis=axis)
    color = _SPLITS[figure.partition(" ")[0]]
    base = alt.Chart().encode(x=x).transform_filter("isValid(datum.value)")
    spans = base.mark_rule(strokeWidth=5, opacity=0.5, color=color).encode(
        y=alt.Y("low:Q", title=FIGURES[figure]), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=1.5, opacity=0.8, color=color).encode(y=y)
    points = base.mark_point(filled=True, size=90, opacity=1, color=color).encode(
        y=y, tooltip=_tooltip(label, "", figure)
    )
    layers = [spans, points] if not numeric(values) else [spans, line, points]
    return finished(alt.layer(*layers), height=260)


@lru_cache(maxsize=64)
def sweep_grid_spec(
    labels: tuple[str, str], down: Values, across: Values, figure: str
) -> dict[str, Any]:
    """Return the spec of a heat map: the first setting down, the second across, the figure as
    colour.

    A combination without a figure is an empty frame, so the map stands still as it fills.
    """
    import altair as alt

    x = alt.X("second:N", title=labels[1], sort=None, scale=alt.Scale(domain=list(across)))
    angle = 0 if max(map(len, across)) <= 6 else -40
    x = x.axis(labelAngle=angle, labelLimit=120, labelFlush=False, **_labels(across))
    y = alt.Y("first:N", title=labels[0], sort=None, scale=alt.Scale(domain=list(down)))
    overlap = len(down) > 20
    y = y.axis(labelFlush=False, labelOverlap=overlap, labelLimit=140, **_labels(down))
    base = alt.Chart().encode(x=x, y=y)
    description = (
        "'{} ' + datum.first + ', {} ' + datum.second + ': ' + (isValid(datum.value) ? "
        "format(datum.value, '{}') : 'not run yet')"
    ).format(*(label.replace("'", "") for label in labels), _shown(figure))
    frames = base.mark_rect(fillOpacity=0, strokeOpacity=0.15).encode(
        stroke=ink(), description="description:N", tooltip=_tooltip(*labels, figure)
    )
    cells = base.mark_rect(aria=False).encode(color=_color(figure))
    layers = [cells.transform_filter("isValid(datum.value)")]
    if len(down) * len(across) <= NUMBERED:
        layers.append(
            base.mark_text(
                aria=False,
                fontSize=alt.expr("clamp(bandwidth('x') / 3.2, 7, 13)"),
                opacity=alt.expr("bandwidth('x') < 20 ? 0 : 1"),
            )
            .encode(
                text="number:N",
                # The colours are dark where the figure is bad and bright where it is good.
                color=alt.condition("datum.place > 0.6", alt.value("black"), alt.value("white")),
            )
            .transform_filter("isValid(datum.value)")
        )
    number = "100 * datum.value" if "accuracy" in figure else "datum.value"
    digits = ".1f" if "accuracy" in figure else LOSS
    above = "datum.most - datum.value" if "loss" in figure else "datum.value - datum.least"
    chart = (
        alt.layer(*layers, frames)
        .transform_joinaggregate(least="min(value)", most="max(value)")
        .transform_calculate(
            description=description,
            number=f"format({number}, '{digits}')",
            place=f"({above}) / max(datum.most - datum.least, 1e-9)",
        )
    )
    return finished(chart, height=max(34 * len(down), 150))


@lru_cache(maxsize=64)
def sweep_scatter_spec(
    labels: tuple[str, str], first: Values, second: Values, figure: str
) -> dict[str, Any]:
    """Return the spec of a point for each combination over both settings, the figure as its
    colour."""
    import altair as alt

    chart = (
        alt.Chart()
        .mark_point(filled=True, size=190, opacity=1)
        .encode(
            x=_scaled(alt.X, "first", labels[0], first),
            y=_scaled(alt.Y, "second", labels[1], second),
            color=_color(figure),
            tooltip=_tooltip(*labels, figure),
        )
        .transform_filter("isValid(datum.value)")
    )
    return finished(chart, height=340)


def _labels(values: Values) -> dict[str, Any]:
    """Return how an axis writes its values: numbers as people read them, whatever was typed."""
    return {"labelExpr": written("+datum.value")} if numeric(values) else {}


def _scaled(channel: Any, field: str, label: str, values: Values) -> Any:
    """Return an axis of numbers if all values are numbers, logarithmic where they span much."""
    import altair as alt

    if not numeric(values):
        return channel(f"{field}:N", title=label, sort=None, scale=alt.Scale(domain=list(values)))
    numbers = [float(value) for value in values]
    log = max(numbers) / min(numbers) >= 30
    scale = alt.Scale(type="log" if log else "linear", zero=False, nice=not log, padding=14)
    axis = number_axis(**({"values": numbers} if len(numbers) <= 12 else {}))
    return channel(f"{field}:Q", title=label, scale=scale, axis=axis)


def _color(figure: str) -> Any:
    import altair as alt

    return alt.Color(
        "value:Q",
        title=FIGURES[figure],
        scale=alt.Scale(scheme="viridis", reverse="loss" in figure, zero=False, nice=False),
        legend=alt.Legend(
            orient="top", gradientLength=220, gradientThickness=10, titleLimit=300,
            labelExpr=written("datum.value") if "loss" in figure else alt.Undefined,
            format="~%" if "accuracy" in figure else alt.Undefined, tickCount=4,
        ),
    )  # fmt: skip


def _shown(figure: str) -> str:
    return ".1%" if "accuracy" in figure else LOSS


def _tooltip(first: str, second: str, figure: str) -> list[Any]:
    import altair as alt

    found = [alt.Tooltip("first:N", title=first)]
    found += [alt.Tooltip("second:N", title=second)] if second else []
    title = f"{FIGURES[figure].partition(' (')[0]}, mean"
    return [
        *found,
        alt.Tooltip("value:Q", title=title, format=_shown(figure)),
        alt.Tooltip("low:Q", title="Lowest", format=_shown(figure)),
        alt.Tooltip("high:Q", title="Highest", format=_shown(figure)),
        alt.Tooltip("runs:Q", title="Runs (seeds)"),
    ]
