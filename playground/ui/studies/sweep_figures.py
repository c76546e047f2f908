"""A sweep's figures: which one is drawn, the best, the chart and the table."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import streamlit as st

from playground import charts, formats
from playground.analysis import conclusions, labels
from playground.config import RunConfig
from playground.config.sweeps import Axis
from playground.formats import NOTHING
from playground.ui import inputs, navigation, state
from playground.ui.studies import to_compare
from playground.ui.studies.sweep_results import SweepResults, Values

if TYPE_CHECKING:
    import pandas as pd

_SPLITS = {"Validation": "validation", "Training": "train", "Test": "test"}

_DEVIATION = "± is their standard deviation, in points."
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
    split = inputs.one_of(row, "Images", list(splits), "sweep.split")
    quantity = inputs.one_of(row, "Figure", ["Accuracy", "Loss"], "sweep.quantity")
    if len(results.sweep.axes) == 2:
        inputs.one_of(row, "Look", ["Heat map", "Scatter"], "sweep.look")
    if split == "Test":
        row.caption("For the end: a setting chosen by the test images is no longer tested.")
    return f"{splits[split]} {quantity.lower()}"


def best(results: SweepResults, config: RunConfig | None) -> None:
    """Draw the best on validation, else why there is none, and the ways from there; ``config`` is
    the sidebar's."""
    top, seeds = results.best, len(results.sweep.seeds)
    if top is None and results.done and not results.sweep.ranks:
        st.caption(
            "These runs are not ranked: they have no validation images of their own, or not "
            "the same ones."
        )
    if top:
        spread, so_far = results.spreads[top], _so_far(results)
        figure = conclusions.format_mean(spread) if seeds > 1 else formats.share(spread.mean)
        figure = figure.replace(" ", "\u00a0")  # no line ends within it
        st.markdown(
            f"Best on validation{so_far}: **{labels.plain(results.describe(top))}**, {figure}"
        )
    several, challenge = to_compare.of_sweep(results), to_compare.best_of_sweep(results)
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    to_compare.buttons(row, config, several, challenge, "sweep")
    if top:
        navigation.try_settings_button(
            row, results.first[top].config, "sweep.best", "Take the best into the sidebar"
        )
    notes = []
    if several and several.is_part:
        notes.append(f"The button takes {several.told}")
    claim = _runner_up(results) if challenge else conclusions.Claim("")
    notes += [claim.told, conclusions.of_tries(len(results.ranked), results.images)]
    if any(notes):
        st.caption(labels.plain(" ".join(filter(None, notes))), help=claim.why or None)


def _runner_up(results: SweepResults) -> conclusions.Claim:
    best, second, *_ = results.ranked
    spreads = results.spreads
    return conclusions.of_runner_up(spreads[best], spreads[second], results.describe(second))


def _so_far(results: SweepResults) -> str:
    return "" if len(results.done) == results.total else " so far"


def chart(results: SweepResults, name: str, found: dict[Values, list[float]]) -> None:
    """Draw a figure over the axes; ``found`` has its values by combination."""
    axes, labels = results.sweep.axes, results.labels
    told = [_told(results.sweep.base, axis) for axis in axes]
    found = {
        tuple(names[value] for names, value in zip(told, values, strict=True)): figures
        for values, figures in found.items()
    }
    data = charts.sweep_data(found, len(results.sweep.seeds))
    shown = sum(bool(figures) for figures in found.values())
    text = f"{name} over {' and '.join(labels) or 'its seeds'}: {shown} of {len(found)} are there."
    if not axes:
        return
    if not shown:
        st.caption("The chart begins with the first run that finishes.")
        return
    if len(axes) == 1:
        spec = charts.sweep_line_spec(labels[0], tuple(told[0].values()), name)
        st.vega_lite_chart(data, spec, alt=f"Chart of {text}", key="sweep.line")
        if len(results.sweep.seeds) > 1:
            st.caption(
                "Points are means over the seeds, bars reach from the lowest to the highest."
            )
        return
    pair = labels[0], labels[1]
    first, second = (tuple(names.values()) for names in told)
    if state.get("sweep.look") == "Heat map":
        spec = charts.sweep_grid_spec(pair, first, second, name)
        st.vega_lite_chart(data, spec, alt=f"Heat map of {text}", key="sweep.grid")
    else:
        spec = charts.sweep_scatter_spec(pair, first, second, name)
        st.vega_lite_chart(data, spec, alt=f"Scatter chart of {text}", key="sweep.scatter")


