"""The page of the confusion matrix: one fragment, so that a click draws nothing else again."""

import streamlit as st

from playground.analysis import evaluation
from playground.ui import state
from playground.ui.matrix import cells, epoch_picker, figures
from playground.ui.run.loaded_run import LoadedRun, import_figures

STEP = 0.4
"""Seconds between two epochs while the matrix plays."""

_SHOW = {"Counts": "counts", "% of true class": "row", "% of predicted class": "column"}
_ORDERS = ("Class order", "Most mixed up first")


def show(loaded: LoadedRun, other: LoadedRun | None) -> None:
    """Draw the matrix of a run, its classes beside those of another run, and a cell's images."""
    import_figures()
    st.fragment(_draw, run_every=STEP if state.playing() else None)(loaded, other)


def _draw(loaded: LoadedRun, other: LoadedRun | None) -> None:
    splits = epoch_picker.splits_of(loaded)
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    split = row.segmented_control(
        "Images", splits, format_func=str.capitalize, default=splits[-1], required=True,
        key="matrix.split", persist_state="session",
    )  # fmt: skip
    shown = row.segmented_control(
        "Show", list(_SHOW), default="Counts", required=True, key="matrix.show",
        persist_state="session",
    )  # fmt: skip
    order = row.selectbox("Sort", _ORDERS, key="matrix.order", width=200, persist_state="session")
    split = split if split in splits else splits[-1]

    left, right = st.columns([1.15, 1], gap="large")
    with left:
        if split == "validation":
            epoch = epoch_picker.choose_epoch(loaded)
        else:
            epoch_picker.stop_playing()
            epoch = epoch_picker.END
        table = epoch_picker.matrix_at(loaded, split, epoch)
        # By the end's matrix, so that the rows keep their places while it plays.
        end = epoch_picker.matrix_at(loaded, split, epoch_picker.last_epoch(loaded, split))
        ranks = cells.ranked(end) if order == _ORDERS[1] else list(range(len(table)))
        cells.draw(loaded, table, _SHOW[shown or "Counts"], ranks)
    with right:
        beside = None
        if other is not None and split in other.parts:
            now = epoch_picker.END
            if epoch != epoch_picker.last_epoch(loaded, split) and other.matrices:
                now = epoch_picker.nearest_epoch(other, epoch)
                st.caption(f"This run after epoch {epoch}, the second run after epoch {now}.")
            beside = epoch_picker.matrix_at(other, split, now)
        figures.draw_classes(loaded, table, beside, ranks)
    cells.images(loaded, split, epoch)
    if split in loaded.parts:
        part = loaded.parts[split]
        figures.draw_calibration(evaluation.calibration(part.labels, part.probabilities), split)
