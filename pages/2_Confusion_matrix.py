"""Where a run is right and what it mixes up: the matrix, its classes, and the images in a cell."""

import streamlit as st

from playground.ui import chosen, frame, matrix

page = frame.current()
left, right = st.columns(2)
reading = chosen.read(page, left, matrices=True)
if reading:
    other = chosen.other(
        page,
        reading,
        right,
        "A second run that was tested on the same images: its figures by class stand beside.",
    )
    matrix.show(reading, other)
