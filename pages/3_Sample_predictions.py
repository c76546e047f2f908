"""What a run makes of single images: its test images, any image by number, and your own."""

import streamlit as st

from playground.ui import frame
from playground.ui.images import own_picture, predictions
from playground.ui.run import picker

page = frame.current()
loaded = picker.pick_and_load(page)
if loaded:
    browse, find, draw = st.tabs(["Browse", "Find an image", "Try your own"])
    dataset = loaded.dataset
    if dataset is None:
        for tab in (browse, find):
            tab.info(
                "The images of this run are no longer in the data folder, or they are others now: "
                "put them back to see what it made of them.",
                icon=":material/hide_image:",
            )
    else:
        with browse:
            predictions.browse(loaded, dataset)
        with find:
            predictions.find(page.engine, loaded, dataset)
    with draw:
        own_picture.show(page.engine, loaded)
