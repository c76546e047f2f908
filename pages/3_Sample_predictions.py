"""What a run makes of single images: its test images, any image by number, and your own."""

import streamlit as st

from playground.ui import chosen, frame, own, predicted

page = frame.current()
reading = chosen.read(page)
if reading:
    browse, find, draw = st.tabs(["Browse", "Find an image", "Try your own"])
    dataset = reading.dataset
    if dataset is None:
        for tab in (browse, find):
            tab.info(
                "The images of this run are no longer in the data folder, or they are others now: "
                "put them back to see what it made of them.",
                icon=":material/hide_image:",
            )
    else:
        with browse:
            predicted.browse(reading, dataset)
        with find:
            predicted.find(page.engine, reading, dataset)
    with draw:
        own.show(page.engine, reading)
