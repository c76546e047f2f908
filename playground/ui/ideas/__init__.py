"""The page of ideas: one idea at a time, each with a picture computed from real numbers."""

import streamlit as st

from playground.config import RunConfig
from playground.ui import inputs, state
from playground.ui.frame import Frame
from playground.ui.ideas import (
    activations,
    batch_norm,
    dropout,
    optimizers,
    padding,
    regularization,
    scores,
    stack,
)

_IDEAS = {
    "Activation functions": activations.show,
    "Layers without activation": stack.show,
    "Padding": padding.show,
    "From scores to accuracy": scores.show,
    "Optimizers": optimizers.show,
    "Penalties": regularization.show_penalties,
    "Dropout": dropout.show,
    "Batch norm": batch_norm.show,
    "Early stopping": regularization.show_early_stopping,
}


_WITH_DATA = ("Layers without activation",)
"""Those that look at the sidebar's images."""


def show(page: Frame) -> None:
    """Choose an idea, and draw it with the sidebar's values."""
    st.subheader("The ideas behind the settings")
    if page.sidebar.config is None:
        st.info(
            "The sidebar's settings cannot be used as they are: see the message there. Until then "
            "the default settings are shown here.",
            icon=":material/info:",
        )
    state.set_from_link("ideas.idea", state.view_among("idea", list(_IDEAS)))
    # Nine of them: pills go on in the next line if there is no room.
    idea = inputs.one_of(st, "Idea", list(_IDEAS), "ideas.idea", pills=True)
    state.set_view("idea", idea)
    state.write_link(page.sidebar.config)
    folder = (page.engine.data,) if idea in _WITH_DATA else ()
    _IDEAS[idea](page.sidebar.config or RunConfig(), *folder)
