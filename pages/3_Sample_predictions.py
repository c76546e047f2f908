"""What a run makes of single images: those it was measured on, and any image by its number."""

import streamlit as st

from playground.ui import frame
from playground.ui.images import predictions
from playground.ui.run import picker

page = frame.current()
loaded = picker.pick_and_load(page)
if loaded:
    if loaded.dataset is None:
        st.info(
            "The images of this run are no longer in the data folder, or they are others now: "
            "put them back to see what it made of them.",
            icon=":material/hide_image:",
        )
    else:
        browse, find = st.tabs(["Browse", "Find an image"])
        with browse:
            predictions.browse(loaded, loaded.dataset)
        with find:
            predictions.find(page.engine, loaded, loaded.dataset)
