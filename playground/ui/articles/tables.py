"""A series as one table, a row for each value of the field that varies; Try, Run and Sweep."""

import streamlit as st

from playground.recipes import RECIPES, Series
from playground.reproduction import shown, told
from playground.sweeps import Axis, Sweep
from playground.ui import state, trying, words
from playground.ui.articles import running
from playground.ui.articles.measured import Evidence, differing
from playground.ui.frame import Frame


def show(page: Frame, series: Series, axis: Axis, evidence: Evidence) -> None:
    """Draw the table, and the buttons for the recipe that is chosen under it."""
    names = dict(zip(axis.values, series.recipes, strict=True))
    base = RECIPES[series.recipes[0]].config
    label = words.of_path(base, axis.path)
    lines = [f"| {label} | Reported | Measured | n | Here | n |", "|:--|--:|--:|--:|--:|--:|"]
    notes = []
    for value, name in names.items():
        (figure,) = RECIPES[name].reported
        measured = evidence.measured(name, "full")
        ours = measured.cells[0].known(figure.key) if measured else []
        lost = measured.cells[0].lost(figure.key) if measured else 0
        here = evidence.here(RECIPES[name]).get(figure.key, [])
        off = differing(name, measured)
        cells = (
            _value(axis, value),
            f"**{shown(figure, figure.value)}**" + (" :orange[≠]" if off else ""),
            told(figure, ours, lost, n=False),
            str(len(ours) or "–"),
            told(figure, here, n=False),
            str(len(here) or "–"),
        )
        lines.append("| " + " | ".join(cells) + " |")
        if note := RECIPES[name].note or ("Why is not known." if off else ""):
            differs = ":orange[≠] differs. " if off else ""
            notes.append(f"**{_value(axis, value)}**: {differs}{note}")
    st.markdown("\n".join(lines))
    for note in notes:
        st.caption(note)
    _actions(page, axis, names, label, evidence)


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
