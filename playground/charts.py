"""Numbers to charts. Knows no network and no Streamlit.

A spec is built once and cached; only its data changes, because building one costs more than drawing
the page around it. Altair and pandas are imported where they are used: together they take half a
second, and the first page needs neither.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.records import EpochMetrics

if TYPE_CHECKING:
    import pandas as pd

COLORS = (
    "#0072B2",
    "#E69F00",
)  # Okabe and Ito's blue and orange: told apart by colour-blind people
MOST_POINTS = 200
"""Points drawn of one line; a screen shows no more, and every reader is sent all of them."""

_AXES = {
    "loss": "Loss (nats per image)",
    "accuracy": "Accuracy (% of images)",
}


def curve_data(
    epochs: Sequence[EpochMetrics], watched: str = "Validation", kept: int | None = None
) -> "pd.DataFrame":
    """Epochs as rows (epoch, split, loss, accuracy, kept), thinned to MOST_POINTS a line.

    ``watched`` names the second line, ``kept`` the epoch whose weights were kept, if it is marked.
    """
    import pandas as pd

    step = -(-len(epochs) // MOST_POINTS) or 1
    chosen = [e for e in epochs[:-1] if (e.epoch - 1) % step == 0 or e.epoch == kept]
    chosen += epochs[-1:]
    rows = [(e.epoch, "Training", e.train_loss, e.train_accuracy, e.epoch == kept) for e in chosen]
    rows += [
        (e.epoch, watched, e.validation_loss, e.validation_accuracy, False)
        for e in chosen
        if e.validation_loss is not None
    ]
    return pd.DataFrame(rows, columns=["epoch", "split", "loss", "accuracy", "kept"])


@lru_cache(maxsize=64)
def curve_spec(
    quantity: str, epochs: int, watched: str | None, log: bool = False
) -> dict[str, Any]:
    """The Vega-Lite spec of ``loss`` or ``accuracy`` by epoch, for the rows of curve_data.

    ``epochs`` is the length of the whole run, so that the axis stands still while the curve grows.
    ``watched`` is the name of the second line, None where there is only one.
    """
    import altair as alt

    splits = ["Training", watched] if watched else ["Training"]
    x = alt.X("epoch:Q", title="Epoch", axis=alt.Axis(tickMinStep=1, format="d", grid=False))
    x = x.scale(domain=[min(1, epochs - 1), epochs], nice=False)
    scale = alt.Scale(type="log" if log else "linear", zero=False, nice=True)
    y = alt.Y(
        f"{quantity}:Q",
        title=_AXES[quantity],
        scale=scale,
        axis=alt.Axis(format="~%" if quantity == "accuracy" else "~g"),
    )
    color = alt.Color(
        "split:N",
        title=None,
        scale=alt.Scale(domain=splits, range=list(COLORS[: len(splits)])),
        legend=(legend := alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=2)),
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
    lines = base.mark_line(strokeWidth=2, interpolate="linear").encode(strokeDash=dash)
    # A single epoch is a point: without it the first value of a run would not be seen.
    points = base.mark_point(filled=True, size=45).encode(
        opacity=alt.condition(hover, alt.value(1), alt.value(1 if epochs <= 12 else 0)),
        tooltip=[
            alt.Tooltip("split:N", title="Images"),
            alt.Tooltip("epoch:Q", title="Epoch", format="d"),
            alt.Tooltip("loss:Q", title="Loss", format=".4f"),
            alt.Tooltip("accuracy:Q", title="Accuracy", format=".1%"),
        ],
    )
    rule = (
        alt.Chart()
        .mark_rule(strokeDash=[2, 3], color="#888888", strokeWidth=1.5)
        .encode(x=x, tooltip=[alt.Tooltip("epoch:Q", title="Best epoch", format="d")])
        .transform_filter("datum.kept")
    )
    chart = alt.layer(rule, lines, points.add_params(hover))
    return _spec(chart, height=300)


def count_data(counts: Sequence[int], classes: Sequence[str]) -> "pd.DataFrame":
    """Images by class, as rows (class, images)."""
    import pandas as pd

    return pd.DataFrame({"class": list(classes), "images": list(counts)})


@lru_cache(maxsize=1)
def count_spec() -> dict[str, Any]:
    """The spec of images by class, for the rows of count_data."""
    import altair as alt

    bars = (
        alt.Chart()
        .mark_bar(color=COLORS[0])
        .encode(
            x=alt.X("class:N", title="Class", sort=None, axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("images:Q", title="Images"),
            tooltip=[
                alt.Tooltip("class:N", title="Class"),
                alt.Tooltip("images:Q", title="Images", format=","),
            ],
        )
    )
    return _spec(bars, height=240)


def _spec(chart: Any, height: int) -> dict[str, Any]:
    spec: dict[str, Any] = chart.properties(height=height).to_dict(validate=False)
    for name in ("data", "datasets", "config"):  # the page gives the data and the theme
        spec.pop(name, None)
    for layer in spec.get("layer", ()):
        layer.pop("data")
    return spec
