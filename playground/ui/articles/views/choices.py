"""What one is free to choose of a convolutional network, and where in the sidebar each stands."""

import streamlit as st

from playground.analysis import labels
from playground.analysis.config_summary import SECTIONS
from playground.config import RunConfig
from playground.config.paths import section_of
from playground.recipes import RECIPES, Series
from playground.ui.articles.measured import Evidence
from playground.ui.frame import Frame

_BLOCK = "architecture.blocks.0"
FREE = {
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


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw the list as a table, folded away."""
    config = RECIPES[series.recipes[0]].config
    with st.expander("What one is free to choose", icon=":material/tune:", type="compact"):
        st.table(
            {
                "One is free to choose": list(FREE),
                "In the sidebar": [_where(config, paths) for paths in FREE.values()],
            },
            border="horizontal",
            hide_index=True,
        )
        st.caption(
            "Layers and channels have no upper end, so not every combination can be tried: the "
            "article holds all but two of these still and varies those."
        )


def _where(config: RunConfig, paths: tuple[str, ...]) -> str:
    """The section of the sidebar, and the labels of the settings in it."""
    (part,) = {section_of(path) for path in paths}
    named = ", ".join(labels.of_path(config, path) for path in paths)
    return f"**{SECTIONS[part]}** › {named}"
