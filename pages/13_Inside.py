"""What a run's network sees: its layers with an image in them, why it says so, what breaks it."""

import streamlit as st

from playground.ui import frame, inside
from playground.ui.run import picker

page = frame.current()
row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
loaded = picker.pick_and_load(page, row, head=False)
if loaded:
    other = picker.pick_second(
        page, loaded, row, "A second run that was tested on the same images: Break it draws both."
    )
    inside.show(page.engine, loaded, other)
