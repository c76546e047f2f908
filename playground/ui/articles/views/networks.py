"""What an article's networks are: features that reach the dense layers, memory, free choices."""

from math import prod
from statistics import mean

import streamlit as st

from playground import charts
from playground.analysis.config_summary import SECTIONS
from playground.config import RunConfig, label_at
from playground.config.paths import section_of
from playground.network import lay_out, listed, memory, outputs
from playground.recipes import RECIPES, Reported, Series
from playground.recipes.reproduction import format_value
from playground.ui.articles.evidence import Evidence
from playground.ui.articles.tables import short_titles
from playground.ui.frame import Frame

_TEST_ACCURACY = Reported(0.0)
"""Test accuracy."""


def show_features(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw a bar for each network, from its plan, with the accuracies in words below."""
    data = RECIPES[series.recipes[0]].config.data
    assert data.shape
    height, width, colours = data.shape
    shapes = {
        title: lay_out(
            RECIPES[name].config.architecture, (colours, height, width), len(data.classes)
        ).features
        for title, name in zip(short_titles(series.recipes), series.recipes, strict=True)
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
        f"{_reported_accuracies(series)}. {_measured_accuracies(series, evidence)}"
    )
    st.caption(
        f"The article's text says 558 features for its third network; its own code has 72·3·3, "
        f"which is {72 * 3 * 3}, and that is what we build."
    )


def _reported_accuracies(series: Series) -> str:
    """Return the test accuracies that the article reports, with arrows between."""
    figures = (figure for name in series.recipes for figure in RECIPES[name].reported)
    return " → ".join(
        format_value(one, one.value) for one in figures if one.key == _TEST_ACCURACY.key
    )


def _measured_accuracies(series: Series, evidence: Evidence) -> str:
    """Describe our own in full, with how many seeds they are means of; nothing if one is
    missing."""
    measured = [evidence.measured(name, "full") for name in series.recipes]
    values = [one.cells[0].known(_TEST_ACCURACY.key) for one in measured if one]
    if len(values) < len(measured) or not all(values):
        return "Ours are not all measured yet."
    means = " → ".join(format_value(_TEST_ACCURACY, mean(found)) for found in values)
    return f"Ours: {means} (means of {min(map(len, values))} seeds)."


def show_memory(page: Frame, series: Series, evidence: Evidence) -> None:
    """Tell the sizes of the first network of the series, its layers folded away below."""
    name = series.recipes[0]
    config = RECIPES[name].config
    assert config.data.shape
    height, width, colours = config.data.shape
    made = lay_out(config.architecture, (colours, height, width), len(config.data.classes))
    of, lines = memory(made), listed(made)
    st.markdown("**What it takes of memory, as torchsummary counts**")
    sizes = {
        "Parameters": f"{made.parameters:,}",
        "Input image": f"{of.image:.2f} MB",
        "Outputs, forward and backward": f"{of.outputs:.2f} MB",
        "Parameters in memory": f"{of.parameters:.2f} MB",
        "In all": f"{of.total:.2f} MB",
    }
    st.table({"": list(sizes), RECIPES[name].title: list(sizes.values())}, border="horizontal",
             hide_index=True)  # fmt: skip
    without = outputs(tuple(line for line in lines if not line.is_padding))
    st.caption(
        "Of one image; 4 bytes a number, 1 MB = 1024² bytes. Listed are the layers that are "
        "objects of their own in the article's code: its padding is, its ReLUs are not. Outputs "
        "count twice, and the logits once more at the end. With padding as part of the "
        f"convolution, as a reader advised, the outputs would take {without:.2f} MB."
    )
    with st.expander(f"The table of its {len(lines)} layers", type="compact"):
        st.table(
            {
                "No": list(map(str, range(1, len(lines) + 1))),
                "Layer": [line.title for line in lines],
                "Output": [" × ".join(map(str, line.output)) for line in lines],
                "Parameters": [f"{line.parameters:,}" for line in lines],
            },
            border="horizontal",
            hide_index=True,
        )


_BLOCK = "architecture.blocks.0"
FREE_CHOICES = {
    "How many convolutions": ("architecture.blocks", f"{_BLOCK}.channels"),
    "How many channels each has": (f"{_BLOCK}.channels",),
    "How many poolings, and where": (f"{_BLOCK}.pool", f"{_BLOCK}.pool_at"),
    "How many layers come after flattening, and how wide": ("architecture.hidden",),
    "Where dropout stands, and how much": (
        f"{_BLOCK}.dropout",
        f"{_BLOCK}.dropout_at",
        "architecture.dropout",
        "architecture.dropout_at",
    ),
    "Penalties on the weights": (
        "regularization.l1",
        "regularization.l2",
        "regularization.penalty_on",
        "regularization.weight_decay",
    ),
}
"""Article B's list, and the settings that each is chosen with."""


def show_choices(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw the list as a table, folded away."""
    config = RECIPES[series.recipes[0]].config
    with st.expander("What one is free to choose", icon=":material/tune:", type="compact"):
        st.table(
            {
                "One is free to choose": list(FREE_CHOICES),
                "In the sidebar": [
                    _sidebar_place(config, paths) for paths in FREE_CHOICES.values()
                ],
            },
            border="horizontal",
            hide_index=True,
        )
        st.caption(
            "Layers and channels have no upper end, so not every combination can be tried: the "
            "article holds all but two of these still and varies those."
        )


def _sidebar_place(config: RunConfig, paths: tuple[str, ...]) -> str:
    """Return the section of the sidebar, and the labels of the settings in it."""
    (part,) = {section_of(path) for path in paths}
    named = ", ".join(label_at(config, path) for path in paths)
    return f"**{SECTIONS[part]}** › {named}"
