"""Images of an article's data set: the first digits, or random training images."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from playground.charts import pictures
from playground.config import DataConfig
from playground.data import datasets
from playground.data.datasets import digits
from playground.recipes import RECIPES, Series
from playground.ui import state
from playground.ui.articles.evidence import Evidence
from playground.ui.frame import Frame

_ROWS, _EACH, _SIDE = 2, 5, 56
"""Rows, digits in a row, and the pixels of the page that a digit takes."""


def show_first_digits(page: Frame, series: Series, evidence: Evidence) -> None:
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


SAMPLES_SIDE = 5
"""Images in a row, and rows."""


def show_samples(page: Frame, series: Series, evidence: Evidence) -> None:
    """Show the images, if CIFAR10 is here, and the table of class numbers."""
    data, folder = RECIPES[series.recipes[0]].config.data, page.engine.data
    head = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    head.markdown(
        f"**{SAMPLES_SIDE * SAMPLES_SIDE} of the training images, and what is to be told apart**"
    )
    labels: tuple[int, ...] = ()
    right: Any = st
    if datasets.ready(data.name, folder):
        left, right = st.columns([3, 2])
        head.button(
            "Other images", key="articles.samples", icon=":material/shuffle:",
            on_click=state.draw_new_samples,
        )  # fmt: skip
        try:
            fingerprint = datasets.fingerprint(data, folder)
            picture, labels = _sample_grid(fingerprint, data, folder, state.sample_draw())
        except datasets.DataError as error:
            left.error(str(error))
        else:
            left.image(
                picture,
                width="stretch",
                output_format="PNG",  # JPEG would smear the edges of the enlarged pixels
                alt="Row by row: " + ", ".join(data.classes[label] for label in labels) + ".",
            )
    numbers = range(len(data.classes))
    columns = {"Class": [f"{n}" for n in numbers], "What it is": list(data.classes)}
    if labels:
        columns["Among these"] = [f"{labels.count(n)}" for n in numbers]
    right.table(columns, border="horizontal", hide_index=True)


@st.cache_data(show_spinner="Reading the images …", max_entries=32)
def _sample_grid(
    fingerprint: str, _data: DataConfig, _folder: Path, seed: int
) -> tuple[bytes, tuple[int, ...]]:
    """Draw the images as a PNG, and give their classes.

    In the cache the fingerprint stands for the data.
    """
    dataset = datasets.load(_data, _folder)
    train = datasets.split(dataset, _data).train
    count = min(SAMPLES_SIDE * SAMPLES_SIDE, len(train))
    chosen = np.random.default_rng(seed).choice(train, count, replace=False)
    grid = pictures.grid(dataset.images[chosen], dataset.max_pixel, SAMPLES_SIDE)
    return pictures.encoded(grid), tuple(int(label) for label in dataset.labels[chosen])
