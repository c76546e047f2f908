"""The first page: choose a network in the sidebar, train it, and watch it train."""

import streamlit as st

from playground.ui import frame, lesson, network_table
from playground.ui.images import samples
from playground.ui.run import live, start

page = frame.current()
lesson.draw_header(page)
run = start.draw(page)
config = page.sidebar.config

training, layers = st.tabs(["Training", "Network"])
with training:
    if run:
        live.show(page.engine, run)
    elif config is None or page.sidebar.plan is None:
        samples.explain_missing(page)
    else:
        st.markdown(
            "Choose a network in the sidebar and press **Train**: the loss should fall and the "
            "accuracy rise. These are the images:"
        )
        samples.show(config.data, page.engine.data)
with layers:
    network_table.show(page.sidebar)
