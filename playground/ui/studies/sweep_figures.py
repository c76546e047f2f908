"""A sweep's figures: which one is drawn, the best, the chart and the table."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from playground import charts
from playground.analysis import labels
from playground.formats import NOTHING
from playground.ui import navigation, state
from playground.ui.studies.sweep_results import SweepResults, Values

if TYPE_CHECKING:
    import pandas as pd

_SPLITS = {"Validation": "validation", "Training": "train", "Test": "test"}

_STACKED = (
    "Small networks were trained many at once, which may change the last digits: a run that is "
    "looked at can be trained alone."
)


def choose_figure(results: SweepResults) -> str:
    """Choose the figure that is drawn; validation first, if there are such images."""
    splits = dict(_SPLITS)
    varies = any(axis.path == "data.validation" for axis in results.sweep.axes)
    if results.sweep.base.data.validation in ("none", "test") and not varies:
        splits.pop("Validation")  # there are no such images, or they are the test's
    row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    if state.get("sweep.split") not in splits:
        state.set_value("sweep.split", next(iter(splits)))
    split = row.segmented_control(
        "Images", list(splits), key="sweep.split", required=True, persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    state.set_default("sweep.quantity", "Accuracy")
    quantity = row.segmented_control(
        "Figure", ["Accuracy", "Loss"], key="sweep.quantity", required=True,
        label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
    if len(results.sweep.axes) == 2:
        state.set_default("sweep.look", "Heat map")
        row.segmented_control(
            "Look", ["Heat map", "Scatter"], key="sweep.look", required=True,
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
    if split == "Test":
        row.caption("For the end: a setting chosen by the test images is no longer tested.")
    assert split is not None and quantity is not None
    return f"{splits[split]} {quantity.lower()}"


def best(results: SweepResults) -> None:
    """Draw the best on validation, and its settings one click away; else why there is none."""
    top = results.best
    if top is None:
        if not results.sweep.ranks and results.done:
            st.caption(
                "These runs are not ranked: they have no validation images of their own, or not "
                "the same ones."
            )
        return
    accuracies = results.figures("validation accuracy")[top]
    seeds, so_far = len(accuracies), "" if len(results.done) == results.total else " so far"
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.markdown(
        f"Best on validation{so_far}: **{labels.plain(results.describe(top))}**, "
        f"{sum(accuracies) / seeds:.1%}" + (f" (mean of {seeds} seeds)" if seeds > 1 else "")
    )
    navigation.try_settings_button(
        row, results.first[top].config, "sweep.best", "Take it into the sidebar", "tertiary"
    )
    if seeds == 1:
        st.caption("One seed each: train the best with other seeds before you believe it.")


def chart(results: SweepResults, name: str, found: dict[Values, list[float]]) -> None:
    """Draw a figure over the axes; ``found`` has its values by combination."""
    axes, labels = results.sweep.axes, results.labels
    data = charts.sweep_data(found, len(results.sweep.seeds))
    shown = sum(bool(figures) for figures in found.values())
    text = f"{name} over {' and '.join(labels) or 'its seeds'}: {shown} of {len(found)} are there."
    if not axes:
        return
    if not shown:
        st.caption("The chart begins with the first run that finishes.")
        return
    if len(axes) == 1:
        spec = charts.sweep_line_spec(labels[0], axes[0].values, name)
        st.vega_lite_chart(data, spec, alt=f"Chart of {text}", key="sweep.line")
        return
    pair, first, second = (labels[0], labels[1]), axes[0].values, axes[1].values
    if state.get("sweep.look") == "Heat map":
        spec = charts.sweep_grid_spec(pair, first, second, name)
        st.vega_lite_chart(data, spec, alt=f"Heat map of {text}", key="sweep.grid")
    else:
        spec = charts.sweep_scatter_spec(pair, first, second, name)
        st.vega_lite_chart(data, spec, alt=f"Scatter chart of {text}", key="sweep.scatter")


def table(results: SweepResults) -> None:
    """Draw the combinations, a row each; the one that is chosen can be looked at."""
    combinations = list(results.combinations)
    picked = st.dataframe(
        _rows(results), hide_index=True, key="sweep.table", on_select="rerun",
        selection_mode="single-row", height=min(35 * len(combinations) + 38, 388),
        placeholder=NOTHING,
        column_config={
            f"{name} (%)": st.column_config.NumberColumn(format="%.1f")
            for name in ("Validation", "Lowest", "Highest", "Training", "Test")
        },
        alt=f"Table of the {len(combinations)} combinations with their figures.",
    )  # fmt: skip
    rows = [row for row in picked["selection"]["rows"] if row < len(combinations)]
    if not rows:
        several = "Accuracies are means over the seeds. " if len(results.sweep.seeds) > 1 else ""
        stacked = f" {_STACKED}" if any(run.is_stacked for run in results.done) else ""
        st.caption(f"{several}Choose a row to look at its run.{stacked}")
        return
    member = results.first[combinations[rows[0]]]
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.markdown(labels.plain(results.describe(member.values)))
    navigation.try_settings_button(row, member.config, "sweep.take", "Take it into the sidebar")
    if run := results.runs.get(member.run):
        navigation.show_run_button(row, run, "sweep.run")


def _rows(results: SweepResults) -> "pd.DataFrame":
    import pandas as pd

    figures = {label: results.figures(f"{split} accuracy") for label, split in _SPLITS.items()}
    rows = []
    for values, runs in results.combinations.items():
        row: dict[str, Any] = dict(zip(results.labels, results.value_labels(values), strict=True))
        states = [run.status if run else "not run" for run in runs]
        row["State"] = _state(states)
        for label in _SPLITS:
            found = figures[label][values]
            row[f"{label} (%)"] = 100 * sum(found) / len(found) if found else None
            if label == "Validation" and len(runs) > 1:
                row["Lowest (%)"] = 100 * min(found) if found else None
                row["Highest (%)"] = 100 * max(found) if found else None
        times = [run.seconds for run in runs if run and run.seconds]
        row["Seconds a run"] = round(sum(times) / len(times), 2) if times else None
        rows.append(row)
    return pd.DataFrame(rows)


def _state(states: list[str]) -> str:
    """Describe what became of a combination's runs, in a few words."""
    if len(set(states)) == 1:
        return states[0].capitalize()
    diverged = states.count("diverged")
    text = f"{states.count('finished')} of {len(states)} finished"
    return text + (f", {diverged} diverged" if diverged else "")
