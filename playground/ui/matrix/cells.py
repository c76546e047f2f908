"""The matrix itself, and the images in the cell that was clicked."""

import numpy as np
import streamlit as st

from playground import charts, formats
from playground.analysis import labels
from playground.ui import state
from playground.ui.images import gallery
from playground.ui.matrix import epoch_picker
from playground.ui.run.loaded_run import IMAGES_GONE, LoadedRun

_CHART, _TRUE, _PREDICTED = "matrix.cells", "matrix.true", "matrix.predicted"
MAX_NAMED = 5
"""Mix-ups that the description for screen readers names."""


def ranked(matrix: np.ndarray) -> list[int]:
    """Return classes by how many of their images are mixed up with others, either way, most
    first."""
    mixed = matrix.sum(axis=0) + matrix.sum(axis=1) - 2 * matrix.diagonal()
    return np.argsort(-mixed, kind="stable").tolist()


def draw(loaded: LoadedRun, matrix: np.ndarray, show: str, ranks: list[int]) -> None:
    """Draw the matrix with its classes in this order; a click on a cell looks at its images."""
    names = tuple(loaded.classes[index] for index in ranks)
    ordered = matrix[np.ix_(ranks, ranks)]
    st.vega_lite_chart(
        charts.matrix_data(ordered, names, show),
        charts.matrix_spec(names, show),
        key=_CHART,
        on_select=lambda: _clicked(loaded.classes),
        selection_mode="cell",
        alt=_describe(ordered, names),
    )
    right, images = int(matrix.trace()), int(matrix.sum())
    accuracy = formats.share(right / images) if images else "no"
    st.caption(
        f"{right:,} of {images:,} images right ({accuracy}). Click a cell: its images are shown "
        "below."
    )


def _clicked(classes: tuple[str, ...]) -> None:
    cells = state.get(_CHART)["selection"].get("cell", [])
    if cells:
        cell = tuple(classes.index(cells[0][side]) for side in ("true", "predicted"))
        state.choose_cell((cell[0], cell[1]))


def _describe(matrix: np.ndarray, names: tuple[str, ...]) -> str:
    """Describe the matrix in words, for screen readers."""
    text = f"Confusion matrix of {len(names)} classes, {int(matrix.sum()):,} images."
    mixed = matrix - np.diag(matrix.diagonal())
    worst = np.argsort(-mixed, axis=None, kind="stable")[:MAX_NAMED]
    texts = [
        f"{names[true]} taken for {names[predicted]}: {mixed[true, predicted]:,} times"
        for true, predicted in zip(*np.unravel_index(worst, mixed.shape), strict=True)
        if mixed[true, predicted]
    ]
    return f"{text} Most often mixed up: {', '.join(texts)}." if texts else f"{text} No mistake."


def images(loaded: LoadedRun, split: str, epoch: int) -> None:
    """Draw the images of the chosen cell, the most confident first."""
    st.subheader("The images in a cell")
    cell = state.cell()
    count = len(loaded.classes)
    if cell and max(cell) >= count:  # chosen in a run with more classes
        cell = None
    for key, side in ((_TRUE, 0), (_PREDICTED, 1)):
        if cell:
            state.set_value(key, cell[side])
    row = st.container(horizontal=True, vertical_alignment="bottom")
    for key, label in ((_TRUE, "True class"), (_PREDICTED, "Predicted class")):
        row.selectbox(
            label, range(count), index=None, format_func=lambda i: loaded.classes[i], key=key,
            placeholder="Choose", width=200, on_change=_take_choice,
        )  # fmt: skip
    if cell is None:
        st.caption("Click a cell of the matrix, or choose its classes here.")
        return
    if split not in loaded.parts:
        st.caption("This run left no predictions, so the images of a cell are not known.")
        return
    if loaded.dataset is None:
        st.info(IMAGES_GONE)
        return
    if epoch not in (epoch_picker.END, epoch_picker.last_epoch(loaded, split)):
        st.caption(
            "Single images are kept from the end of the run only: these may be more or fewer than "
            "the cell says."
        )
    part = loaded.parts[split]
    positions = part.where(true=cell[0], predicted=cell[1])
    true, predicted = (labels.plain(loaded.classes[index]) for index in cell)
    st.markdown(
        f"**{len(positions):,}** {split} {formats.plural('image', len(positions))} of "
        f"**{true}** taken for **{predicted}**, the most confident first"
        if cell[0] != cell[1]
        else f"**{len(positions):,}** {split} images of **{true}**, recognised; the most confident "
        "first"
    )
    gallery.show(
        loaded.dataset, loaded.classes, part, part.ordered(positions, "confident"), "matrix"
    )


def _take_choice() -> None:
    true, predicted = state.get(_TRUE), state.get(_PREDICTED)
    state.choose_cell(None if true is None or predicted is None else (true, predicted))
