"""What layers without an activation multiply out to."""

from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np
import streamlit as st

from playground import charts, formats
from playground.config import RunConfig
from playground.data import datasets
from playground.network import Layer, lay_out
from playground.network.layers import Conv
from playground.recipes import RECIPES
from playground.recipes.ideas import stack
from playground.ui import navigation

_PIXELS, _DRAWN = 2000, 300
_NAMES = ("red", "green", "blue", "bias")


def show(config: RunConfig, folder: Path) -> None:
    """Draw four 1×1 convolutions as one map, and the same with ReLUs between them as none."""
    pixels, source = _colours(config, folder)
    row = st.container(horizontal=True)
    navigation.try_recipe_button(row, "pyramid", "ideas.try.stack")
    counts = [layer.parameters for layer in _pyramid()]
    channels = [3, *(outputs for outputs, _ in convolutions())]
    one = _compared(pixels, relu=False).one
    st.markdown(
        "A layer without an activation multiplies its inputs by weights and adds them up. Doing "
        "that twice is again multiplying and adding up: **however many such layers stand in a "
        "row, one layer could say the same.** An article begins its network with four 1×1 "
        f"convolutions, {' → '.join(map(str, channels))} channels, and no activation between them. "
        "Multiplied out, they are this one table:"
    )
    top = float(f"{np.abs(np.column_stack([one.weights, one.biases])).max():.1g}")
    st.vega_lite_chart(
        charts.weight_data(one.weights, one.biases, _NAMES),
        charts.weight_spec(_NAMES, top),
        key="ideas.stack.map",
        alt=f"Table of the {one.weights.size} weights and {one.biases.size} biases of the map that "
        f"the four layers multiply out to: from {one.weights.min():.2f} to "
        f"{one.weights.max():.2f}.",
    )
    st.markdown(
        f"- The four layers with their batch norms: {' + '.join(f'{n:,}' for n in counts)} = "
        f"**{sum(counts):,} parameters**.\n"
        f"- The one map: {one.weights.size} weights + {one.biases.size} biases = "
        f"**{one.weights.size + one.biases.size} parameters**."
    )
    left, right = st.columns(2)
    with left:
        _without(pixels)
    with right:
        _with_relu(pixels)
    st.caption(
        f"Computed on {len(pixels):,} {source}. Each point is one of {_DRAWN} of them, in one of "
        f"the {channels[-1]} channels: on the right the one whose missed share is in the middle. "
        "Weights and biases are random, as PyTorch draws them. Batch norm is as when it "
        "predicts: it scales and shifts by numbers remembered from training, here the mean and "
        "standard deviation of what these pixels give there, so it is part of the map. In training "
        "it looks at the whole batch, and the layers are not quite one map. A layer that joins "
        "neighbouring pixels, such as a 3×3 convolution, is as linear as these."
    )


@dataclass(frozen=True)
class _Compared:
    """What the layers make of the pixels, beside what one map makes of them."""

    one: stack.Map
    """The map: what the layers multiply out to, or the best there is with ReLUs between them."""
    channel: int
    """The one that is drawn."""
    layers: np.ndarray
    """Float32 (drawn,), of that channel"""
    given: np.ndarray
    """Of the map, (drawn,)"""
    apart: float
    """The largest difference over all channels and pixels."""
    largest: float
    """The largest output of the layers, either sign."""
    missed: np.ndarray
    """The share of each channel's variance that the map misses, (channels,)"""


def convolutions() -> list[tuple[int, bool]]:
    """Read the pyramid's 1×1 convolutions from its recipe: channels, and whether a batch norm
    follows."""
    after = [*_pyramid()[1:], None]
    return [
        (layer.output[0], following is not None and following.kind == "batch_norm")
        for layer, following in zip(_pyramid(), after, strict=True)
        if layer.kind == "conv"
    ]


