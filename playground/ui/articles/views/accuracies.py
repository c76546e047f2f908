"""Accuracies over classes, over sizes of networks, and the learning rates they are reached with."""

from collections.abc import Sequence
from statistics import mean
from typing import Any

import streamlit as st

from playground import charts, formats
from playground.analysis import labels
from playground.config.sweeps import Axis, Sweep
from playground.recipes import RECIPES, Series
from playground.recipes.reproduction import (
    ClassAccuracies,
    ClassChange,
    Measured,
    class_changes,
    is_at_chance,
    measured_by_class,
    reported_by_class,
)
from playground.ui.articles import run_buttons
from playground.ui.articles.evidence import Evidence
from playground.ui.articles.tables import short_titles
from playground.ui.frame import Frame


def show_classes(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw two charts, each with both networks that have figures by class, and what moved most."""
    before, after = (
        name for name in series.recipes if any(f.of_class for f in RECIPES[name].reported)
    )
    networks = _network_names(series, before, after)
    st.markdown("**Plane up, truck down: the accuracy of each class**")
    left, right = st.columns(2)
    reported = [reported_by_class(RECIPES[name].reported) for name in (before, after)]
    _draw_classes(left, "Reported, one run each", reported[0], reported[1], networks, "reported")
    classes = RECIPES[before].config.data.classes
    known = [evidence.measured(name, "full") for name in (before, after)]
    ours = [measured_by_class(one.cells[0].figures, classes) if one else {} for one in known]
    if not all(len(found) == len(classes) for found in ours):
        right.caption("Ours, in full: not measured yet.")
        return
    seeds = min(len(values) for found in ours for values in found.values())
    head = f"Ours, full: mean of {seeds} seeds, thin lines from the lowest to the highest"
    _draw_classes(right, head, ours[0], ours[1], networks, "ours")


def _network_names(series: Series, before: str, after: str) -> tuple[str, str]:
    """Return both networks, short enough for a legend on a telephone."""
    short = dict(zip(series.recipes, short_titles(series.recipes), strict=True))
    return short[before], short[after]


def _draw_classes(
    place: Any,
    head: str,
    before: ClassAccuracies,
    after: ClassAccuracies,
    networks: tuple[str, str],
    key: str,
) -> None:
    moved = class_changes(before, after)
    place.caption(head)
    place.vega_lite_chart(
        charts.change_data(before, after, networks),
        charts.change_spec(networks),
        key=f"articles.classes.{key}",
        alt=f"Test accuracy of each class, {networks[0]} to {networks[1]}: "
        + ", ".join(
            f"{name} {formats.share(mean(values), 0)} to {formats.share(mean(after[name]), 0)}"
            for name, values in before.items()
        )
        + ".",
    )
    place.markdown(_sentence(moved, several=all(len(values) > 1 for values in before.values())))


def _sentence(moved: Sequence[ClassChange], several: bool) -> str:
    """Describe what rose most, what fell most, and whether that is more than seeds differ by."""
    named = {move.name: move for move in moved}
    rose, fell = moved[0], moved[-1]
    text = f"Rose most: **{_class_change(rose)}**. Fell most: **{_class_change(fell)}**."
    others = [named[name] for name in ("airplane", "truck") if named.get(name) not in (rose, fell)]
    if others:
        text += f" {', '.join(map(_class_change, others)).capitalize()}."
    if several:
        apart = [move.name for move in moved if move.apart]
        text += (
            f" The seeds' ranges lie apart for {', '.join(apart)} alone."
            if apart
            else " The seeds' ranges overlap for every class: one run says little of a class."
        )
    return text


def _class_change(move: ClassChange) -> str:
    return f"{move.name} {formats.points(100 * move.by, 0)}"


_VALIDATION_ACCURACY = "validation accuracy"


def show_sizes(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw a scatter for each grid of the series: in full if all of it was measured, else
    quick."""
    grids = [name for name in series.recipes if RECIPES[name].axes]
    st.markdown("**The article's figure: channels, units, and the accuracy as a shade of blue**")
    for place, name in zip(st.columns(len(grids)), grids, strict=True):
        _grid(place, name, evidence)
    st.caption(
        "Axes as in the article: linear, so the four narrowest dense layers lie close together. "
        "A cross is a network that guesses: with ten classes that is right for 10 % of the images, "
        "so it is no result."
    )


def _grid(place: Any, name: str, evidence: Evidence) -> None:
    """Draw one grid: the full one in part only if there is no quick one."""
    recipe = RECIPES[name]
    full, quick = (evidence.measured(name, scale) for scale in ("full", "quick"))
    place.markdown(f"{recipe.title}")
    is_whole = full and len(full.cells) == len(recipe.sweep("full").members())
    found = full if is_whole else quick or full
    if not found:
        place.info("Not measured yet: Run all, below, trains these networks.")
        return
    if found.scale != "full":
        known = "not all measured yet" if full else "not measured yet"
        place.caption(f"In full: {known}. This is the quick form, far fewer steps:")
    _draw_sizes(place, name, found)


def _draw_sizes(place: Any, name: str, measured: Measured) -> None:
    recipe = RECIPES[name]
    conv, dense = ([int(value) for value in axis.values] for axis in recipe.axes)
    figures = {cell.values: cell.known(_VALIDATION_ACCURACY) for cell in measured.cells}
    known = {values: found for values, found in figures.items() if found}
    images = measured.images.get("validation", 1)
    guessed = {values for values, found in known.items() if is_at_chance(mean(found), images)}
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
        + _best_network(known, guessed)
    )


