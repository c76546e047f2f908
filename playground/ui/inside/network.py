"""The view of the network, drawn with an image in it, and one channel of it opened."""

import base64
import math
from typing import Any

import numpy as np
import streamlit as st

from playground import formats
from playground.analysis.labels import plain
from playground.charts import pictures
from playground.inside import UNCHANGED, Channel, LayerOutput, NetworkOutputs
from playground.ui import state
from playground.ui.inside.network_element import network
from playground.ui.inside.subject import Subject
from playground.worker import questions

_KEY = "inside.network"
_COLUMNS = 16
"""Maps in a row of a layer's picture, which is never seen whole."""
_ANSWERS = 10
"""Classes whose probabilities are told, the likeliest first."""
_SIDE = 128
"""Pixels of a kernel and a map in the panel."""


def draw(place: Any, subject: Subject) -> None:
    """Draw every layer's maps of the image, and the channel that is chosen below them."""
    held = state.get(_KEY)
    whole = _places(getattr(held, "whole", None))
    found: NetworkOutputs = subject.ask_of_image(questions.OUTPUTS, whole=whole)
    subject.say(found.probabilities)
    picked = _picked(getattr(held, "picked", None), found)
    with place:
        network(
            _KEY, _described(subject, found), [_told(layer) for layer in found.layers],
            _answers(subject, found), ".".join(map(str, picked)) if picked else "", whole,
            _nothing,
        )  # fmt: skip
        if picked is None:
            st.caption(
                "From the first layer to the answer: scroll on for the later ones. Blue is above "
                "0, orange below, strong is far from it; the strongest channels of a layer come "
                "first. Choose one to see what it looks for."
            )
        else:
            _panel(subject, found.layers[picked[0]], picked[1])


def _nothing() -> None:
    """Do nothing: Streamlit wants a callback for each value that a component holds."""


def _places(sent: Any) -> list[int]:
    """Return the layers of which all channels are wanted, as far as what was sent says so."""
    if not isinstance(sent, list):
        return []
    return sorted({one for one in sent if isinstance(one, int) and 0 <= one < 1000})


def _picked(sent: Any, found: NetworkOutputs) -> tuple[int, int] | None:
    """Return the layer and channel that was chosen, if there is such a one."""
    layer, _, channel = sent.partition(".") if isinstance(sent, str) else ("", "", "")
    if not (layer.isdecimal() and channel.isdecimal()):
        return None
    at, number = int(layer[:6]), int(channel[:6])
    there = (
        at < len(found.layers)
        and found.layers[at].kind not in UNCHANGED
        and number < found.layers[at].shape[0]
    )
    return (at, number) if there else None


def _told(layer: LayerOutput) -> dict[str, Any]:
    """Describe a layer to the element."""
    facts = (f"Block {layer.block} · " if layer.block else "") + formats.shape(layer.shape)
    empty = layer.kind in UNCHANGED
    if not empty:
        facts += f" · {formats.number(layer.low)} to {formats.number(layer.high)}"
    if layer.zeros >= 0.01 and not empty:
        facts += f" · {formats.share(layer.zeros, 0)} zeros"
    if layer.kind in UNCHANGED[:2]:
        facts += " · only in training"
    channels = [] if empty else layer.channels.tolist()
    flat = layer.maps.ndim == 1
    columns = max(1, min(_COLUMNS, len(channels)))
    rows = max(1, math.ceil(len(channels) / columns))
    word = "unit" if flat else "channel"
    return {
        "place": layer.place, "title": layer.title, "facts": facts,
        "channels": channels, "flat": flat, "columns": columns, "rows": rows,
        "names": [
            f"{word} {channel}: {_range(values)}"
            for channel, values in zip(channels, layer.maps, strict=False)
        ],
        "sprite": _sprite(layer, columns, rows) if channels else "",
        "more": 0 if empty or flat else layer.shape[0] - len(channels),
    }  # fmt: skip


def _range(values: np.ndarray) -> str:
    low, high = float(values.min()), float(values.max())
    if low == high:
        return formats.number(low)
    return f"{formats.number(low)} to {formats.number(high)}"