def _pyramid() -> list[Layer]:
    """Return the layers of the recipe before its first convolution that joins neighbouring
    pixels."""
    config = RECIPES["pyramid"].config
    assert config.data.shape
    height, width, colours = config.data.shape
    made = lay_out(config.architecture, (colours, height, width), len(config.data.classes))
    return list(takewhile(lambda one: not isinstance(one, Conv) or one.kernel == 1, made.layers))


@st.cache_data(show_spinner=False, max_entries=16)
def _compared(pixels: np.ndarray, relu: bool) -> _Compared:
    layers = stack.random_layers(convolutions(), pixels, relu)
    outputs = stack.apply_layers(layers, pixels, relu)
    one = stack.best_map(pixels, outputs) if relu else stack.combine(layers).single()
    given = one(pixels if relu else pixels.astype(np.float32))
    missed = stack.unexplained_variance(outputs, given)
    channel = int(np.argsort(missed)[len(missed) // 2]) if relu else 0
    return _Compared(
        one, channel, outputs[:_DRAWN, channel], given[:_DRAWN, channel],
        float(np.abs(outputs - given).max()), float(np.abs(outputs).max()), missed,
    )  # fmt: skip


def _without(pixels: np.ndarray) -> None:
    found = _compared(pixels, relu=False)
    text = formats.number(found.apart, 1)
    st.markdown("**Without activation: one map says the same**")
    _draw(found, "without")
    st.markdown(
        f"Largest difference over all {len(found.missed)} channels and {len(pixels):,} pixels: "
        f"**{text}**, where the outputs go up to {found.largest:.1f}. That much is rounding: a "
        "network's numbers have about seven digits."
    )


def _with_relu(pixels: np.ndarray) -> None:
    found = _compared(pixels, relu=True)
    st.markdown("**With ReLU between: no map can**")
    _draw(found, "relu")
    missed = found.missed.mean(), found.missed.min(), found.missed.max()
    mean, least, most = (formats.share(one, 0) for one in missed)
    st.markdown(
        f"Even the best of all maps (least squares) is up to **{found.apart:.1f}** off, and misses "
        f"**{mean}** of how the outputs vary (their variance, mean over the channels; least "
        f"{least}, most {most}). What it cannot say is what the activation adds."
    )


def _draw(found: _Compared, name: str) -> None:
    both = np.concatenate([found.layers, found.given])
    low = float(np.floor(both.min()))
    high = max(low + 1, float(np.ceil(both.max())))
    st.vega_lite_chart(
        charts.agreement_data(found.layers, found.given),
        charts.agreement_spec(low, high),
        key=f"ideas.stack.{name}",
        alt=f"Scatter plot of channel {found.channel + 1} for {len(found.layers)} pixels: what the "
        "layers make of it and what one map does; at most "
        f"{np.abs(found.layers - found.given).max():.2f} from each other.",
    )


def _colours(config: RunConfig, folder: Path) -> tuple[np.ndarray, str]:
    """Return pixels from -1 to 1, float64 (n, 3), and what they are."""
    random = "random colours, as the sidebar's data set is "
    try:
        facts = datasets.facts(config.data, folder)
        if facts.input_shape[0] != 3:
            return _random(), random + "grey"
        found = _of_images(datasets.fingerprint(config.data, folder), config, folder)
        return found, f"pixels of the sidebar's data set, {type(config.data).called()}"
    except datasets.DataError:
        return _random(), random + "not there"


def _random() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (_PIXELS, 3))


@st.cache_data(show_spinner=False, max_entries=8)
def _of_images(fingerprint: str, _config: RunConfig, _folder: Path) -> np.ndarray:
    """Return random pixels of the images; in the cache the fingerprint stands for the data."""
    dataset = datasets.load(_config.data, _folder)
    rng = np.random.default_rng(0)
    count, height, width, _ = dataset.images.shape
    chosen = np.sort(rng.integers(0, count, _PIXELS))
    rows, columns = rng.integers(0, height, _PIXELS), rng.integers(0, width, _PIXELS)
    found = dataset.images[chosen, rows, columns] * (2 / dataset.max_pixel) - 1
    return rng.permutation(found)
