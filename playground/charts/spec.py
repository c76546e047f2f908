"""What the charts share: titles of axes, and how a spec is made ready."""

from collections.abc import Sequence
from typing import Any

from playground.results import EpochMetrics

MAX_POINTS = 200
"""Points drawn of one line; a screen shows no more, and every reader is sent all of them."""

AXES = {
    "loss": "Loss (nats per image)",
    "accuracy": "Accuracy (% of images)",
}


def thinned(epochs: Sequence[EpochMetrics], kept: int | None = None) -> list[EpochMetrics]:
    """Return at most about MAX_POINTS of the epochs: every n-th, the last, and ``kept``."""
    step = -(-len(epochs) // MAX_POINTS) or 1
    chosen = [e for e in epochs[:-1] if (e.epoch - 1) % step == 0 or e.epoch == kept]
    return chosen + list(epochs[-1:])


def finished(chart: Any, height: Any, canvas: bool = False) -> dict[str, Any]:
    """Return the Altair chart as a spec without data and theme, which the page gives.

    ``canvas`` is for thousands of marks: as SVG each would be an element of the page.
    """
    spec: dict[str, Any] = chart.properties(height=height).to_dict(validate=False)
    for name in ("data", "datasets", "config"):
        spec.pop(name, None)
    for layer in spec.get("layer", ()):
        layer.pop("data")
    if canvas:
        spec["usermeta"] = {"embedOptions": {"renderer": "canvas"}}
    return spec


def class_axis(angle: int = 0, crowded: bool = False) -> Any:
    """Return an axis of class names; all are shown if it is not ``crowded``."""
    import altair as alt

    overlap = "greedy" if crowded else False
    return alt.Axis(labelAngle=angle, labelLimit=90, labelFlush=False, labelOverlap=overlap)


def legend(**symbols: Any) -> Any:
    """Return a legend of runs above the chart: two in a row, long names cut to half of its
    width."""
    import altair as alt

    return alt.Legend(
        orient="top", columns=2, labelLimit=alt.expr("max(60, width / 2 - 50)"), **symbols
    )
