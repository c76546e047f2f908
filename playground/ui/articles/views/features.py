"""The article's guess at why depth alone hurt: how few features reach the first dense layer."""

from math import prod
from statistics import mean

import streamlit as st

from playground import charts
from playground.network import lay_out
from playground.recipes import RECIPES, Reported, Series
from playground.recipes.reproduction import shown
from playground.ui.articles.measured import Evidence
from playground.ui.articles.views import titles
from playground.ui.frame import Frame

_FIGURE = Reported(0.0)
"""Test accuracy."""


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw a bar for each network, from its plan, with the accuracies in words below."""
    data = RECIPES[series.recipes[0]].config.data
    assert data.shape
    height, width, colours = data.shape
    shapes = {
        title: lay_out(
            RECIPES[name].config.architecture, (colours, height, width), len(data.classes)
        ).features
        for title, name in zip(titles.short(series.recipes), series.recipes, strict=True)
    }
    counts = [prod(shape) for shape in shapes.values()]
    st.markdown("**The article's guess: fewer features reach the first dense layer**")
    st.vega_lite_chart(
        charts.feature_data(shapes),
        charts.feature_spec(max(counts)),
        key="articles.features",
        alt="Bar chart of the features into the first dense layer: "
        + ", ".join(f"{name} {n:,}" for name, n in zip(shapes, counts, strict=True))
        + ".",
    )
    st.markdown(
        f"Without padding, each convolution and each pooling leaves a smaller image. The third "
        f"convolution took the features from {counts[0]:,} to {counts[1]:,}, so the dense layers "
        f"saw less of the image; more channels brought them to {counts[2]:,}. That is the "
        "article's guess at why its accuracy went "
        f"{_reported(series)}. {_ours(series, evidence)}"
    )
    st.caption(
        f"The article's text says 558 features for its third network; its own code has 72·3·3, "
        f"which is {72 * 3 * 3}, and that is what we build."
    )


def _reported(series: Series) -> str:
    """The test accuracies that the article reports, with arrows between."""
    figures = (figure for name in series.recipes for figure in RECIPES[name].reported)
    return " → ".join(shown(one, one.value) for one in figures if one.key == _FIGURE.key)


def _ours(series: Series, evidence: Evidence) -> str:
    """Our own in full, with how many seeds they are means of; nothing where one is missing."""
    measured = [evidence.measured(name, "full") for name in series.recipes]
    values = [one.cells[0].known(_FIGURE.key) for one in measured if one]
    if len(values) < len(measured) or not all(values):
        return "Ours are not all measured yet."
    means = " → ".join(shown(_FIGURE, mean(found)) for found in values)
    return f"Ours: {means} (means of {min(map(len, values))} seeds)."
