"""Your own picture, drawn or uploaded, and what a run's network makes of it."""

import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from playground import formats
from playground.analysis import labels
from playground.charts import pictures
from playground.config import Drawing
from playground.data import drawing, uploads
from playground.data.datasets import Dataset
from playground.errors import UserError
from playground.service import Engine
from playground.ui import inputs, navigation, state
from playground.ui.errors import show_error
from playground.ui.images import canvas
from playground.ui.run.loaded_run import LoadedRun

DRAWING = "Draw"
"""What the page Inside calls a drawing of one's own."""
ONE_SHADE = "This picture has one shade only: there is nothing to recognise."
SHOWN = 3
"""Classes whose probabilities are shown."""
_MAX_NAMED = 12
"""Classes up to which a page names them all."""
_LEFT = 416
"""Pixels of the canvas and of what stands below it, on a desktop; on a phone it is all there is."""
_SIDE = 140
"""Pixels of what the network saw, on the page."""
_STEP = 128
"""Pixels of each step towards it."""


def show(engine: Engine, loaded: LoadedRun) -> None:
    """Draw or upload a picture; a stroke reruns this part of the page only."""
    st.fragment(_show)(engine, loaded)


def can_be_asked(engine: Engine, loaded: LoadedRun) -> bool:
    """Tell whether a run's network can be shown pictures; says why, if it cannot."""
    why = ""
    if loaded.dataset is None:
        why = (
            "The data set of this run is no longer in the data folder, or it is another one now: "
            "put it back to show the network pictures."
        )
    elif engine.store.weights(loaded.run.name) is None:
        why = (
            labels.explain_removed(loaded.run)
            or "This run left no weights, so its network cannot be asked: train it again."
        )
    if why:
        st.info(why, icon=":material/hide_image:")
    return not why


def _show(engine: Engine, loaded: LoadedRun) -> None:
    dataset = loaded.dataset
    if not can_be_asked(engine, loaded) or dataset is None:
        return
    if _is_grey(dataset):
        _ask(drawn, engine, loaded, dataset)
        of = loaded.run.config.data.drawing.of
        st.markdown(f"**Or a photo of a {of}**" if of else "**Or a picture of your own**")
    else:
        st.markdown(labels.plain(_why_no_drawing(dataset)))
    _ask(uploaded, engine, loaded, dataset)


def _ask(
    get_pixels: Callable[..., np.ndarray | None], engine: Engine, loaded: LoadedRun,
    dataset: Dataset,
) -> None:  # fmt: skip
    """Draw a way to a picture at the left, and what the network makes of it beside or below."""
    with st.container(horizontal=True, gap="medium"):
        left = st.container(width=_LEFT)
        right = st.container(width="stretch")
    try:
        pixels = get_pixels(left, right, loaded, dataset)
        if pixels is not None and pixels.min() == pixels.max():
            right.info(ONE_SHADE)
        elif pixels is not None:
            _show_answer(right, engine, loaded, dataset, pixels)
            if get_pixels is drawn:
                _look_inside(right, loaded)
    except UserError as error:
        show_error(str(error), right)


def _why_no_drawing(dataset: Dataset) -> str:
    """Say why a network that looks at colours is shown photos, and of what."""
    _, height, width = dataset.input_shape
    known = dataset.classes
    of = f"one of these: {', '.join(known)}" if len(known) <= _MAX_NAMED else "what it was taught"
    return (
        f"This network looks at colour pictures of {height}×{width} pixels, so a drawing would "
        f"tell it little. Show it a photo of {of}."
    )


def _is_grey(dataset: Dataset) -> bool:
    return dataset.input_shape[0] == 1


def _look_inside(place: Any, loaded: LoadedRun) -> None:
    """Draw the way to the network with the drawing in it."""
    if navigation.belongs("Inside") and place.button(
        "Look inside", icon=navigation.PLACES["Inside"].icon, type="tertiary", key="own.inside"
    ):
        state.set_value("inside.from", DRAWING)
        navigation.go("Inside", loaded.run.config)


def drawn(left: Any, right: Any, loaded: LoadedRun, dataset: Dataset) -> np.ndarray | None:
    """Draw the square; gives the drawing as an image of the data set. Raises UserError."""
    way = loaded.run.config.data.drawing
    with left:
        strokes = canvas.canvas(
            "own.canvas",
            f"Draw a {way.of or 'picture'} here with mouse, finger or pen; without one, upload a "
            "picture.",
        )
    pixels = drawing.pixels_of(strokes, dataset.input_shape, dataset.max_pixel, way)
    if pixels is not None and _on_light(dataset):
        pixels = dataset.max_pixel - pixels
    if pixels is None:
        how = f", {_like_the_others(way)}" if way.of else ""
        what = " ".join(filter(None, [way.of or "picture", way.which]))
        right.caption(f"Draw a {what} in the square. It is fitted into the frame{how}.")
    return pixels


def _like_the_others(way: Drawing) -> str:
    """Say what is done to a drawing so that it looks like the data set's images."""
    upright = " and set upright" if way.upright else ""
    return f"thickened{upright}, like the data set's {way.of}s"


