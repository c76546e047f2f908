"""The network of the sidebar: drawn, and as a table."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import streamlit as st

from playground import charts, formats
from playground.analysis import labels
from playground.charts import LayerBox
from playground.config import RunConfig
from playground.config.paths import item_of
from playground.network import ImpossibleNetwork, Layer, Plan, difference, is_same, plan_of
from playground.ui.network import table
from playground.ui.sidebar import SidebarState

_MAX_LETTERS = 90
"""Of the names of the classes, below the drawing."""


def show(sidebar: SidebarState, before: RunConfig | None = None) -> None:
    """Draw the network, with what differs from that of ``before``, and its layers as a table."""
    if sidebar.plan is None or sidebar.config is None or sidebar.facts is None:
        st.info("There is no network to show: see the message in the sidebar.")
        return
    plan = sidebar.plan
    st.markdown(
        f"**{plan.parameters:,} parameters**: from an image of "
        f"{formats.shape(plan.input_shape)} to one score for each of {plan.classes} classes."
    )
    earlier = _plan_before(sidebar, before) if before else None
    drawing = _draw(plan, earlier, tuple(sidebar.facts.classes))
    if drawing.change:
        st.markdown(drawing.change)
    st.vega_lite_chart(drawing.data, drawing.spec, key="network.drawing", alt=drawing.alt)
    st.caption(
        "A box is as wide as its images, and thicker the more channels they have (by the square "
        "root). A dense layer is as wide as an image of as many pixels as it has units. Thin "
        "slices are what is done to the values of the box above."
    )
    section = st.expander("As a table, with its memory", key="section.layers", on_change="rerun")
    if section.open:
        with section:
            table.show(plan)


def _plan_before(sidebar: SidebarState, before: RunConfig) -> Plan | None:
    """Lay out the network of a config of the same images; None if it cannot be, or if its images
    are others: then hardly a layer is what it was."""
    data, now = before.data, sidebar.config and sidebar.config.data
    same = type(data) is type(now) and getattr(data, "file", "") == getattr(now, "file", "")
    if not same or sidebar.facts is None:
        return None
    try:
        return plan_of(before, sidebar.facts)
    except ImpossibleNetwork:
        return None


class _Drawing(NamedTuple):
    data: Any
    spec: dict[str, Any]
    alt: str
    change: str


@lru_cache(maxsize=64)
def _draw(plan: Plan, before: Plan | None, classes: tuple[str, ...]) -> _Drawing:
    """Make the drawing of a network, beside another if there is one."""
    found = difference(before, plan) if before else None
    boxes = list(_boxes(plan, found.before if found else plan.layers, classes))
    data, spec = charts.network_chart(boxes, compared=found is not None)
    change = _change(boxes, found.gone) if found else ""
    told = "; ".join(map(_describe, boxes))
    return _Drawing(data, spec, f"Drawing of the network from the image on: {told}.", change)


def _boxes(
    plan: Plan, before: tuple[Layer | None, ...], classes: tuple[str, ...]
) -> Iterator[LayerBox]:
    """Yield the image, the layers and the classes; ``before`` are the layers that they were."""
    yield LayerBox("Image", "Image", plan.input_shape, note=formats.shape(plan.input_shape))
    for layer, setting, one in zip(plan.layers, plan.settings, before, strict=True):
        mark = "new" if one is None else "" if is_same(layer, one) else "changed"
        yield LayerBox(
            layer.title, layer.family, layer.output, layer.parameters, layer.arithmetic,
            _section(setting), mark, one.title if one and mark else "",
            _before(one, layer) if one else "",
        )  # fmt: skip
    names = [labels.escape_invisible(name) for name in classes]
    yield LayerBox(f"{plan.classes} classes", "Classes", (plan.classes,), note=_first(names))


def _describe(box: LayerBox) -> str:
    """Describe a box in words, for screen readers."""
    mark = f"{box.mark}: " if box.mark else ""
    count = f", {box.parameters:,} parameters" if box.parameters else ""
    return f"{mark}{box.title}, {box.note or formats.shape(box.output)}{count}"


def _section(setting: str) -> str:
    """Return the panel that the layers of a setting are drawn in."""
    block = item_of(setting)
    if block is not None:
        return f"Block {block + 1}"
    return "1×1 pyramid" if setting == "architecture.pyramid" else ""


def _before(before: Layer, now: Layer) -> str:
    """Say what of a layer was otherwise; nothing if all was the same."""
    parts = []
    if before.title != now.title:
        parts.append(before.title)
    if before.output != now.output:
        parts.append(formats.shape(before.output))
    if before.parameters != now.parameters:
        parts.append(f"{before.parameters:,} parameters")
    return ", ".join(parts)


def _first(names: list[str]) -> str:
    """Name the classes, or as many as there is room for."""
    text = ", ".join(names)
    if len(text) <= _MAX_LETTERS:
        return text
    return f"{text[:_MAX_LETTERS].rpartition(', ')[0] or names[0][:_MAX_LETTERS]}, …"


def _change(boxes: list[LayerBox], gone: tuple[Layer, ...]) -> str:
    """Say in a line how the network differs from the one before; nothing if it does not."""
    parts = [
        f"{count} {mark}"
        for mark in ("new", "changed")
        if (count := sum(one.mark == mark for one in boxes))
    ]
    if gone:
        often = Counter(layer.title for layer in gone)
        titles = (title if n == 1 else f"{n} × {title}" for title, n in often.items())
        parts.append(f"gone: {', '.join(titles)}")
    return f"Layers compared with the run on the screen: {'; '.join(parts)}." if parts else ""
