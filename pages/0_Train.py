"""The first page: choose a network in the sidebar, train it, and watch it train."""

import streamlit as st

from playground.ui import frame, lesson, live, network, samples, start

page = frame.current()
lesson.head(page)
run = start.buttons(page)
config = page.drawn.config

training, layers = st.tabs(["Training", "Network"])
with training:
    if run:
        live.show(page.engine, run)
    elif config is None or page.drawn.plan is None:
        samples.missing(page)
    else:
        st.markdown(
            "Choose a network in the sidebar and press **Train**: the loss should fall and the "
            "accuracy rise. These are the images:"
        )
        samples.show(config.data, page.engine.data)
with layers:
    network.show(page.drawn)
