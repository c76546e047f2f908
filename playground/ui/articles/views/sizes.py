"""Article B's scatter of 80 networks, on the article's own axes."""

from statistics import mean
from typing import Any

import streamlit as st

from playground import charts, formats
from playground.recipes import RECIPES, Series
from playground.recipes.reproduction import Measured, is_guess
from playground.ui.articles.measured import Evidence
from playground.ui.frame import Frame

_FIGURE = "validation accuracy"


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw a scatter for each family of the series: in full where all of it was measured, else
    quick."""
    families = [name for name in series.recipes if RECIPES[name].axes]
    st.markdown("**The article's figure: channels, units, and the accuracy as a shade of blue**")
    for place, name in zip(st.columns(len(families)), families, strict=True):
        _family(place, name, evidence)
    st.caption(
        "Axes as in the article: linear, so the four narrowest dense layers lie close together. "
        "A cross is a network that guesses: with ten classes that is right for 10 % of the images, "
        "so it is no result."
    )


def _family(place: Any, name: str, evidence: Evidence) -> None:
    """Draw one family: the full one in part only where there is no quick one."""
    recipe = RECIPES[name]
    full, quick = (evidence.measured(name, scale) for scale in ("full", "quick"))
    place.markdown(f"{recipe.title}")
    is_complete = full and len(full.cells) == len(recipe.sweep("full").members())
    found = full if is_complete else quick or full
    if not found:
        place.info("Not measured yet: Run all, below, trains these networks.")
        return
    if found.scale != "full":
        known = "not all measured yet" if full else "not measured yet"
        place.caption(f"In full: {known}. This is the quick form, far fewer steps:")
    _draw(place, name, found)


def _draw(place: Any, name: str, measured: Measured) -> None:
    recipe = RECIPES[name]
    conv, dense = ([int(value) for value in axis.values] for axis in recipe.axes)
    figures = {cell.values: cell.known(_FIGURE) for cell in measured.cells}
    known = {values: found for values, found in figures.items() if found}
    images = measured.images.get("validation", 1)
    guessed = {values for values, found in known.items() if is_guess(mean(found), images)}
    size = recipe.at(measured.scale).run.epochs
    place.vega_lite_chart(
        charts.size_data(known, guessed),
        charts.size_spec((min(conv), max(conv)), (min(dense), max(dense))),
        key=f"articles.sizes.{name}",
        alt=f"Scatter of {len(known)} networks over channels {min(conv)} to {max(conv)} and units "
        f"{min(dense)} to {max(dense)}, darker blue for a higher validation accuracy; "
        f"{len(guessed)} guess.",
    )
    total = len(conv) * len(dense)
    missing = f" {total - len(known)} of {total} are missing." if len(known) < total else ""
    seeds = formats.counted(measured.runs, "seed")
    place.caption(
        f"{measured.scale.capitalize()}: {measured.images.get('train', 0):,} images, {size} "
        f"epochs, {seeds}. **{len(guessed)} of {len(known)} networks guess.**{missing} "
        + _tendency(known, guessed)
    )


def _tendency(known: dict[tuple[str, ...], list[float]], guessed: set[tuple[str, ...]]) -> str:
    """The best network, where any learnt."""
    learnt = {values: mean(found) for values, found in known.items() if values not in guessed}
    if not learnt:
        return ""
    best = max(learnt, key=lambda values: learnt[values])
    return (
        f"Best: {best[0]} channels and {best[1]} units, {formats.percent(learnt[best])} of the "
        "validation images."
    )
