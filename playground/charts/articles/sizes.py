"""Article B's scatter: a dot for each network over the sizes of its two layers."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.spec import finished

if TYPE_CHECKING:
    import pandas as pd

Values = tuple[str, ...]


def size_data(
    found: Mapping[Values, Sequence[float]], guessing: Collection[Values]
) -> "pd.DataFrame":
    """Rows (conv, dense, value, runs, learnt) of the networks that have a figure.

    ``found`` has the validation accuracies of the seeds by (channels, units); those in ``guessing``
    learnt nothing: they have no ``value``.
    """
    import pandas as pd

    rows = [
        (
            int(values[0]),
            int(values[1]),
            None if values in guessing else sum(figures) / len(figures),
            len(figures),
            values not in guessing,
        )
        for values, figures in found.items()
        if figures
    ]
    return pd.DataFrame(rows, columns=["conv", "dense", "value", "runs", "learnt"])


@lru_cache(maxsize=8)
def size_spec(conv: tuple[int, int], dense: tuple[int, int]) -> dict[str, Any]:
    """The spec for the rows of size_data; ``conv`` and ``dense`` are each the least and the most.

    Both axes are linear and the colours Matplotlib's blues, as in the article. Networks that learnt
    nothing are crosses without a colour.
    """
    import altair as alt

    x = alt.X(
        "conv:Q",
        title="Channels of the convolution",
        scale=alt.Scale(domain=list(conv), nice=False, padding=12),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )
    y = alt.Y(
        "dense:Q",
        title="Units of the dense layer",
        scale=alt.Scale(domain=list(dense), nice=False, padding=12),
        axis=alt.Axis(format="d", grid=False),
    )
    color = alt.Color(
        "value:Q",
        title="Validation accuracy (% of images)",
        scale=alt.Scale(scheme="blues", zero=False, nice=False),
        legend=alt.Legend(
            orient="top", gradientLength=180, gradientThickness=10, titleLimit=300, format="~%",
            tickCount=4,
        ),
    )  # fmt: skip
    told = [
        alt.Tooltip("conv:Q", title="Channels"),
        alt.Tooltip("dense:Q", title="Units"),
        alt.Tooltip("shown:N", title="Validation accuracy, mean"),
        alt.Tooltip("runs:Q", title="Runs (seeds)"),
    ]
    base = (
        alt.Chart()
        .encode(x=x, y=y, tooltip=told)
        .transform_calculate(
            shown="datum.learnt ? format(datum.value, '.1%') : 'guesses, it learnt nothing'"
        )
    )
    dots = (
        base.mark_point(filled=True, size=130, opacity=1, stroke="#888888", strokeWidth=0.8)
        .encode(color=color)
        .transform_filter("datum.learnt")
    )
    crosses = base.mark_point(
        shape="M-1,-1L1,1M-1,1L1,-1", size=50, opacity=1, filled=False, color="#888888"
    ).transform_filter("!datum.learnt")
    # White, as on paper: on a dark page the darkest dots, which are the best, would be lost.
    chart = alt.layer(dots, crosses).properties(view=alt.ViewBackground(fill="white"))
    return finished(chart, height=340)
