"""The page of the confusion matrix: one fragment, so that a click draws nothing else again."""

from typing import Any

import numpy as np
import streamlit as st

from playground.analysis import evaluation, headline
from playground.ui import inputs, state
from playground.ui.matrix import cells, epoch_picker, figures
from playground.ui.run import split_picker
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
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    split = split_picker.pick(row, loaded, "matrix.split")
    shown, order = _view(row)
    split_picker.explain(row, loaded)

    left, right = st.columns([1.3, 1], gap="large")
    with left:
        if split == headline.split_of(loaded.run.config):
            epoch = epoch_picker.choose_epoch(loaded)
        else:
            epoch_picker.stop_playing()
            epoch = epoch_picker.END
        table = epoch_picker.matrix_at(loaded, split, epoch)
        # By the end's matrix, so that the rows keep their places while it plays.
        end = epoch_picker.matrix_at(loaded, split, epoch_picker.last_epoch(loaded, split))
        ranks = cells.ranked(end) if order == _ORDERS[1] else list(range(len(table)))
        cells.draw(loaded, table, _SHOW[shown], ranks)
    with right:
        beside = _beside(loaded, other, split, epoch) if other else None
        figures.draw_classes(loaded, table, beside, ranks)
    cells.images(loaded, split, epoch)
    if split in loaded.parts:
        part = loaded.parts[split]
        figures.draw_calibration(evaluation.calibration(part.labels, part.probabilities), split)


def _beside(loaded: LoadedRun, other: LoadedRun, split: str, epoch: int) -> np.ndarray | None:
    """Return the second run's matrix of the same images; None after a sentence if there is none."""
    if split not in other.parts:
        return None
    ours, theirs = loaded.parts.get(split), other.parts[split]
    if ours is None or not ours.is_of(theirs):
        st.caption(f"The second run has other {split} images, so it does not stand beside here.")
        return None
    now = epoch_picker.END
    if epoch != epoch_picker.last_epoch(loaded, split) and other.matrices:
        now = epoch_picker.nearest_epoch(other, epoch)
        st.caption(f"This run after epoch {epoch}, the second run after epoch {now}.")
    return epoch_picker.matrix_at(other, split, now)


def _view(row: Any) -> tuple[str, str]:
    """Draw how the matrix is shown, folded: on a phone there is room for the matrix or for that."""
    now = [state.get("matrix.show", "Counts"), state.get("matrix.order", _ORDERS[0])]
    told = " · ".join(one for one in now if one != _ORDERS[0])
    place = row.popover(f"View: {told[0].lower()}{told[1:]}", key="matrix.view")
    shown = inputs.one_of(
        place, "Show", list(_SHOW), "matrix.show", "Counts", label_visibility="visible"
    )
    order = place.selectbox("Sort", _ORDERS, key="matrix.order", persist_state="session")
    return shown, order
