"""A recipe as a card: what it is, its figures in a table, Try and Run."""

from collections.abc import Sequence

import streamlit as st

from playground import charts, formats
from playground.config import label_at
from playground.data import datasets
from playground.formats import NOTHING
from playground.recipes import RECIPES, Recipe, Reported
from playground.recipes.reproduction import Measured, format_mean, format_value
from playground.ui import navigation
from playground.ui.articles import run_buttons, tables
from playground.ui.articles.evidence import Evidence, differing_figures
from playground.ui.frame import Frame


def show(page: Frame, name: str, evidence: Evidence) -> None:
    """Draw the card of one recipe."""
    recipe = RECIPES[name]
    with st.container(border=True):
        head = st.container(horizontal=True, vertical_alignment="center", gap="small")
        head.markdown(f"**{recipe.title}**", width="stretch")
        # In a row of their own, so that a phone does not break the line between them.
        buttons = head.container(horizontal=True, width="content", gap="small")
        scale = evidence.scale_of(recipe)
        navigation.try_recipe_button(
            buttons, name, f"articles.try.{name}", "Try", quick=scale == "quick"
        )
        if recipe.axes:
            run_buttons.sweep_button(page, buttons, recipe.sweep(scale), f"articles.run.{name}")
        else:
            run_buttons.run_button(page, buttons, evidence, name)
        st.caption(f"{recipe.about} {_length(name, recipe, evidence)}")
        if recipe.axes:
            _grid(name, recipe, evidence)
            return
        by_class = [figure for figure in recipe.reported if figure.of_class]
        whole = [figure for figure in recipe.reported if not figure.of_class]
        losses = [figure for figure in whole if figure.quantity == "loss"]
        _table(name, recipe, [one for one in whole if one not in losses], evidence)
        for title, figures in (("Test accuracy by class", by_class), ("Losses", losses)):
            if figures:
                with st.expander(title, type="compact"):
                    _table(name, recipe, figures, evidence)
        off = differing_figures(name, evidence.measured(name, "full"))
        for figure in off:
            _differs(figure, evidence.measured(name, "full"))
        if note := recipe.note or ("Why is not known." if off else ""):
            st.caption(note)
        run_buttons.progress(page, evidence, name)


def _table(name: str, recipe: Recipe, figures: Sequence[Reported], evidence: Evidence) -> None:
    """Draw a column for each source, and a row for each figure."""
    table = {
        "": [_head(figure) for figure in figures],
        "Reported": [
            NOTHING if f.value is None else f"**{format_value(f, f.value)}**" for f in figures
        ],
    }
    for scale in recipe.scales():
        if measured := evidence.measured(name, scale):
            precise = ", bfloat16" if "bfloat16" in measured.precisions else ""
            head = f"Measured, {scale}, n\u00a0=\u00a0{measured.runs}{precise}"
            table[head] = [_measured(one, measured) for one in figures]
    here = evidence.here(recipe)
    table[f"Here, {evidence.scale_of(recipe)}"] = [
        format_mean(one, here.get(one.key, [])) for one in figures
    ]
    tables.draw(table)


def _measured(figure: Reported, measured: Measured) -> str:
    """Return a figure with the lowest and the highest of its seeds; how many they are stands in the
    column's head, unless fewer have this figure."""
    cell = measured.cells[0]
    known, lost = cell.known(figure.key), cell.lost(figure.key)
    images = measured.images.get(figure.split, 0)
    return format_mean(figure, known, lost, len(known) != measured.runs, images)


def _head(figure: Reported) -> str:
    """Name a figure's row: short, as there may be eleven of them."""
    if figure.of_class:
        return figure.of_class
    return figure.key[0].upper() + figure.key[1:]


def _length(name: str, recipe: Recipe, evidence: Evidence) -> str:
    """Describe what its quick form is trained on, so that its figures never stand as full ones; or
    that it has none, and how long it takes."""
    quick = recipe.quick
    if quick:
        count = quick.data.train_images
        images = "all images" if count == "all" else f"{count:,} images"
        if count != "all" and quick.data.validation in ("random", "end"):
            assert quick.data.counts
            kept = datasets.count_images(quick.data, *quick.data.counts)["validation"]
            images += f", with {kept:,} others for validation"
        rate = quick.optimizer.learning_rate
        faster = (
            f", learning rate {rate:g}" if rate != recipe.config.optimizer.learning_rate else ""
        )
        narrower = ", with narrower layers" if _is_narrower(recipe) else ""
        return (
            f"Quick is on {images}; {quick.run.batch_size} a step, for "
            f"{quick.run.epochs} epochs{faster}{narrower}."
        )
    if recipe.config.data.takes_seconds:
        return ""
    measured = evidence.measured(name, "full")
    took = (
        f" A full run took {formats.wait(measured.seconds)} ({'; '.join(measured.devices)})."
        if measured
        else ""
    )
    return f"It has no quick form, as nothing so short shows it.{took}"


def _is_narrower(recipe: Recipe) -> bool:
    assert recipe.quick
    return recipe.quick.architecture != recipe.config.architecture


def _differs(figure: Reported, measured: Measured | None) -> None:
    values = measured.cells[0].known(figure.key) if measured else []
    st.markdown(
        f":orange-badge[:material/difference: Differs] {_head(figure)}: reported "
        f"{format_value(figure, figure.value)}, ours {format_mean(figure, values)}."
    )


def _grid(name: str, recipe: Recipe, evidence: Evidence) -> None:
    """Draw the grid's validation accuracy as we measured it, as colour over its two axes."""
    scale = evidence.scale_of(recipe)
    measured = evidence.measured(name, scale)
    if recipe.note:
        st.caption(recipe.note)
    if measured is None:
        st.caption(f"Not measured yet, {scale}. Run all starts it as a sweep.")
        return
    down, across = recipe.axes
    figure = "validation accuracy"
    found = {cell.values: cell.known(figure) for cell in measured.cells}
    first, second = (label_at(recipe.config, axis.path) for axis in recipe.axes)
    st.caption(f"Measured, {scale}, {formats.counted(measured.runs, 'seed')}:")
    st.vega_lite_chart(
        charts.sweep_data(found, measured.runs),
        charts.sweep_grid_spec((first, second), down.values, across.values, figure),
        alt=f"Heat map of the validation accuracy of {len(found)} networks over {first} and "
        f"{second}, {scale} scale.",
        key=f"articles.grid.{name}",
    )
