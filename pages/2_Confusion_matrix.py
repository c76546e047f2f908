"""Where a run is right and what it mixes up: the matrix, its classes, and the images in a cell."""

import streamlit as st

from playground.ui import frame, matrix
from playground.ui.run import picker

page = frame.current()
left, right = st.columns(2)
loaded = picker.pick_and_load(page, left, matrices=True)
if loaded:
    other = picker.pick_second(
        page,
        loaded,
        right,
        "A second run that was tested on the same images: its figures by class stand beside.",
    )
    matrix.show(loaded, other)
