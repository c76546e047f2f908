"""A series as one table, a row for each value of the field that varies; Try, Run and Sweep."""

from collections.abc import Mapping, Sequence
from statistics import mean

import streamlit as st

from playground.analysis import labels
from playground.config import label_at
from playground.config.sweeps import Axis, Sweep
from playground.formats import NOTHING
from playground.recipes import RECIPES, Recipe, Reported, Series
from playground.recipes.reproduction import describe_judged, format_mean, format_value
from playground.ui import navigation, state
from playground.ui.articles import run_buttons
from playground.ui.articles.evidence import Evidence, differing_figures
from playground.ui.frame import Frame


def series_table(page: Frame, series: Series, axis: Axis, evidence: Evidence) -> None:
    """Draw the table, and the buttons for the recipe that is chosen under it."""
    names = dict(zip(axis.values, series.recipes, strict=True))
    base = RECIPES[series.recipes[0]].config
    label = label_at(base, axis.path)
    rows: list[dict[str, str]] = []
    notes = []
    for value, name in names.items():
        (figure,) = RECIPES[name].reported
        measured = evidence.measured(name, "full")
        ours = measured.cells[0].known(figure.key) if measured else []
        lost = measured.cells[0].lost(figure.key) if measured else 0
        here = evidence.here(RECIPES[name]).get(figure.key, [])
        off = differing_figures(name, measured)
        given = NOTHING if figure.value is None else f"**{format_value(figure, figure.value)}**"
        rows.append(
            {
                label: _value(axis, value),
                "Reported": given + (" :orange[≠]" if off else ""),
                "Measured": format_mean(figure, ours, lost),
                "Here": format_mean(figure, here),
            }
        )
        if note := RECIPES[name].note or ("Why is not known." if off else ""):
            differs = ":orange[≠] differs. " if off else ""
            notes.append(f"**{_value(axis, value)}**: {differs}{note}")
    _draw(rows)
    for note in notes:
        st.caption(note)
    _actions(page, axis, names, label, evidence)


def overview_table(series: Series, evidence: Evidence) -> None:
    """Draw accuracy on the training images and on others, recipe by recipe, if all have both.

    Grids are left out: none of their networks stands for all.
    """
    recipes = {name: RECIPES[name] for name in series.recipes if not RECIPES[name].axes}
    pair = _common(list(recipes.values()))
    if len(recipes) < 2 or pair is None:
        return
    head = " → ".join(figure.key for figure in pair)
    rows: list[dict[str, str]] = []
    for name, recipe in recipes.items():
        row = {head[0].upper() + head[1:]: recipe.title}
        reported = {figure.key: figure.value for figure in recipe.reported}
        known = [reported[figure.key] for figure in pair]
        row["Reported"] = _pair(pair, [[] if value is None else [value] for value in known])
        for scale in recipe.scales():
            measured = evidence.measured(name, scale)
            found = [measured.cells[0].known(figure.key) for figure in pair] if measured else []
            row[f"Measured, {scale}"] = _pair(pair, found)
        here = evidence.here(recipe)
        row[f"Here, {evidence.scale_of(recipe)}"] = _pair(
            pair, [here.get(figure.key, []) for figure in pair]
        )
        rows.append(row)
    heads = dict.fromkeys(head for row in rows for head in row)
    _draw([{head: row.get(head, NOTHING) for head in heads} for row in rows])


def _common(recipes: Sequence[Recipe]) -> tuple[Reported, Reported] | None:
    """Return the first training accuracy and the last other one that all recipes have."""
    shared = [
        figure
        for figure in (recipes[0].reported if recipes else ())
        if figure.quantity == "accuracy"
        and not figure.of_class
        and all(figure.key in {one.key for one in recipe.reported} for recipe in recipes)
    ]
    train = [figure for figure in shared if figure.split == "train"]
    others = [figure for figure in shared if figure.split != "train"]
    return (train[0], others[-1]) if train and others else None


def findings_table(series: Series, evidence: Evidence) -> None:
    """Draw what the series is to show, and whether our figures bear it out."""
    scales = dict.fromkeys(scale for name in series.recipes for scale in RECIPES[name].scales())
    found = {scale: list(evidence.judged(series, scale)) for scale in scales}
    if not series.findings:
        return
    _draw(
        [
            {
                "What it shows": finding.text,
                **{f"Ours, {scale}": describe_judged(found[scale][place]) for scale in scales},
            }
            for place, finding in enumerate(series.findings)
        ]
    )


def _draw(rows: Sequence[dict[str, str]]) -> None:
    draw({head: [row[head] for row in rows] for head in rows[0]})


def draw(columns: Mapping[str, Sequence[str]]) -> None:
    """Draw a table of some columns without those that hold nothing, such as what was trained here
    while nothing was: on a phone there is room for four."""
    told = {head: cells for head, cells in columns.items() if {*cells} != {NOTHING}}
    st.table(told, border="horizontal", hide_index=True)


def _pair(figures: Sequence[Reported], values: Sequence[Sequence[float]]) -> str:
    """Return two means with an arrow between; a dash if one is missing."""
    if len(values) < 2 or not all(values):
        return NOTHING
    return " → ".join(
        format_value(figure, mean(found)) for figure, found in zip(figures, values, strict=True)
    )


def _actions(
    page: Frame, axis: Axis, names: dict[str, str], label: str, evidence: Evidence
) -> None:
    key = f"articles.value.{axis.path}.{'.'.join(names)}"
    state.set_default(key, next(iter(names)))
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    value = row.selectbox(
        label, list(names), key=key, format_func=lambda value: _value(axis, value), width=240
    )
    name = names[value]
    navigation.try_recipe_button(row, name, "articles.try", "Try", quick=False)
    run_buttons.run_button(page, row, evidence, name)
    base = RECIPES["digits-mlp"].config
    sweep = Sweep(base=base, axes=(axis,), seeds=tuple(range(5)))
    run_buttons.sweep_button(page, row, sweep, "articles.sweep", "Run all, 5 seeds")
    run_buttons.progress(page, evidence, name)


def _value(axis: Axis, value: str) -> str:
    return labels.of_kind("optimizer", value) if axis.path == "optimizer.name" else value


def short_titles(names: Sequence[str]) -> list[str]:
    """Give the title of the first recipe, and of the others what they add to it."""
    first, *others = (RECIPES[name].title for name in names)
    return [first, *(title.removeprefix(first).lstrip(" ,:") or title for title in others)]
