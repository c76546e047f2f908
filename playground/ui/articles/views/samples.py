"""Twenty-five random training images of CIFAR10, beside the table of its classes."""

from pathlib import Path

import numpy as np
import streamlit as st

from playground.charts import pictures
from playground.config import DataConfig
from playground.data import datasets
from playground.recipes import RECIPES, Series
from playground.ui import state
from playground.ui.articles.measured import Evidence
from playground.ui.frame import Frame

SIDE = 5
"""Images in a row, and rows."""


def show(page: Frame, series: Series, evidence: Evidence) -> None:
    """Show the images, where CIFAR10 is here, and the table of class numbers."""
    data, folder = RECIPES[series.recipes[0]].config.data, page.engine.data
    head = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    head.markdown(f"**{SIDE * SIDE} of the training images, and what is to be told apart**")
    left, right = st.columns([3, 2])
    labels: tuple[int, ...] = ()
    if datasets.ready(data.name, folder):
        head.button(
            "Other images", key="articles.samples", icon=":material/shuffle:",
            on_click=state.next_samples,
        )  # fmt: skip
        try:
            fingerprint = datasets.fingerprint(data, folder)
            picture, labels = _grid(fingerprint, data, folder, state.samples())
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
def _grid(
    fingerprint: str, _data: DataConfig, _folder: Path, seed: int
) -> tuple[bytes, tuple[int, ...]]:
    """Draw the images as a PNG, and give their classes.

    In the cache the fingerprint stands for the data.
    """
    dataset = datasets.load(_data, _folder)
    train = datasets.split(dataset, _data).train
    count = min(SIDE * SIDE, len(train))
    chosen = np.random.default_rng(seed).choice(train, count, replace=False)
    grid = pictures.grid(dataset.images[chosen], dataset.max_pixel, SIDE)
    return pictures.encoded(grid), tuple(int(label) for label in dataset.labels[chosen])
