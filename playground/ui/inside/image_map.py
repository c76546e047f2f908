"""The view of the map of images: those that the network finds alike lie together."""

import base64
import math
from typing import Any

import numpy as np
import streamlit as st

from playground import formats
from playground.charts import colors, pictures
from playground.config import MLP
from playground.data.datasets import Dataset
from playground.inside import ImageMap
from playground.ui import inputs, state
from playground.ui.images import gallery
from playground.ui.inside.map_element import image_map
from playground.ui.inside.subject import Subject
from playground.worker import questions

_COUNTS = (300, 1000, 2000)
_TWO, _NEAR = "Main directions (PCA)", "Neighbours (t-SNE)"
_PARTS = 3
"""Questions of which the way to neighbours is made: the first drives clusters apart."""
_TILE = 16
"""Pixels of a thumbnail at most: 2,000 of CIFAR10 are 1 MB then."""
_COLUMNS = 50


def draw(place: Any, subject: Subject) -> None:
    """Draw the map, and the image that is chosen on it."""
    with place:
        row = st.container(horizontal=True, vertical_alignment="bottom")
        count = inputs.one_of(
            row, "Images", _COUNTS, "inside.map.count", 300, label_visibility="visible"
        )
        way = inputs.one_of(
            row, "Laid out by", [_TWO, _NEAR], "inside.map.way", label_visibility="visible"
        )
        found: ImageMap = subject.ask(
            questions.PRINCIPAL_COMPONENTS, split=subject.split, images=count
        )
        explained = found.explained
        if way == _NEAR:
            found = _neighbours(subject, found, count)
        _show(subject, found, way, explained)


def _neighbours(subject: Subject, found: ImageMap, count: int) -> ImageMap:
    """Go from the main directions to the neighbours, part by part."""
    bar = st.empty()
    for part in range(_PARTS):
        bar.progress(part / _PARTS, text=f"Looking for neighbours: part {part + 1} of {_PARTS}")
        found = subject.ask(
            questions.NEIGHBOURS, split=subject.split, images=count, start=found.points,
            first=part == 0,
        )  # fmt: skip
    bar.empty()
    return found


def _show(subject: Subject, found: ImageMap, way: str, explained: float) -> None:
    wrong = found.predicted != found.labels
    told = (
        f"These two directions hold {formats.share(explained, 0)} of how the last hidden layer's "
        "outputs differ."
        if way == _TWO
        else "Neighbours here are alike to the network; how far groups lie apart says little."
    )
    st.markdown(
        f"**{len(found.numbers):,} {subject.split} images** as {_seen_by(subject)}; "
        f"the {int(wrong.sum()):,} with a thick orange frame are wrong. {told} Click an image."
    )
    key = f"inside.map.{subject.loaded.run.name[:16]}"
    sent = getattr(state.get(key), "picked", -1)
    picked = sent if isinstance(sent, int) and 0 <= sent < len(found.numbers) else -1
    low, high = found.points.min(0), found.points.max(0)
    points = (found.points - low) / np.maximum(high - low, 1e-9)
    sprite, tile = _sprite(subject.dataset.fingerprint, found.numbers, subject.dataset)
    image_map(
        key,
        f"Map of {len(found.numbers):,} images, {int(wrong.sum()):,} of them wrong. The arrow keys "
        "go from image to image.",
        sprite, _COLUMNS, tile, points.round(4).tolist(), _named(subject, found),
        found.labels.tolist(), wrong.tolist(), picked,
        [*colors.COLORS, colors.GREY, "#555555"], colors.WRONG, _nothing,
    )  # fmt: skip
    if picked >= 0:
        _card(subject, found, picked)


def _named(subject: Subject, found: ImageMap) -> list[str]:
    """Say of each image what it is, and what it is taken for."""
    classes = subject.loaded.classes
    return [
        f"Image {number:,}: {classes[label]}, "
        + ("right" if label == predicted else f"taken for {classes[predicted]}")
        for number, label, predicted in zip(
            found.numbers.tolist(), found.labels.tolist(), found.predicted.tolist(), strict=True
        )
    ]


def _seen_by(subject: Subject) -> str:
    network = subject.loaded.run.config.architecture
    is_linear = isinstance(network, MLP) and not network.hidden
    return "their pixels are" if is_linear else "the last hidden layer sees them"


def _nothing() -> None:
    """Do nothing: Streamlit wants a callback for each value that a component holds."""


def _card(subject: Subject, found: ImageMap, picked: int) -> None:
    number = int(found.numbers[picked])
    part = next((one for one in subject.loaded.parts.values() if one.at(number) is not None), None)
    if part is not None:
        gallery.draw(subject.dataset, subject.loaded.classes, [("", part)], [number])


# A data set stays what it is as long as its fingerprint does.
@st.cache_data(max_entries=8, show_spinner=False)
def _sprite(
    fingerprint: str, numbers: np.ndarray, _dataset: Dataset
) -> tuple[str, tuple[int, int]]:
    """Draw all thumbnails as one picture: its address, and the width and height of each."""
    shown = pictures.shades(_dataset.images[numbers], _dataset.max_pixel)
    step = max(1, math.ceil(max(shown.shape[1:3]) / _TILE))
    small = shown[:, ::step, ::step]
    count, height, width, channels = small.shape
    rows = math.ceil(count / _COLUMNS)
    filled = np.zeros((rows * _COLUMNS, height, width, channels), np.uint8)
    filled[:count] = small
    sheet = filled.reshape(rows, _COLUMNS, height, width, channels).swapaxes(1, 2)
    sheet = sheet.reshape(rows * height, _COLUMNS * width, channels)
    encoded = pictures.encoded(sheet[..., 0] if channels == 1 else sheet)
    return f"data:image/png;base64,{base64.b64encode(encoded).decode()}", (width, height)