def _told(base: RunConfig, axis: Axis) -> dict[str, str]:
    """Return how a chart writes an axis' values: in words, but numbers as they are."""
    if charts.numeric(axis.values):
        return {value: value for value in axis.values}
    return {value: labels.of_value(base, axis.path, value) for value in axis.values}


def table(results: SweepResults, split: str, sidebar: RunConfig | None) -> None:
    """Draw the combinations, a row each, and what can be done with those that are ticked.

    ``split`` is that of the figure that is drawn: the test's is told if it was asked for.
    ``sidebar`` is its config.
    """
    combinations = list(results.combinations)
    number = st.column_config.NumberColumn
    picked = st.dataframe(
        _rows(results, split), hide_index=True, key="sweep.table", on_select="rerun",
        selection_mode="multi-row", height=min(35 * len(combinations) + 38, 388),
        placeholder=NOTHING,
        column_config={
            **{f"{label} (%)": number(format="%.1f") for label in _SPLITS},
            "±": number(format="%.1f", help=_DEVIATION),
        },
        alt=f"Table of the {len(combinations)} combinations with their figures.",
    )  # fmt: skip
    ticked = [combinations[row] for row in picked["selection"]["rows"] if row < len(combinations)]
    if not ticked:
        several = f"Means over the seeds; {_DEVIATION} " if len(results.sweep.seeds) > 1 else ""
        stacked = f" {_STACKED}" if any(run.is_stacked for run in results.done) else ""
        st.caption(f"{several}Tick a row to look at its run, or several to compare them.{stacked}")
        return
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    if len(ticked) > 1:
        runs = [run for values in ticked for run in results.finished(values)[:1]]
        to_compare.ticked_button(row, sidebar, runs, "sweep.ticked")
        return
    member = results.first[ticked[0]]
    row.markdown(labels.plain(results.describe(member.values)))
    navigation.try_settings_button(row, member.config, "sweep.take", "Take it into the sidebar")
    if run := results.runs.get(member.run):
        navigation.show_run_button(row, run, "sweep.run")


def _rows(results: SweepResults, split: str) -> "pd.DataFrame":
    import pandas as pd

    several = len(results.sweep.seeds) > 1
    told = [label for label in _SPLITS if label != "Test" or split == "test"]
    rows = []
    for values, runs in results.combinations.items():
        row: dict[str, Any] = dict(zip(results.labels, results.value_labels(values), strict=True))
        states = [run.status if run else "not run" for run in runs]
        for label in told:
            spread = results.spread(values, _SPLITS[label])
            row[f"{label} (%)"] = 100 * spread.mean if spread.n else None
            if several and _SPLITS[label] == split:
                row["±"] = 100 * spread.deviation if spread.n > 1 else None
                row["Seeds"] = _state(states)
        if not several:
            row["State"] = states[0].capitalize()
        times = [run.seconds for run in runs if run and run.seconds]
        row["Seconds a run"] = round(sum(times) / len(times), 2) if times else None
        rows.append(row)
    return pd.DataFrame(rows)


def _state(states: list[str]) -> str:
    """Describe how many of a combination's seeds finished, and what became of the others."""
    if set(states) == {"finished"}:
        return str(len(states))
    counts = Counter(states)
    others = [f"{count} {state}" for state, count in counts.items() if state != "finished"]
    return ", ".join([f"{counts['finished']} of {len(states)}", *others])
