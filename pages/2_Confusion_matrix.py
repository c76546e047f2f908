"""Where a run is right and what it mixes up: the matrix, its classes, and the images in a cell."""

import streamlit as st

from playground.ui import frame, matrix
from playground.ui.run import picker

page = frame.current()
row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
loaded = picker.pick_and_load(page, row, matrices=True)
if loaded:
    other = picker.pick_second(
        page,
        loaded,
        row,
        "A second run that was tested on the same images: its figures by class stand beside.",
    )
    matrix.show(loaded, other)