def _sprite(layer: LayerOutput, columns: int, rows: int) -> str:
    """Draw all the maps of a layer as one picture, as an address."""
    maps = layer.maps if layer.maps.ndim == 3 else layer.maps[:, None, None]
    count, height, width = maps.shape
    filled = np.zeros((rows * columns, height, width), np.float32)
    filled[:count] = maps
    sheet = filled.reshape(rows, columns, height, width).swapaxes(1, 2)
    most = max(abs(layer.low), abs(layer.high))
    colours = pictures.signed(sheet.reshape(rows * height, columns * width), most)
    return f"data:image/png;base64,{base64.b64encode(pictures.encoded(colours)).decode()}"


def _answers(subject: Subject, found: NetworkOutputs) -> list[dict[str, Any]]:
    best = np.argsort(-found.probabilities, kind="stable")[:_ANSWERS]
    return [
        {
            "name": subject.loaded.classes[index],
            "share": formats.share(float(found.probabilities[index]), 0),
            "width": round(100 * float(found.probabilities[index]), 1),
            "logit": f"logit {formats.number(float(found.logits[index]))}",
        }
        for index in best
    ]


def _described(subject: Subject, found: NetworkOutputs) -> str:
    best = int(found.probabilities.argmax())
    share = formats.share(float(found.probabilities[best]), 0)
    return (
        f"The network with this image in it, {len(found.layers)} layers. Its answer: "
        f"{subject.loaded.classes[best]} with {share}."
    )


def _panel(subject: Subject, layer: LayerOutput, channel: int) -> None:
    """Draw one channel: its kernel, its map, and the images that excite it most."""
    told: Channel = subject.ask_of_image(
        questions.CHANNEL, place=layer.place, channel=channel, split=subject.split
    )
    word = "Unit" if len(layer.shape) == 1 else "Channel"
    st.markdown(f"**{word} {channel}** of {plain(layer.title)}, layer {layer.place + 1}")
    row = st.container(horizontal=True, gap="medium")
    if told.weights is not None:
        with row.container(width=2 * _SIDE):
            _kernels(told)
    if told.map.ndim == 2:
        with row.container(width=_SIDE + 20):
            most = max(abs(layer.low), abs(layer.high))
            _picture(pictures.signed(told.map, most), "What it makes of this image")
    with row.container(width="stretch"):
        _exciting(subject, told)


def _kernels(told: Channel) -> None:
    weights = told.weights
    assert weights is not None
    bias = "" if told.bias is None else f" Bias {formats.number(told.bias)}."
    if weights.ndim == 1:
        most = float(np.abs(weights).max())
        columns = math.ceil(math.sqrt(len(weights)))
        filled = np.zeros(columns * math.ceil(len(weights) / columns), np.float32)
        filled[: len(weights)] = weights
        picture = pictures.signed(filled.reshape(-1, columns), most)
        _picture(picture, f"Its {len(weights):,} weights, one for each unit before it.{bias}")
    elif told.sees_image and weights.shape[0] == 3:
        most = float(np.abs(weights).max()) or 1.0
        shown = ((weights / most + 1) * 127.5).round().astype(np.uint8).transpose(1, 2, 0)
        _picture(shown, f"Its kernel, in the colours that it looks for; grey is 0.{bias}")
    else:
        most = float(np.abs(weights).max())
        shown = weights[:_COLUMNS]
        gap = np.zeros((shown.shape[1], 1), np.float32)
        parts = [part for one in shown for part in (one, gap)][:-1]
        picture = pictures.signed(np.concatenate(parts, axis=1), most)
        of = f" for the first {len(shown)} of {len(weights)} channels" if len(weights) > 1 else ""
        _picture(picture, f"Its kernel{of}: blue adds, orange takes away.{bias}")


def _picture(picture: np.ndarray, caption: str) -> None:
    large = pictures.enlarged(picture, _SIDE if picture.shape[1] <= 3 * picture.shape[0] else 40)
    st.image(large, caption=caption, output_format="PNG", alt=caption)


def _exciting(subject: Subject, told: Channel) -> None:
    if not len(told.exciting):
        st.caption("There are no such images to look for what excites it.")
        return
    if not told.strengths.any():
        st.caption(
            f"No image excites it: it puts out 0 for each of {told.searched:,} {subject.split} "
            "images. It is dead."
        )
        return
    images = subject.dataset.images[told.exciting]
    caption = (
        f"The {len(images)} of {told.searched:,} {subject.split} images that excite it most, the "
        f"strongest first ({formats.number(float(told.strengths[0]))})."
    )
    st.image(
        pictures.grid(images, subject.dataset.max_pixel, 9, 56), caption=caption,
        output_format="PNG", alt=caption,
    )  # fmt: skip
