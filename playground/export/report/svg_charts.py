"""The charts of the pages as SVG that stands still."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from playground import charts, formats
from playground.results import EpochMetrics

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

WIDTH, HEIGHT = 380, 240
"""Of a plot without its axes, in CSS pixels: two stand side by side on A4, one on a telephone."""
LOG_RATIO = 1000
"""How many times the smallest loss the largest may be on a plain axis."""
MAX_TICKS = 12
"""Epochs of which each has its tick."""
FONT = "Arial, Helvetica, sans-serif"
"""As wide almost everywhere as where the chart is laid out, so that no labels run into another."""

_GREY, _PALE = "#444444", "#e3e3e3"
_CONFIG = {
    "background": "transparent",
    "aria": False,  # the SVG as a whole is one picture with a description
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
        "labelColor": _GREY,
        "titleColor": _GREY,
        "gridColor": _PALE,
        "domainColor": "#999999",
        "tickColor": "#999999",
    },
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
    "range": {"ramp": ["#ffffff", "#000000"]},
}


@dataclass(frozen=True)
class Chart:
    """A drawn chart, and whether its loss axis is logarithmic."""

    svg: Markup
    log: bool


def curves(
    epochs: Sequence[EpochMetrics], watched: str | None, marks: Mapping[int, str]
) -> dict[str, Chart]:
    """Return ``loss`` and ``accuracy`` by epoch; ``watched`` names the second line, None for
    none; ``marks`` are the epochs that are marked."""
    data = charts.curve_data(epochs, watched or "", marks)
    names = {"Training": "train"} | ({watched: "validation"} if watched else {})
    found = {}
    for quantity in ("loss", "accuracy"):
        ends = [f"{name} {_end(epochs, key, quantity)}" for name, key in names.items()]
        text = (
            f"Line chart of {quantity} by epoch. After epoch {epochs[-1].epoch}: "
            f"{', '.join(ends).lower()}."
        )
        log = quantity == "loss" and _is_wide(epochs)
        spec = charts.curve_spec(quantity, max(len(epochs), 1), watched, log)
        found[quantity] = Chart(svg(spec, data, text), log)
    return found


def overlay(runs: Mapping[str, Sequence[EpochMetrics]]) -> dict[str, Chart]:
    """Return ``loss`` and ``accuracy`` by epoch of several runs, by their labels."""
    data = charts.overlay_data(runs)
    splits = tuple(name for name in ("Training", "Validation") if (data["split"] == name).any())
    found = {}
    for quantity in ("loss", "accuracy"):
        ends = [f"{name} {_end(epochs, 'train', quantity)}" for name, epochs in runs.items()]
        text = (
            f"Line chart of {quantity} by epoch, {' and '.join(splits).lower()}. Training at the "
            f"end: {', '.join(ends)}."
        )
        log = quantity == "loss" and _is_wide([one for epochs in runs.values() for one in epochs])
        spec = charts.overlay_spec(quantity, tuple(runs), splits, log)
        found[quantity] = Chart(svg(spec, data, text), log)
    return found


def heatmap(matrix: Any, classes: Sequence[str], text: str) -> Markup:
    """Return a confusion matrix, int64 (classes, classes), of more classes than a table can
    show."""
    names = tuple(classes)
    spec = charts.matrix_spec(names, "counts", selectable=False)
    size = max(WIDTH, 7 * len(names))
    return svg(spec, charts.matrix_data(matrix, names, "counts"), text, size, size)


def _is_wide(epochs: Sequence[EpochMetrics]) -> bool:
    """Tell whether the losses lie so far apart that the small ones would be one flat line."""
    losses = [
        loss for e in epochs for loss in (e.train_loss, e.validation_loss) if loss is not None
    ]
    known = [loss for loss in losses if math.isfinite(loss)]
    return bool(known) and 0 < min(known) < max(known) / LOG_RATIO


def _end(epochs: Sequence[EpochMetrics], split: str, quantity: str) -> str:
    value = getattr(epochs[-1], f"{split}_{quantity}")
    if value is None:
        return "not measured"
    return formats.loss(value) if quantity == "loss" else formats.share(value)


def svg(
    spec: dict[str, Any],
    data: "pa.Table | pd.DataFrame",
    text: str,
    width: int = WIDTH,
    height: int = HEIGHT,
) -> Markup:
    """Return a spec of ``playground.charts`` with its rows as SVG; ``text`` describes it."""
    import vl_convert  # an optional dependency, and the commands import this module

    made = _whole(static_spec(spec), data) | {
        "data": {"values": _rows(data)},
        "width": width,
        "height": height,
        "config": _CONFIG | {"locale": {"number": charts.LOCALE}},
        "autosize": "pad",
    }
    drawn = vl_convert.vegalite_to_svg(made, allowed_base_urls=[])
    head, _, body = drawn.partition(">")
    # HTML needs no namespaces, and a page that is searched for addresses should have none.
    sizes = re.findall(r' (?:width|height|viewBox)="[^"]*"', head)
    return Markup('<svg role="img" class="chart" aria-label="{}"{}>{}').format(
        text, Markup("".join(sizes)), Markup(body)
    )


def static_spec(spec: dict[str, Any]) -> dict[str, Any]:
    """Return the spec without what answers a pointer, most of which is an invisible mark a
    point."""
    kept = {name: value for name, value in spec.items() if name not in ("params", "usermeta")}
    return kept | {"layer": [_held(layer) for layer in spec["layer"] if not _unseen(layer)]}


def _whole(spec: dict[str, Any], data: "pa.Table | pd.DataFrame") -> dict[str, Any]:
    """Return the spec with a tick at each epoch if there are few: between 1 and 3 Vega sets one
    at 1.5 and calls it 2."""
    if "epoch" in (getattr(data, "column_names", None) or data.columns):
        last = max(row["epoch"] for row in _rows(data))
        for layer in spec["layer"]:
            if last <= MAX_TICKS and "axis" in layer["encoding"].get("x", ()):
                x = layer["encoding"]["x"]
                layer["encoding"]["x"] = x | {"axis": x["axis"] | {"values": [*range(1, last + 1)]}}
    return spec


def _unseen(layer: dict[str, Any]) -> bool:
    mark, opacity = layer["mark"], layer["encoding"].get("opacity", {})
    filters = [step.get("filter") for step in layer.get("transform", ())]
    return 0 in (mark.get("opacity"), mark.get("fillOpacity"), opacity.get("value")) or any(
        isinstance(one, dict) and "param" in one for one in filters
    )


def _held(layer: dict[str, Any]) -> dict[str, Any]:
    encoding = {
        channel: {name: value for name, value in one.items() if name != "condition"}
        if isinstance(one, dict) and "param" in str(one.get("condition"))
        else one
        for channel, one in layer["encoding"].items()
        if channel not in ("tooltip", "description")
    }
    return {name: value for name, value in layer.items() if name != "name"} | {"encoding": encoding}


def _rows(data: "pa.Table | pd.DataFrame") -> list[dict[str, Any]]:
    table: Any = data
    rows = table.to_dict("records") if hasattr(table, "to_dict") else table.to_pylist()
    return [
        {name: None if _is_gap(value) else value for name, value in row.items()} for row in rows
    ]


def _is_gap(value: Any) -> bool:
    """Tell whether JSON has no such number."""
    return isinstance(value, float) and not math.isfinite(value)
