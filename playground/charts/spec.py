"""What the charts share: axes, legends and numbers, and how a spec is made ready."""

from collections.abc import Collection, Sequence
from typing import Any

from playground.charts.colors import FAINT, GRID, TEXT
from playground.formats import LEAST, MOST
from playground.results import EpochMetrics

MAX_POINTS = 200
"""Points drawn of one line; a screen shows no more, and every reader is sent all of them."""

AXES = {
    "loss": "Loss (cross-entropy)",
    "accuracy": "Accuracy (% of images)",
}
LOSS = ",.3~r"
"""How a loss is written beside the pointer: three digits that say something, never 0.0000."""
NARROW = "((containerSize()[0] || width + 80) < 500)"
"""A Vega expression: whether a chart has as little room as on a phone. On a page not by the plot's
``width``: as that is fitted, a legend of more lines would come after the height was taken."""

LOCALE = {
    "decimal": ".",
    "thousands": ",",
    "grouping": [3],
    "currency": ["", ""],
    "percent": "\u00a0%",
}
"""Numbers in charts are written as ``playground.formats`` writes them."""

# Streamlit's theme has greys for axes which are too faint to be read on white (3.7 to 1), and no
# setting for them. The background is the page's, so this follows the theme.
CONFIG: dict[str, Any] = {
    "axis": {
        "labelColor": {"expr": FAINT},
        "titleColor": {"expr": FAINT},
        "gridColor": {"expr": GRID},
        "labelSeparation": 8,
    },
    # Else the first and the last number leave their lines; to the sides there is no room for that.
    "axisY": {"labelFlush": False},
    "legend": {"labelColor": {"expr": TEXT}, "titleColor": {"expr": FAINT}},
    "locale": {"number": LOCALE},
}


def thinned(epochs: Sequence[EpochMetrics], kept: Collection[int] = ()) -> list[EpochMetrics]:
    """Return at most about MAX_POINTS of the epochs: every n-th, the last, and those ``kept``."""
    step = -(-len(epochs) // MAX_POINTS) or 1
    chosen = [e for e in epochs[:-1] if (e.epoch - 1) % step == 0 or e.epoch in kept]
    return chosen + list(epochs[-1:])


def finished(chart: Any, height: Any, canvas: bool = False) -> dict[str, Any]:
    """Return the Altair chart as a spec without data, in the colours of the page's theme.

    ``height`` is the plot's: axes and legends come on top of it, however many lines they take.
    ``canvas`` is for thousands of marks: as SVG each would be an element of the page.
    """
    spec: dict[str, Any] = chart.properties(height=height).to_dict(validate=False)
    for name in ("data", "datasets"):
        spec.pop(name, None)
    for layer in spec.get("layer", ()):
        layer.pop("data")
        if layer["mark"]["type"] == "rule":
            # A line without a value of its own would be a picture without a description.
            layer["mark"]["aria"] = False
    if canvas:
        spec["usermeta"] = {"embedOptions": {"renderer": "canvas"}}
    return spec | {"config": CONFIG, "autosize": {"type": "fit-x", "contains": "padding"}}


def as_wide(chart: Any, most: int, **how: Any) -> dict[str, Any]:
    """Return the finished spec of a chart whose plot is as high as it is wide, and ``most`` high.

    Whatever room the page has: a height of Vega-Lite's own is a number.
    """
    import altair as alt

    height = alt.param(name="height", expr=f"min(width, {most})")
    return finished(chart.add_params(height), most, **how)


def count_axis(**options: Any) -> Any:
    """Return an axis of whole numbers, such as epochs, without a grid."""
    import altair as alt

    return alt.Axis(tickMinStep=1, format=",d", grid=False, **options)


def share_axis(**options: Any) -> Any:
    """Return an axis of shares, from 0 to 1, as percentages."""
    import altair as alt

    return alt.Axis(format="~%", **options)


def number_axis(**options: Any) -> Any:
    """Return an axis of numbers, written as people read them: ``12,000``, ``0.00002``, ``10⁹``."""
    import altair as alt

    return alt.Axis(labelExpr=f"datum.label === '' ? '' : {written('datum.value')}", **options)


def written(value: str) -> str:
    """Return a Vega expression that writes a number as ``formats.number`` does."""
    size, parts = f"abs({value})", f"split(format({value}, '.2~e'), 'e')"
    power = f"replace({parts}[1], '+', '')"
    for plain, raised in zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True):
        power = f"replace({power}, /{plain}/g, '{raised}')"
    factor = f"({parts}[0] === '1' ? '' : {parts}[0] + ' × ')"
    is_far = f"{value} !== 0 && ({size} >= {MOST:g} || {size} < {LEAST:g})"
    return f"{is_far} ? {factor} + '10' + {power} : format({value}, ',.6~r')"


def class_axis(angle: int = 0, crowded: bool = False) -> Any:
    """Return an axis of class names; all are shown if it is not ``crowded``."""
    import altair as alt

    overlap = "greedy" if crowded else False
    return alt.Axis(labelAngle=angle, labelLimit=90, labelFlush=False, labelOverlap=overlap)


def legend(**symbols: Any) -> Any:
    """Return a legend of runs above the chart: two in a row, one on a phone, and names that are
    too long are cut."""
    import altair as alt

    return alt.Legend(
        orient="top",
        columns=alt.expr(f"{NARROW} ? 1 : 2"),
        labelLimit=alt.expr(f"max(60, ({NARROW} ? width : width / 2) - 50)"),
        **symbols,
    )
