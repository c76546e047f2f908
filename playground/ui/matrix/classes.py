"""Accuracy, precision and F1 of each class, as bars and as a table."""

import numpy as np
import streamlit as st

from playground import charts
from playground.analysis import evaluation
from playground.analysis.evaluation import ClassFigures
from playground.formats import NOTHING
from playground.ui.reading import Reading

_FIGURES = {"Accuracy (recall)": "recall", "Precision": "precision", "F1": "f1"}
THIS, OTHER = "This run", "The run beside it"


def draw(reading: Reading, matrix: np.ndarray, beside: np.ndarray | None, ranks: list[int]) -> None:
    """Bars by class, of this run and of the one beside it, in this order of classes."""
    label = st.segmented_control(
        "By class", list(_FIGURES), default="Accuracy (recall)", required=True,
        key="matrix.figure", persist_state="session",
    )  # fmt: skip
    figure = _FIGURES[label or "Accuracy (recall)"]
    names = tuple(reading.classes[index] for index in ranks)
    found = {THIS: matrix} if beside is None else {THIS: matrix, OTHER: beside}
    figures = {run: evaluation.per_class(one[np.ix_(ranks, ranks)]) for run, one in found.items()}
    st.vega_lite_chart(
        charts.class_data(figures, names, figure),
        charts.class_spec(tuple(figures), figure),
        key="matrix.classes",
        alt=_describe(str(label), figures[THIS], names, figure),
    )
    with st.expander("As a table", key="section.classes"):
        _table(figures, names)


def _describe(label: str, figures: ClassFigures, names: tuple[str, ...], figure: str) -> str:
    told = [
        f"{name} {value:.1%}" if np.isfinite(value) else f"{name} not defined"
        for name, value in zip(names, getattr(figures, figure), strict=True)
    ]
    return f"Bar chart of {label} by class: {', '.join(told)}."


def _table(figures: dict[str, ClassFigures], names: tuple[str, ...]) -> None:
    import pandas as pd

    columns: dict[str, object] = {"Class": names, "Images": figures[THIS].images}
    for run, one in figures.items():
        after = "" if run == THIS else " beside"
        for label, figure in _FIGURES.items():
            columns[f"{label}{after} (%)"] = getattr(one, figure) * 100
    percent = st.column_config.NumberColumn(format="%.1f")
    st.dataframe(
        pd.DataFrame(columns),
        key="matrix.table",
        hide_index=True,
        placeholder=NOTHING,
        column_config={name: percent for name in columns if name.endswith("(%)")},
        alt="Accuracy, precision and F1 by class.",
    )
