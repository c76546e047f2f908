"""A sweep's figures: which one is drawn, the best, the chart and the table."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from playground import charts
from playground.ui import state, trying, words
from playground.ui.sweep.filled import Board, Values

if TYPE_CHECKING:
    import pandas as pd

_SPLITS = {"Validation": "validation", "Training": "train", "Test": "test"}


def figure(board: Board) -> str:
    """Choose the figure that is drawn; validation first, where there are such images."""
    splits = dict(_SPLITS)
    if board.sweep.base.data.validation == "none" and all(
        axis.path != "data.validation" for axis in board.sweep.axes
    ):
        splits.pop("Validation")
    row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    if state.get("sweep.split") not in splits:
        state.hold("sweep.split", next(iter(splits)))
    split = row.segmented_control(
        "Images", list(splits), key="sweep.split", required=True, persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    state.default("sweep.quantity", "Accuracy")
    quantity = row.segmented_control(
        "Figure", ["Accuracy", "Loss"], key="sweep.quantity", required=True,
        label_visibility="collapsed",
        persist_state="session",
    )  # fmt: skip
    if len(board.sweep.axes) == 2:
        state.default("sweep.look", "Heat map")
        row.segmented_control(
            "Look", ["Heat map", "Scatter"], key="sweep.look", required=True,
            label_visibility="collapsed", persist_state="session",
        )  # fmt: skip
    if split == "Test":
        row.caption("For the end: a setting chosen by the test images is no longer tested.")
    return f"{splits[split]} {quantity.lower()}"


def best(board: Board) -> None:
    """The best on validation, and its settings one click away."""
    means = {
        values: sum(found) / len(found)
        for values, found in board.figures("validation accuracy").items()
        if found
    }
    if not means:
        return
    top = max(means, key=means.__getitem__)
    whole = all(len(found) == len(board.sweep.seeds) for found in board.cells.values())
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.markdown(
        f"Best on validation{'' if whole and len(board.done) == len(board.members) else ' so far'}:"
        f" **{words.plain(board.told(top))}**, {means[top]:.1%}"
        + (f" (mean of {len(board.sweep.seeds)} seeds)" if len(board.sweep.seeds) > 1 else "")
    )
    trying.settings(
        row, board.first(top).config, "sweep.best", "Take it into the sidebar", "tertiary"
    )


def chart(board: Board, name: str, found: dict[Values, list[float]]) -> None:
    axes, labels = board.sweep.axes, board.labels()
    data = charts.sweep_data(found, len(board.sweep.seeds))
    shown = sum(bool(figures) for figures in found.values())
    told = f"{name} over {' and '.join(labels) or 'its seeds'}: {shown} of {len(found)} are there."
    if not axes:
        return
    if len(axes) == 1:
        spec = charts.sweep_line_spec(labels[0], axes[0].values, name)
        st.vega_lite_chart(data, spec, alt=f"Chart of {told}", key="sweep.line")
        return
    pair, first, second = (labels[0], labels[1]), axes[0].values, axes[1].values
    if state.get("sweep.look") == "Heat map":
        spec = charts.sweep_grid_spec(pair, first, second, name)
        st.vega_lite_chart(data, spec, alt=f"Heat map of {told}", key="sweep.grid")
    else:
        spec = charts.sweep_scatter_spec(pair, first, second, name)
        st.vega_lite_chart(data, spec, alt=f"Scatter chart of {told}", key="sweep.scatter")


def table(board: Board) -> None:
    cells = list(board.cells)
    picked = st.dataframe(
        _rows(board), hide_index=True, key="sweep.table", on_select="rerun",
        selection_mode="single-row", height=min(35 * len(cells) + 38, 388), placeholder="–",
        column_config={
            name: st.column_config.NumberColumn(format="percent")
            for name in ("Validation", "Lowest", "Highest", "Training", "Test")
        },
        alt=f"Table of the {len(cells)} combinations with their figures.",
    )  # fmt: skip
    rows = [row for row in picked["selection"]["rows"] if row < len(cells)]
    if not rows:
        st.caption("Accuracies are means over the seeds. Choose a row to look at its run.")
        return
    member = board.first(cells[rows[0]])
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.markdown(words.plain(board.told(member.values)))
    trying.settings(row, member.config, "sweep.take", "Take it into the sidebar")
    if run := board.runs.get(member.config.name):
        trying.run(row, run, "sweep.run")


def _rows(board: Board) -> "pd.DataFrame":
    import pandas as pd

    figures = {label: board.figures(f"{split} accuracy") for label, split in _SPLITS.items()}
    rows = []
    for values, runs in board.cells.items():
        row: dict[str, Any] = {
            label: board.value(axis.path, value)
            for label, axis, value in zip(board.labels(), board.sweep.axes, values, strict=True)
        }
        states = [run.status if run else "not run" for run in runs]
        row["State"] = (
            states[0].capitalize()
            if len(set(states)) == 1
            else (f"{states.count('finished')} of {len(states)} finished")
        )
        for label in _SPLITS:
            found = figures[label][values]
            row[label] = sum(found) / len(found) if found else None
            if label == "Validation" and len(runs) > 1:
                row["Lowest"] = min(found, default=None)
                row["Highest"] = max(found, default=None)
        times = [run.seconds for run in runs if run and run.seconds]
        row["Seconds a run"] = round(sum(times) / len(times), 2) if times else None
        rows.append(row)
    return pd.DataFrame(rows)
