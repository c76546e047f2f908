"""The page of the confusion matrix: one fragment, so that a click draws nothing else again."""

import streamlit as st

from playground.analysis import evaluation
from playground.ui import state
from playground.ui.matrix import calibration, cells, classes, moments
from playground.ui.reading import Reading, get_figures_ready

STEP = 0.4
"""Seconds between two epochs while the matrix plays."""

_SHOW = {"Counts": "counts", "% of true class": "row", "% of predicted class": "column"}
_ORDERS = ("Class order", "Most mixed up first")


def show(reading: Reading, other: Reading | None) -> None:
    """Draw the matrix of a run, its classes beside those of another run, and a cell's images."""
    get_figures_ready()
    st.fragment(_draw, run_every=STEP if state.playing() else None)(reading, other)


def _draw(reading: Reading, other: Reading | None) -> None:
    splits = moments.splits(reading)
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
            moment = moments.choose(reading)
        else:
            moments.hold()
            moment = moments.END
        table = moments.matrix_at(reading, split, moment)
        # By the end's matrix, so that the rows keep their places while it plays.
        end = moments.matrix_at(reading, split, moments.last(reading, split))
        ranks = cells.ranked(end) if order == _ORDERS[1] else list(range(len(table)))
        cells.draw(reading, table, _SHOW[shown or "Counts"], ranks)
    with right:
        beside = None
        if other is not None and split in other.parts:
            now = moments.END
            if moment != moments.last(reading, split) and other.matrices:
                now = moments.near(other, moment)
                st.caption(f"This run after epoch {moment}, the run beside it after epoch {now}.")
            beside = moments.matrix_at(other, split, now)
        classes.draw(reading, table, beside, ranks)
    cells.images(reading, split, moment)
    if split in reading.parts:
        part = reading.parts[split]
        calibration.draw(evaluation.calibration(part.labels, part.probabilities), split)
