"""How a class guessed: an answer a bar, or numbers as a histogram beside what it came to."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from playground.charts.colors import ACCENT, GREY, RIGHT, ink
from playground.charts.spec import count_axis, finished

if TYPE_CHECKING:
    import pandas as pd

BINS = 20
"""Bars of a histogram at most."""


def guess_data(counts: Mapping[str, int], right: str = "", mine: str = "") -> "pd.DataFrame":
    """Return an answer a row (answer, guesses, shown, color), in the order of ``counts``.

    ``right`` is the answer that is shown as right, ``mine`` the reader's own; each may be empty.
    """
    import pandas as pd

    rows = []
    for answer, count in counts.items():
        shown = f"✓ {answer}" if answer == right else answer
        if answer == mine:
            shown += " (your guess)"
        color = ACCENT if not right else RIGHT if answer == right else GREY
        rows.append((answer, count, shown, color))
    return pd.DataFrame(rows, columns=["answer", "guesses", "shown", "color"])


@lru_cache(maxsize=1)
def guess_spec() -> dict[str, Any]:
    """Return the spec of bars for the rows of guess_data. Each answer stands above its bar: as long
    as it may be, it would leave a bar beside it no room."""
    import altair as alt

    base = alt.Chart().encode(
        y=alt.Y("answer:N", title="Answer", sort=None, axis=alt.Axis(labels=False, ticks=False)),
        tooltip=[
            alt.Tooltip("answer:N", title="Answer"),
            alt.Tooltip("guesses:Q", title="Guesses", format=","),
        ],
    )
    length = alt.X(
        "guesses:Q", title="Guesses", scale=alt.Scale(domainMin=0, nice=False),
        axis=count_axis(tickCount=4),
    )  # fmt: skip
    bars = base.mark_bar(height=12, yOffset=8).encode(
        x=length, color=alt.Color("color:N", scale=None)
    )
    answers = base.mark_text(align="left", dy=-8, fontSize=12, limit=alt.expr("width")).encode(
        x=alt.value(2), text="shown:N", fill=ink()
    )
    numbers = base.mark_text(align="left", dx=4, dy=8, fontSize=12).encode(
        x=length, text="guesses:Q", fill=ink()
    )
    return finished(alt.layer(bars, answers, numbers), {"step": 42, "for": "position"})


def number_data(guesses: Sequence[float], reached: float | None = None) -> "pd.DataFrame":
    """Return a guess a row (guess, reached), and one of what it came to, if that is to be shown."""
    import pandas as pd

    rows: list[tuple[float | None, float | None]] = [(guess, None) for guess in guesses]
    if reached is not None:
        rows.append((None, reached))
    return pd.DataFrame(rows, columns=["guess", "reached"])


@lru_cache(maxsize=8)
def number_spec(what: str, most: int, came_to: str) -> dict[str, Any]:
    """Return the spec of a histogram for the rows of number_data, up to a guess of ``most``.

    ``what`` is guessed, with its unit; ``came_to`` says what the rule is.
    """
    import altair as alt

    x = alt.X(
        "guess:Q", bin=alt.Bin(extent=[0, most], maxbins=BINS), title=what,
        axis=alt.Axis(format=",d", grid=False),
    )  # fmt: skip
    bars = (
        alt.Chart()
        .transform_filter("isValid(datum.guess)")
        .mark_bar(color=ACCENT)
        .encode(
            x=x,
            y=alt.Y("count():Q", title="Guesses", axis=count_axis(tickCount=4)),
            tooltip=[alt.Tooltip("count():Q", title="Guesses", format=",")],
        )
    )
    reached = alt.Chart().transform_filter("isValid(datum.reached)")
    at = alt.X("reached:Q", title=what)
    rule = reached.mark_rule(color=RIGHT, size=3).encode(x=at)
    # At the side where there is room.
    words = [
        reached.transform_filter(f"{side}(datum.reached > {most / 2})")
        .mark_text(align=align, dx=dx, baseline="top")
        .encode(x=at, y=alt.value(2), text=alt.value(came_to), fill=ink())
        for side, align, dx in (("", "right", -6), ("!", "left", 6))
    ]
    return finished(alt.layer(bars, rule, *words), 150)
