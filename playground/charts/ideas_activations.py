"""Activation functions and their derivatives."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.charts.colors import ACCENT, COLORS, GREY, ink
from playground.charts.spec import finished, number_axis

if TYPE_CHECKING:
    import pandas as pd

_FAINT = 0.55
_COLORS = (*COLORS, GREY)


def function_data(x: np.ndarray, curves: Mapping[str, np.ndarray], chosen: str) -> "pd.DataFrame":
    """Return rows (activation, x, y, chosen); ``curves`` are by the activation's name, each like
    ``x``."""
    import pandas as pd

    return pd.DataFrame(
        {
            "activation": np.repeat(np.array(list(curves), object), len(x)),
            "x": np.tile(x, len(curves)),
            "y": np.concatenate(list(curves.values())),
            "chosen": np.repeat([name == chosen for name in curves], len(x)),
        }
    )


@lru_cache(maxsize=8)
def function_spec(
    title: str,
    activations: tuple[str, ...],
    limits: tuple[float, float],
    places: tuple[int, ...] = (),
) -> dict[str, Any]:
    """Return the spec for the rows of function_data: the chosen line strong, the others faint until
    the pointer is near.

    ``title`` is that of the y axis, ``limits`` its ends: what lies beyond is cut off. ``places``
    are those of the activations among all, if only some are drawn, none of them faint: they
    keep colour and dashes.
    """
    import altair as alt

    some = bool(places)
    opacity, width = (1, 2.5) if some else (_FAINT, 1.5)
    places = places or tuple(range(len(activations)))
    colors = [_COLORS[place % len(_COLORS)] for place in places]
    # Nine colours and two kinds of line: neighbours differ in both, and so do two of one colour.
    dashes = [[1, 0] if place % 2 == 0 else [6, 3] for place in places]
    columns = 2 if some else 3  # fewer of them say more
    legend = alt.Legend(orient="bottom", columns=columns, symbolType="stroke", symbolStrokeWidth=3)
    x = alt.X("x:Q", title="x, the sum that reaches the unit", scale=alt.Scale(nice=False))
    y = alt.Y("y:Q", title=title, scale=alt.Scale(domain=list(limits), nice=False))
    color = alt.Color(
        "activation:N",
        title=None,
        scale=alt.Scale(domain=list(activations), range=colors),
        legend=legend,
    )
    dash = alt.StrokeDash(
        "activation:N",
        title=None,
        scale=alt.Scale(domain=list(activations), range=dashes),
        legend=legend,
    )
    hover = alt.selection_point(
        name="hover",
        fields=["activation"],
        nearest=True,
        on="pointerover",
        clear="pointerout",
        empty=False,
    )
    base = alt.Chart().encode(x=x, y=y, color=color)
    # Aggregated to one row: else each row would draw the same rule again.
    zero = alt.Chart().mark_rule(color=GREY, opacity=0.6).transform_aggregate(n="count()")
    axes = [zero.encode(x=alt.XDatum(0)), zero.encode(y=alt.YDatum(0))]
    faint = (
        base.mark_line(clip=True)
        .encode(
            strokeDash=dash,
            opacity=alt.condition(hover, alt.value(1), alt.value(opacity)),
            strokeWidth=alt.condition(hover, alt.value(width + 1.5), alt.value(width)),
        )
        .transform_filter("!datum.chosen")
    )
    strong = base.mark_line(clip=True, strokeWidth=5).transform_filter("datum.chosen")
    targets = (
        base.mark_point(opacity=0, clip=True)
        .encode(
            tooltip=[
                alt.Tooltip("activation:N", title="Activation"),
                alt.Tooltip("x:Q", title="x", format=".2f"),
                alt.Tooltip("y:Q", title=title, format=".3f"),
            ]
        )
        .add_params(hover)
    )
    return finished(alt.layer(*axes, faint, strong, targets), height=340)


def time_data(milliseconds: Mapping[str, float]) -> "pd.DataFrame":
    """Return rows (activation, milliseconds, description): how long each takes, and how many times
    the
    first."""
    import pandas as pd

    first = next(iter(milliseconds.values()))
    description = [f"{time:.2g} ms, {time / first:.1f} ×" for time in milliseconds.values()]
    return pd.DataFrame(
        {
            "activation": list(milliseconds),
            "milliseconds": list(milliseconds.values()),
            "description": description,
        }
    )


@lru_cache(maxsize=4)
def time_spec(first: str, top: float) -> dict[str, Any]:
    """Return the spec of a bar for each activation with its time, for the rows of time_data.

    ``first`` is the one that the others are compared with, ``top`` the end of the axis.
    """
    import altair as alt

    base = alt.Chart().encode(
        y=alt.Y("activation:N", title="Activation", sort=None),
        x=alt.X(
            "milliseconds:Q",
            title="Time (milliseconds)",
            scale=alt.Scale(domain=[0, top], nice=False),
            axis=number_axis(tickCount=6),
        ),
    )
    bars = base.mark_bar().encode(
        color=alt.condition(f"datum.activation === '{first}'", alt.value(ACCENT), alt.value(GREY)),
        tooltip=[
            alt.Tooltip("activation:N", title="Activation"),
            alt.Tooltip("milliseconds:Q", title="Milliseconds", format=".3f"),
            alt.Tooltip("description:N", title=f"Times {first}"),
        ],
    )
    texts = base.mark_text(align="left", dx=4, aria=False).encode(text="description:N", color=ink())
    return finished(alt.layer(bars, texts), height=360)