def uploaded(left: Any, right: Any, loaded: LoadedRun, dataset: Dataset) -> np.ndarray | None:
    """Draw the upload; gives an uploaded picture as an image of the data set. Raises UserError."""
    data = inputs.upload(
        left,
        "A picture",
        uploads.reduced,
        type=["png", "jpg", "jpeg", "webp", "gif", "bmp"],
        max_upload_size=uploads.MAX_BYTES // 2**20,
        key="own.file",
        help=f"Up to {uploads.MAX_PIXELS // 10**6} megapixels. It is looked at and not kept.",
    )
    way = loaded.run.config.data.drawing
    grey = _is_grey(dataset)
    find = grey and inputs.switch(
        left,
        f"Find the {way.of or 'strokes'}",
        "What is written on the picture is cut out, and made like a drawing of it. Without, the "
        "middle of the picture is taken as it is.",
        value=bool(way.of),
        key="own.find",
    )
    if data is None:
        right.caption(
            f"Take a photo of one {way.of}, from close by. It is found, {_like_the_others(way)}."
            if find and way.of
            else "What is written on it is found, and fitted into the frame."
            if find
            else "Its middle is cut out and made as small as the data set's images."
        )
        return None
    light = _on_light(dataset)
    read = partial(
        uploads.read, data, dataset.input_shape, dataset.max_pixel, find=way if find else None,
        on_light=light,
    )  # fmt: skip
    upload = read()
    if grey:
        # The picture says what it needs, so another one has another switch.
        invert = inputs.switch(
            left,
            "Invert light and dark",
            f"The {way.of}s are light on dark. A photo of a pen on paper is the other way round."
            if way.of
            else "Where the data set's images are light on dark, and your picture is not.",
            value=upload.inverted,
            key=f"own.invert.{find}.{zlib.crc32(data):x}",
        )
        upload = upload if invert == upload.inverted else read(invert=invert)
    _show_steps(right, upload, light)
    return upload.pixels


def _on_light(dataset: Dataset) -> bool:
    """Tell whether the images of a grey data set are dark on light."""
    return _is_grey(dataset) and uploads.is_light(dataset.images[:500], dataset.max_pixel)


def _show_steps(place: Any, upload: uploads.Upload, light: bool) -> None:
    """Draw what was done to an uploaded picture, step by step; ``light`` is the data set's
    paper."""
    steps = [("The middle of your picture", upload.picture)]
    if (ink := upload.ink) is not None and upload.dots is not None:
        paper, rest = (255, 190) if ink.dark else (0, 90)
        found = np.select([ink.strokes, ink.rest], [255 - paper, rest], paper).astype(np.uint8)
        dots = upload.dots.repeat(4, axis=0).repeat(4, axis=1) != light
        steps = [
            ("Your picture", upload.picture),
            ("Even light", _framed(ink.even)),
            ("Ink found" + (", the rest left out" if ink.rest.any() else ""), _framed(found)),
            ("Cropped, centred, thickened", _framed(dots * np.uint8(255))),
        ]
    row = place.container(horizontal=True, gap="small")
    for caption, picture in steps:
        small = pictures.thumbnail(picture, _STEP)
        with row.container(width=_STEP):
            st.image(
                small,
                caption=caption,
                width=small.shape[1],
                output_format="PNG",
                alt=caption,
            )


def _framed(picture: np.ndarray) -> np.ndarray:
    """Return a grey picture with a line around it: white paper would have no end on a white
    page."""
    line = max(1, max(picture.shape) // _STEP)
    framed = np.full_like(picture, 128)
    framed[line:-line, line:-line] = picture[line:-line, line:-line]
    return framed


def _show_answer(
    place: Any, engine: Engine, loaded: LoadedRun, dataset: Dataset, pixels: np.ndarray
) -> None:
    """Draw what the network saw, and what it says. Raises UserError."""
    height, width, _ = pixels.shape
    shares = _answer(loaded.run.name, loaded.run.ended, pixels, engine)
    best = np.argsort(-shares, kind="stable")[:SHOWN]
    names = [labels.plain(loaded.classes[index]) for index in best]
    row = place.container(horizontal=True, gap="medium")
    with row.container(width=180):
        st.metric("The network says", names[0])
        for name, share in zip(names, shares[best].tolist(), strict=True):
            st.progress(min(share, 1.0), text=f"{name} · {labels.plain(formats.share(share, 0))}")
    row.image(
        pictures.strip(pixels[None], dataset.max_pixel, _SIDE),
        caption=f"What the network saw: {height}×{width} pixels",
        width=round(_SIDE * width / height),
        output_format="PNG",
        alt="Your picture as small as the network saw it",
    )


# Only what the network saw is part of the key, and only the probabilities are kept.
@st.cache_data(max_entries=1000, show_spinner="Asking the network …")
def _answer(run: str, ended: float | None, pixels: np.ndarray, _engine: Engine) -> np.ndarray:
    return _engine.predict(run, pixels[None])[0]
