"""Plane up, truck down: the accuracy of each class in two networks, reported and ours."""

from collections.abc import Sequence
from statistics import mean
from typing import Any

import streamlit as st

from playground import charts, formats
from playground.recipes import RECIPES, Series
from playground.recipes.reproduction import ByClass, Move, moves, of_figures, of_reported
from playground.ui.articles.measured import Evidence
from playground.ui.articles.views import titles
from playground.ui.frame import Frame


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw two charts, each with both networks that have figures by class, and what moved most."""
    before, after = (
        name for name in series.recipes if any(f.of_class for f in RECIPES[name].reported)
    )
    networks = _names(series, before, after)
    st.markdown("**Plane up, truck down: the accuracy of each class**")
    left, right = st.columns(2)
    reported = [of_reported(RECIPES[name].reported) for name in (before, after)]
    _draw(left, "Reported, one run each", reported[0], reported[1], networks, "reported")
    classes = RECIPES[before].config.data.classes
    known = [evidence.measured(name, "full") for name in (before, after)]
    ours = [of_figures(one.cells[0].figures, classes) if one else {} for one in known]
    if not all(len(found) == len(classes) for found in ours):
        right.caption("Ours, in full: not measured yet.")
        return
    seeds = min(len(values) for found in ours for values in found.values())
    head = f"Ours, full: mean of {seeds} seeds, thin lines from the lowest to the highest"
    _draw(right, head, ours[0], ours[1], networks, "ours")


def _names(series: Series, before: str, after: str) -> tuple[str, str]:
    """Both networks, short enough for a legend on a telephone."""
    short = dict(zip(series.recipes, titles.short(series.recipes), strict=True))
    return short[before], short[after]


def _draw(
    place: Any, head: str, before: ByClass, after: ByClass, networks: tuple[str, str], key: str
) -> None:
    moved = moves(before, after)
    place.caption(head)
    place.vega_lite_chart(
        charts.change_data(before, after, networks),
        charts.change_spec(networks),
        key=f"articles.classes.{key}",
        alt=f"Test accuracy of each class, {networks[0]} to {networks[1]}: "
        + ", ".join(
            f"{name} {mean(values):.0%} to {mean(after[name]):.0%}"
            for name, values in before.items()
        )
        + ".",
    )
    place.markdown(_sentence(moved, several=all(len(values) > 1 for values in before.values())))


def _sentence(moved: Sequence[Move], several: bool) -> str:
    """What rose most, what fell most, and whether that is more than seeds differ by."""
    named = {move.name: move for move in moved}
    rose, fell = moved[0], moved[-1]
    text = f"Up most: **{_points(rose)}**. Down most: **{_points(fell)}**."
    others = [named[name] for name in ("airplane", "truck") if named.get(name) not in (rose, fell)]
    if others:
        text += f" {', '.join(map(_points, others)).capitalize()}."
    if several:
        apart = [move.name for move in moved if move.apart]
        text += (
            f" The seeds' ranges lie apart for {', '.join(apart)} alone."
            if apart
            else " The seeds' ranges overlap for every class: one run says little of a class."
        )
    return text


def _points(move: Move) -> str:
    return f"{move.name} {formats.points(100 * move.by, 0)}"
