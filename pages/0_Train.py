"""The first page: choose a network in the sidebar, train it, and watch it train."""

import streamlit as st

from playground.ui import data_set, frame, lesson, network
from playground.ui.images import samples
from playground.ui.run import live, start

page = frame.current()
places = page.sidebar.places
with places.above:
    lesson.draw_header(page)
    run, config = start.draw(page), page.sidebar.config
with places.result:
    result, layers, data = st.tabs(
        ["Result", "Network", "Data"], on_change="rerun", key="train.tab"
    )
if result.open:
    with result:
        if run:
            live.show(page.engine, run, places.below)
        elif config is None or page.sidebar.plan is None:
            samples.explain_missing(page)
        else:
            st.markdown(f"{start.ask_to_press(page)}: the loss should fall and the accuracy rise.")
            with places.below:
                samples.show(config.data, page.engine.data)
if layers.open:
    with layers:
        network.show(page.sidebar, run.config if run else None)
if data.open:
    with data:
        data_set.show(page)
