"""A series as one table, a row for each value of the field that varies; Try, Run and Sweep."""

from collections.abc import Sequence
from statistics import mean

import streamlit as st

from playground import words
from playground.recipes import RECIPES, Reported, Series
from playground.reproduction import USUAL, shown, told
from playground.sweeps import Axis, Sweep
from playground.ui import state, trying
from playground.ui.articles import running
from playground.ui.articles.measured import Evidence, differing
from playground.ui.frame import Frame


def show(page: Frame, series: Series, axis: Axis, evidence: Evidence) -> None:
    """Draw the table, and the buttons for the recipe that is chosen under it."""
    names = dict(zip(axis.values, series.recipes, strict=True))
    base = RECIPES[series.recipes[0]].config
    label = words.of_path(base, axis.path)
    rows: list[dict[str, str]] = []
    notes = []
    for value, name in names.items():
        (figure,) = RECIPES[name].reported
        measured = evidence.measured(name, "full")
        ours = measured.cells[0].known(figure.key) if measured else []
        lost = measured.cells[0].lost(figure.key) if measured else 0
        here = evidence.here(RECIPES[name]).get(figure.key, [])
        off = differing(name, measured)
        rows.append(
            {
                label: _value(axis, value),
                "Reported": f"**{shown(figure, figure.value)}**" + (" :orange[≠]" if off else ""),
                "Measured": told(figure, ours, lost),
                "Here": told(figure, here),
            }
        )
        if note := RECIPES[name].note or ("Why is not known." if off else ""):
            differs = ":orange[≠] differs. " if off else ""
            notes.append(f"**{_value(axis, value)}**: {differs}{note}")
    _draw(rows)
    for note in notes:
        st.caption(note)
    _actions(page, axis, names, label, evidence)


def overview(series: Series, evidence: Evidence) -> None:
    """Train and test accuracy of each recipe side by side, where all of them have both."""
    recipes = {name: RECIPES[name] for name in series.recipes}
    keys = [f"{split} accuracy" for split in ("train", "test")]
    pairs = {
        name: [figure for key in keys for figure in recipe.reported or USUAL if figure.key == key]
        for name, recipe in recipes.items()
    }
    if any(len(pair) < 2 for pair in pairs.values()):
        return
    rows: list[dict[str, str]] = []
    for name, pair in pairs.items():
        recipe = recipes[name]
        row = {"Train → test accuracy": recipe.title}
        row["Reported"] = _pair(
            pair, [[figure.value] for figure in pair] if recipe.reported else []
        )
        for scale in recipe.scales():
            measured = evidence.measured(name, scale)
            known = [measured.cells[0].known(figure.key) for figure in pair] if measured else []
            row[f"Measured, {scale}"] = _pair(pair, known)
        here = evidence.here(recipe)
        row[f"Here, {evidence.scale_of(recipe)}"] = _pair(
            pair, [here.get(figure.key, []) for figure in pair]
        )
        rows.append(row)
    _draw(rows)


def _draw(rows: Sequence[dict[str, str]]) -> None:
    columns = {head: [row[head] for row in rows] for head in rows[0]}
    st.table(columns, border="horizontal", hide_index=True)


def _pair(figures: Sequence[Reported], values: Sequence[Sequence[float]]) -> str:
    """Two means with an arrow between; a dash where one is missing."""
    if len(values) < 2 or not all(values):
        return "–"
    return " → ".join(
        shown(figure, mean(found)) for figure, found in zip(figures, values, strict=True)
    )


def _actions(
    page: Frame, axis: Axis, names: dict[str, str], label: str, evidence: Evidence
) -> None:
    key = f"articles.value.{axis.path}.{'.'.join(names)}"
    state.default(key, next(iter(names)))
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    value = row.selectbox(
        label, list(names), key=key, format_func=lambda value: _value(axis, value), width=240
    )
    name = names[value]
    trying.button(row, name, "articles.try", "Try", quick=False)
    running.button(page, row, evidence, name)
    base = RECIPES["digits-mlp"].config
    sweep = Sweep(base=base, axes=(axis,), seeds=tuple(range(5)))
    running.sweep_button(page, row, sweep, "articles.sweep", "Run all, 5 seeds")
    running.progress(page, evidence, name)


def _value(axis: Axis, value: str) -> str:
    return words.of_value(value) if axis.path == "optimizer.name" else value
