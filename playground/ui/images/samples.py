"""Pictures of the data set that the sidebar has chosen."""

from pathlib import Path

import numpy as np
import streamlit as st

from playground import charts
from playground.analysis import labels
from playground.charts import pictures
from playground.config import DataConfig
from playground.data import datasets
from playground.ui import sidebar
from playground.ui.frame import Frame

MAX_CLASSES = 20
"""Rows of samples on a page; a data set of a hundred classes shows its first ones."""


def show(data: DataConfig, folder: Path, each: int = 8, seed: int = 0) -> None:
    """Draw a row of samples for each class, with how many images there are of it."""
    strips = _strips(datasets.fingerprint(data, folder), data, folder, each, seed)
    columns = st.columns(2)
    for index, (name, count, picture) in enumerate(strips):
        columns[index * 2 // len(strips)].image(
            picture,
            caption=f"{labels.plain(name)} · {count:,} images",
            width="stretch",
            output_format="PNG",  # JPEG would smear the edges of the enlarged pixels
            alt=f"{each} images of class {name}",
        )


def explain_missing(page: Frame) -> None:
    """Say why there is nothing to show, with a button that downloads the data if that is why: on a
    phone the sidebar is shut."""
    st.info("\n\n".join(map(labels.plain, page.sidebar.problems)))
    config = page.sidebar.config
    if config and not datasets.ready(config.data.name, page.engine.data):
        sidebar.download_button(page.engine, config.data.name, "page.download")


def describe_pixels(data: DataConfig, folder: Path) -> str:
    """Describe how the pixels are stored, in a sentence; of own images, how that was decided
    too."""
    top = datasets.load(data, folder).max_pixel
    text = f"Pixel values go from 0 (black) to {top} (white)"
    why = data.white(top)
    return f"{text}: {why}." if why else f"{text}."


def class_counts(data: DataConfig, folder: Path) -> None:
    """Draw how many images each class has, as bars."""
    dataset = datasets.load(data, folder)
    numbers = np.bincount(dataset.labels, minlength=len(dataset.classes)).tolist()
    text = ", ".join(f"{n} {c:,}" for n, c in zip(dataset.classes, numbers, strict=True))
    st.vega_lite_chart(
        charts.count_data(numbers, dataset.classes),
        charts.count_spec(dataset.classes),
        alt=f"Bar chart of images by class: {text}.",
    )


@st.cache_data(show_spinner="Reading the images …", max_entries=64)
def _strips(
    fingerprint: str, _data: DataConfig, _folder: Path, each: int, seed: int
) -> list[tuple[str, int, bytes]]:
    """Return (class, number of images, PNG) for each class: to encode them took a quarter of a
    rerun.

    In the cache the fingerprint stands for the data.
    """
    dataset = datasets.load(_data, _folder)
    return [
        (
            name,
            int((dataset.labels == index).sum()),
            pictures.encoded(
                pictures.strip(
                    dataset.images[pictures.choose(dataset.labels, index, each, seed)],
                    dataset.max_pixel,
                )
            ),
        )
        for index, name in enumerate(dataset.classes[:MAX_CLASSES])
    ]
