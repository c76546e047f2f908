"""The data set that the sidebar has chosen: samples and classes."""

import streamlit as st

from playground.ui import state
from playground.ui.frame import Frame
from playground.ui.images import samples


def show(page: Frame) -> None:
    """Draw how many images there are of what kind, some of each class, and how many it has."""
    config, facts = page.sidebar.config, page.sidebar.facts
    if config is None or facts is None:
        samples.explain_missing(page)
        return
    channels, height, width = facts.input_shape
    st.markdown(
        f"{facts.n_train_pool:,} images for training and validation, {facts.n_test:,} for the "
        f"test; {height}×{width} pixels, {'grey' if channels == 1 else 'colour'}, "
        f"{len(facts.classes)} classes. {samples.describe_pixels(config.data, page.engine.data)}"
    )
    if st.button("Other samples", icon=":material/shuffle:"):
        state.draw_new_samples()
    samples.show(config.data, page.engine.data, each=10, seed=state.sample_draw())
    st.markdown("**Images by class**")
    samples.class_counts(config.data, page.engine.data)
