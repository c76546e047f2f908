"""Accuracy or loss by epoch of the recipes of a series, a small chart for each."""

from collections.abc import Mapping

import streamlit as st

from playground.recipes import RECIPES, Series
from playground.ui import state
from playground.ui.articles.measured import Evidence
from playground.ui.articles.views import by_epoch, known, limit
from playground.ui.articles.views.known import Known
from playground.ui.frame import Frame

_QUANTITIES = {"Accuracy": "accuracy", "Loss": "loss"}
_OPEN = 2
"""Charts up to which they are not folded away: the tables come after them."""


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw the charts side by side on one scale, and say which recipes have no curves yet."""
    elsewhere = {limit.LONG} if "limit" in series.views else set()
    found = {name: known.of(name, evidence) for name in series.recipes if name not in elsewhere}
    drawn = {name: one for name, one in found.items() if one}
    with st.expander("Epoch by epoch", expanded=len(drawn) <= _OPEN, type="compact"):
        if drawn:
            _charts(series, drawn)
        if missing := [RECIPES[name].title for name in found if name not in drawn]:
            st.caption(
                f"No curves yet of: {'; '.join(missing)}. **Run** trains one here, and its curves "
                "are drawn when it has ended."
            )


def _charts(series: Series, drawn: Mapping[str, Known]) -> None:
    key = f"articles.curves.{series.title}"
    state.default(key, "Loss" if "losses" in series.views else "Accuracy")
    chosen = st.segmented_control(
        "Curves of", list(_QUANTITIES), key=key, required=True, persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    assert chosen is not None
    quantity = _QUANTITIES[chosen]
    found = ((name, by_epoch.lines_of(name, one.curves, quantity)) for name, one in drawn.items())
    parts = {name: lines for name, lines in found if lines}
    if not parts:
        st.caption(f"There are no curves of {chosen.lower()} yet.")
        return
    several, places = len(parts) > 1, []
    span = _span(parts) if several else None
    for index, (name, lines) in enumerate(parts.items()):
        if index % 2 == 0:  # two in a row, and in their order on a telephone
            places = st.columns(2) if several else [st.container()]
        with places[index % 2]:
            st.caption(f"{RECIPES[name].title}: {drawn[name].source}")
            by_epoch.draw(lines, quantity, f"articles.curves.{name}", RECIPES[name].title, span)


def _span(parts: Mapping[str, Mapping[str, tuple[float, ...]]]) -> tuple[float, float]:
    """From the lowest to the highest value of all charts."""
    values = [value for lines in parts.values() for line in lines.values() for value in line]
    return min(values), max(values)