def _best_network(known: dict[tuple[str, ...], list[float]], guessed: set[tuple[str, ...]]) -> str:
    """Return the best network, if any learnt."""
    learnt = {values: mean(found) for values, found in known.items() if values not in guessed}
    if not learnt:
        return ""
    best = max(learnt, key=lambda values: learnt[values])
    return (
        f"Best: {best[0]} channels and {best[1]} units, {formats.share(learnt[best])} of the "
        "validation images."
    )


ADVISED_RATES = ("0.1", "0.01", "0.001", "0.0001", "0.00001")
"""Article E: in its author's experience rates lie between 0.1 and 0.00001."""
FIRST_OPTIMIZERS = {"momentum": "cures-momentum", "adam": "cures-base"}
"""The optimizers it tries first, and the recipe whose rate is swept."""


def show_rates(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw a logarithmic line for each optimizer of the series, and two sweeps."""
    marks = [
        (
            labels.of_kind("optimizer", RECIPES[name].config.optimizer.name),
            RECIPES[name].config.optimizer.learning_rate,
            RECIPES[name].title,
        )
        for name in series.recipes
    ]
    low, high = float(ADVISED_RATES[-1]), float(ADVISED_RATES[0])
    st.markdown("**Which learning rate? From 0.1 to 0.00001; momentum or Adam first**")
    st.vega_lite_chart(
        charts.rate_data(marks),
        charts.rate_spec((low, high)),
        key="articles.rates",
        alt="Learning rates on a logarithmic line, the advised span from "
        f"{ADVISED_RATES[-1]} to {ADVISED_RATES[0]}: "
        + ", ".join(f"{optimizer} {rate:g}" for optimizer, rate, _ in marks)
        + ".",
    )
    st.markdown(
        "No optimizer is always best. The article's advice: begin with momentum or Adam; rates "
        f"usually lie between {ADVISED_RATES[0]} and {ADVISED_RATES[-1]} (the band). The points "
        "are the rates of the recipes below. The buttons try "
        f"{len(ADVISED_RATES)} rates of the band, each ten times smaller than the last."
    )
    row = st.container(horizontal=True, gap="small")
    for optimizer, name in FIRST_OPTIMIZERS.items():
        sweep = Sweep(
            base=evidence.config(RECIPES[name]),
            axes=(Axis(path="optimizer.learning_rate", values=ADVISED_RATES),),
        )
        label = f"Try {len(ADVISED_RATES)} rates of {labels.of_kind('optimizer', optimizer)}"
        run_buttons.sweep_button(page, row, sweep, f"articles.rates.{optimizer}", label)
