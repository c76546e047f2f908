"""Your own picture, drawn or uploaded, and what a run's network makes of it."""

from typing import Any

import numpy as np
import streamlit as st

from playground import drawing, pictures, uploads, words
from playground.datasets import Dataset
from playground.engine import Engine
from playground.refusal import Refusal
from playground.ui import canvas, uploading
from playground.ui.gallery import percent
from playground.ui.reading import Reading

SHOWN = 3
"""Classes whose probabilities are shown."""
_SIDE = 160
"""Pixels of a picture on the page."""


def show(engine: Engine, reading: Reading) -> None:
    """Draw or upload a picture; a stroke reruns this part of the page only."""
    st.fragment(_show)(engine, reading)


def _show(engine: Engine, reading: Reading) -> None:
    dataset = reading.dataset
    if dataset is None:
        st.info(
            "The data set of this run is no longer in the data folder, or it is another one now: "
            "put it back to show the network pictures of your own.",
            icon=":material/hide_image:",
        )
        return
    if engine.store.weights(reading.run.name) is None:
        st.info(
            words.removed(reading.run)
            or "This run left no weights, so its network cannot be asked: train it again.",
            icon=":material/hide_image:",
        )
        return
    grey = dataset.input_shape[0] == 1
    ways = ["Draw", "Upload a picture"]
    way = ways[1]
    if grey:
        way = st.segmented_control(
            "Your picture", ways, default=ways[0], required=True, key="own.way",
            label_visibility="collapsed",
        )  # fmt: skip
    with st.container(horizontal=True, gap="medium"):
        left = st.container(width=264)
        right = st.container(horizontal=True, gap="small", width="stretch")
    try:
        pixels = (_drawn if way == ways[0] else _uploaded)(left, right, reading, dataset)
        if pixels is not None and pixels.min() == pixels.max():
            right.info("This picture has one shade only: there is nothing to recognise.")
        elif pixels is not None:
            _told(right, engine, reading, dataset, pixels)
    except Refusal as error:
        right.error(words.plain(str(error)), icon=":material/error:")


def _drawn(left: Any, right: Any, reading: Reading, dataset: Dataset) -> np.ndarray | None:
    """The drawing as an image of the data set. Raises Refusal."""
    digits = reading.run.config.data.name == "digits"
    with left:
        strokes = canvas.canvas(
            "own.canvas",
            f"Draw a {'digit' if digits else 'picture'} here with mouse, finger or pen; without "
            "one, upload a picture.",
        )
    pixels = drawing.pixels_of(strokes, dataset.input_shape, dataset.top)
    if pixels is None:
        how = ", thickened and set upright, as the data set's digits were" if digits else ""
        right.caption(
            f"Draw a {'digit from 0 to 9' if digits else 'picture'} in the square. It is fitted "
            f"into the frame{how}."
        )
    return pixels


def _uploaded(left: Any, right: Any, reading: Reading, dataset: Dataset) -> np.ndarray | None:
    """An uploaded picture as an image of the data set. Raises Refusal."""
    data = uploading.upload(
        left,
        "A picture",
        uploads.reduced,
        type=["png", "jpg", "jpeg", "webp", "gif", "bmp"],
        max_upload_size=uploads.MAX_BYTES // 2**20,
        key="own.file",
        help=f"Up to {uploads.MAX_PIXELS // 10**6} megapixels. It is looked at and not kept.",
    )
    invert = dataset.input_shape[0] == 1 and left.toggle(
        "Invert light and dark",
        value=True,
        key="own.invert",
        help="The digits are light on dark. A photo of a pen on paper is the other way round."
        if reading.run.config.data.name == "digits"
        else "For a photo of a pen on paper, where the data set's images are light on dark.",
    )
    if data is None:
        right.caption("Its middle is cut out and made as small as the data set's images.")
        return None
    _, height, width = dataset.input_shape
    shape = (3, _SIDE, round(_SIDE * width / height))
    right.image(
        uploads.read_picture(data, shape, 255),
        caption="The middle of your picture",
        width=shape[2],
        alt="The middle of your picture",
    )
    return uploads.read_picture(data, dataset.input_shape, dataset.top, invert)


def _told(
    place: Any, engine: Engine, reading: Reading, dataset: Dataset, pixels: np.ndarray
) -> None:
    """What the network saw, and what it says. Raises Refusal."""
    height, width, _ = pixels.shape
    place.image(
        pictures.strip(pixels[None], dataset.top, _SIDE),
        caption=f"What the network saw: {height}×{width} pixels",
        width=round(_SIDE * width / height),
        output_format="PNG",
        alt="Your picture as small as the network saw it",
    )
    with place.container(width=160):
        shares = _answer(reading.run.name, reading.run.ended, pixels, engine)
        best = np.argsort(-shares, kind="stable")[:SHOWN]
        names = [words.plain(reading.classes[index]) for index in best]
        st.markdown(f"The network says **{names[0]}**.")
        for name, share in zip(names, shares[best].tolist(), strict=True):
            st.progress(min(share, 1.0), text=f"{name} · {words.plain(percent(share))}")


# Only what the network saw is part of the key, and only the probabilities are kept.
@st.cache_data(max_entries=1000, show_spinner="Asking the network …")
def _answer(run: str, ended: float | None, pixels: np.ndarray, _engine: Engine) -> np.ndarray:
    return _engine.predict(run, pixels[None])[0]
