"""Recall, precision and F1 of each class, as bars and as a table."""

import numpy as np
import streamlit as st

from playground import charts, formats
from playground.analysis import evaluation
from playground.analysis.evaluation import Calibration, ClassFigures
from playground.formats import NOTHING
from playground.ui import inputs, terms
from playground.ui.run.loaded_run import LoadedRun

_RECALL = "Right of this class (recall)"
_FIGURES = {_RECALL: "recall", "Precision": "precision", "F1": "f1"}
_MEANINGS = {"recall": terms.RECALL, "precision": terms.PRECISION, "f1": terms.F1}
THIS_RUN, SECOND_RUN = "This run", "Second run"


def draw_classes(
    loaded: LoadedRun, matrix: np.ndarray, beside: np.ndarray | None, ranks: list[int]
) -> None:
    """Draw bars by class, of this run and of the one beside it, in this order of classes."""
    label = inputs.one_of(
        st, "By class", list(_FIGURES), "matrix.figure", _RECALL, label_visibility="visible",
        help="\n".join(f"- {one}" for one in _MEANINGS.values()),
    )  # fmt: skip
    figure = _FIGURES[label]
    names = tuple(loaded.classes[index] for index in ranks)
    found = {THIS_RUN: matrix} if beside is None else {THIS_RUN: matrix, SECOND_RUN: beside}
    figures = {run: evaluation.per_class(one[np.ix_(ranks, ranks)]) for run, one in found.items()}
    st.vega_lite_chart(
        charts.class_data(figures, names, figure),
        charts.class_spec(tuple(figures), figure),
        key="matrix.classes",
        alt=_describe(label, figures[THIS_RUN], names, figure),
    )
    with st.expander("As a table", key="section.classes"):
        _table(figures, names)


def _describe(label: str, figures: ClassFigures, names: tuple[str, ...], figure: str) -> str:
    texts = [
        f"{name} {formats.share(value)}" if np.isfinite(value) else f"{name} not defined"
        for name, value in zip(names, getattr(figures, figure), strict=True)
    ]
    return f"Bar chart of {label} by class: {', '.join(texts)}."


def _table(figures: dict[str, ClassFigures], names: tuple[str, ...]) -> None:
    import pandas as pd

    columns: dict[str, object] = {"Class": names, "Images": figures[THIS_RUN].images}
    written = {}
    for run, one in figures.items():
        after = "" if run == THIS_RUN else ", second run"
        for label, figure in _FIGURES.items():
            heading = f"{label}{after} (%)"
            columns[heading] = getattr(one, figure) * 100
            written[heading] = st.column_config.NumberColumn(format="%.1f", help=_MEANINGS[figure])
    st.dataframe(
        pd.DataFrame(columns),
        key="matrix.table",
        hide_index=True,
        placeholder=NOTHING,
        column_config=written,
        alt="Recall, precision and F1 by class.",
    )


def draw_calibration(figures: Calibration, split: str) -> None:
    """Draw the reliability diagram, with the calibration error in words."""
    st.subheader("Is it as right as it is sure?")
    chart, text = st.columns([1.15, 1], gap="large")
    texts = [
        f"at {formats.share(confidence, 0)} confidence {formats.share(accuracy, 0)} right"
        for confidence, accuracy in zip(figures.confidence, figures.accuracy, strict=True)
    ]
    chart.vega_lite_chart(
        charts.calibration_data(figures),
        charts.calibration_spec(),
        key="matrix.calibration",
        alt=f"Reliability diagram of the {split} images: {', '.join(texts)}.",
    )
    text.markdown(
        f"**How sure it is and how often it is right: {100 * figures.error:.1f} points apart** "
        "(expected calibration error), at the end of the run\n\n"
        "Each point holds the images whose predicted class got about that probability (their "
        "confidence); its height is the share that was right. On the dashed line a network is "
        "right as often as it is sure; below it, it is too sure of itself; above it, it is right "
        "more often than it says.\n\n"
        f"The error is the mean distance from that line over all {int(figures.images.sum()):,} "
        f"{split} images, in ten bins."
    )
