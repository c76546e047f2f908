"""A network drawn from the image down to the classes, its layers as boxes to scale."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.colors import COLORS, GREY, ink
from playground.charts.network_layout import Drawing, LayerBox
from playground.charts.spec import NARROW, finished

if TYPE_CHECKING:
    import pyarrow as pa

FAMILIES = {
    "Image": GREY,
    "Convolution": COLORS[0],
    "Whitening": COLORS[5],
    "Dense": COLORS[2],
    "Batch norm": COLORS[4],
    "Activation": COLORS[1],
    "Pooling": COLORS[6],
    "Dropout": COLORS[3],
    "Flatten": GREY,
    "Classes": GREY,
}
"""What is drawn, and its colour."""
_NAMED = ("Image", "Flatten", "Classes")
"""Families that the legend leaves out: beside them stands what they are."""
_MARK = COLORS[7]
"""Around what is new or changed. It stands out from a light and from a dark page, and white letters
from it."""
_COLUMNS: dict[str, Any] = {
    "part": "", "top": 0.0, "bottom": 0.0, "half": 0.0, "share": 0.0, "left": 0, "text": "",
    "family": "", "mark": "", "layer": "", "output": "", "parameters": "", "before": "",
}  # fmt: skip
_BOXES = "min(260, 0.32 * width)"
"""Pixels across for the boxes; what stands to the right of them are words."""
_SHARES = f"min({_BOXES} + 290, width)"
"""And right of these, on a wide page, the shares of the parameters."""


def network_chart(
    layers: Sequence[LayerBox], compared: bool = False
) -> tuple["pa.Table", dict[str, Any]]:
    """Return the rows of the drawing of some layers, in their order, and its spec.

    ``compared`` are layers that say what they were before.
    """
    import pyarrow as pa

    drawing = Drawing(layers)
    found = {one.family for one in layers}
    spec = _spec(tuple(name for name in FAMILIES if name in found), compared)
    rows = [_COLUMNS | mark for mark in drawing.marks]
    return pa.Table.from_pylist(rows), spec | {"height": drawing.height}


@lru_cache(maxsize=32)
def _spec(families: tuple[str, ...], compared: bool) -> dict[str, Any]:
    import altair as alt

    down = alt.Scale(domain=[0, alt.expr("height")], nice=False, reverse=True)
    across = alt.Scale(domain=[-1, 1], range=[12, alt.expr(_BOXES)], nice=False)
    y = alt.Y("top:Q", axis=None, scale=down)
    x = alt.X("left_edge:Q", axis=None, scale=across)
    middle = alt.Y("middle:Q", axis=None, scale=down)

    def part(name: str) -> Any:
        return alt.Chart().transform_filter(alt.datum.part == name)

    panels = (
        part("panel")
        .mark_rect(color=GREY, opacity=0.1, cornerRadius=8, tooltip=None)
        .encode(y=y, y2="bottom:Q", x=alt.value(0), x2=alt.value("width"))
    )
    flow = (
        part("flow")
        .mark_area(color=GREY, opacity=0.18, orient="horizontal", tooltip=None)
        .encode(y=y, x=x, x2="half:Q")
    )
    outline = {"condition": {"test": "datum.mark != ''", "value": _MARK}, "value": None}
    shown = [name for name in families if name not in _NAMED]
    fill = alt.Fill(
        "family:N",
        title=None,
        scale=alt.Scale(domain=list(families), range=[FAMILIES[name] for name in families]),
        legend=alt.Legend(
            orient="top",
            offset=6,
            symbolType="square",
            symbolStrokeWidth=0,
            values=shown,
            columns=alt.expr(f"{NARROW} ? 3 : 7"),
        ),
    )
    tooltip = [
        alt.Tooltip("layer:N", title="Layer"),
        alt.Tooltip("output:N", title="Output"),
        alt.Tooltip("parameters:N", title="Parameters"),
    ]
    if compared:
        tooltip.append(alt.Tooltip("before:N", title="Before"))
    boxes = (
        part("box")
        .mark_rect(cornerRadius=1.5, strokeWidth=1.5)
        .encode(y=y, y2="bottom:Q", x=x, x2="half:Q", fill=fill, stroke=outline, tooltip=tooltip)
    )
    badges = (
        part("badge")
        .mark_rect(color=_MARK, cornerRadius=4, tooltip=None)
        .encode(
            y=y,
            y2="bottom:Q",
            x=alt.value(alt.expr(f"{_BOXES} + 16")),
            x2=alt.value(alt.expr(f"{_BOXES} + 16 + datum.left")),
        )
    )

    length = f"datum.share * max(0, width - 60 - ({_SHARES}))"
    shares = (
        part("share")
        .mark_bar(color=GREY, opacity=0.5, height=14, tooltip=None)
        .encode(
            y=middle,
            x=alt.value(alt.expr(_SHARES)),
            x2=alt.value(alt.expr(f"{_SHARES} + {length}")),
        )
    )

    def words(name: str, x: str, encoded: dict[str, Any] | None = None, **style: Any) -> Any:
        style = {"align": "left", "baseline": "middle", "fontSize": 13, "tooltip": None} | style
        drawn = {"text": "text:N", "fill": ink()} | (encoded or {})
        return (
            part(name)
            .mark_text(limit=alt.expr(f"width - ({x})"), **style)
            .encode(y=middle, x=alt.value(alt.expr(x)), **drawn)
        )

    beside, white = f"{_BOXES} + 16", alt.value("white")
    wide = {"condition": {"test": "width >= 700", "field": "text"}, "value": ""}
    texts = [
        words("section", "12", fontWeight="bold"),
        words("title", beside, fontSize=14, fontWeight="bold"),
        words("detail", f"{beside} + datum.left"),
        words("badge", f"{beside} + 7", {"fill": white}, fontWeight="bold", fontSize=12),
        words("header", _SHARES, {"text": wide}),
        words("share", f"min({_SHARES} + 6 + {length}, width)", {"text": wide}),
    ]
    chart = (
        alt.layer(panels, flow, boxes, badges, shares, *texts)
        .transform_calculate(
            left_edge="-datum.half",
            middle="(datum.top + datum.bottom) / 2",
        )
        .resolve_scale(fill="independent")
        .properties(view={"stroke": None})
    )
    return finished(chart, height=0)
