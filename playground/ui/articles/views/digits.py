"""The first ten digits of the data set, each under its number."""

import streamlit as st

from playground.charts import pictures
from playground.data.datasets import digits
from playground.recipes import Series
from playground.ui.articles.measured import Evidence
from playground.ui.frame import Frame

_ROWS, _EACH, _SIDE = 2, 5, 56
"""Rows, digits in a row, and the pixels of the page that a digit takes."""


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Draw two rows of five, white on black."""
    dataset = digits.load()
    st.markdown("**The first ten of its 1,797 digits, 8×8 pixels of 0 (black) to 16 (white)**")
    for row in range(_ROWS):
        places = range(row * _EACH, (row + 1) * _EACH)
        line = st.container(horizontal=True, gap="xsmall")
        for place in places:
            label = dataset.classes[dataset.labels[place]]
            line.image(
                _picture(place), caption=label, width=_SIDE, output_format="PNG",
                alt=f"Image {place}: the digit {label}",
            )  # fmt: skip


def _picture(place: int) -> bytes:
    dataset = digits.load()
    return pictures.encoded(
        pictures.strip(dataset.images[place : place + 1], dataset.max_pixel, height=2 * _SIDE)
    )
